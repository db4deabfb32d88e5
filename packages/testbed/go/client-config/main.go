// Command client-config says how client-go, and so kubectl, reads kubeconfigs: whom it would talk to, and what it would show.
//
// It takes --kubeconfig and --context as kubectl does, reads KUBECONFIG and HOME of its environment, and writes one JSON object to
// standard output: what it found, or the error's words.
package main

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

type answer struct {
	Error         string              `json:"error,omitempty"`
	Server        string              `json:"server"`
	Authorities   string              `json:"authorities"`
	ServerName    string              `json:"serverName"`
	Insecure      bool                `json:"insecure"`
	Proxy         string              `json:"proxy"`
	Authorization string              `json:"authorization"`
	Certificate   string              `json:"certificate"`
	Key           string              `json:"key"`
	Exec          string              `json:"exec"`
	Impersonate   string              `json:"impersonate"`
	UID           string              `json:"uid"`
	Groups        []string            `json:"groups"`
	Extra         map[string][]string `json:"extra"`
}

func main() {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	overrides := &clientcmd.ConfigOverrides{}
	flag.StringVar(&rules.ExplicitPath, "kubeconfig", "", "the one file to read")
	flag.StringVar(&overrides.CurrentContext, "context", "", "the context to use")
	flag.Parse()
	found, err := read(clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides))
	if err != nil {
		found = answer{Error: err.Error()}
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		os.Exit(1)
	}
}

func read(config clientcmd.ClientConfig) (answer, error) {
	access, err := config.ClientConfig()
	if err != nil {
		return answer{}, err
	}
	if err := rest.LoadTLSFiles(access); err != nil {
		return answer{}, err
	}
	// It refuses what cannot go together.
	if _, err := rest.TLSConfigFor(&rest.Config{Host: access.Host, TLSClientConfig: rest.TLSClientConfig{
		Insecure: access.Insecure, ServerName: access.ServerName, CAData: access.CAData,
	}}); err != nil && access.Insecure {
		return answer{}, err
	}
	found := answer{
		Server:      access.Host,
		Authorities: string(access.CAData),
		ServerName:  access.ServerName,
		Insecure:    access.Insecure,
		Certificate: string(access.CertData),
		Key:         string(access.KeyData),
		Impersonate: access.Impersonate.UserName,
		UID:         access.Impersonate.UID,
		Groups:      access.Impersonate.Groups,
		Extra:       access.Impersonate.Extra,
	}
	if access.BearerToken != "" {
		found.Authorization = "Bearer " + access.BearerToken
	} else if access.Username != "" || access.Password != "" {
		found.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(access.Username+":"+access.Password))
	}
	if access.ExecProvider != nil {
		found.Exec = access.ExecProvider.Command
	}
	if access.Proxy != nil {
		target, err := url.Parse(access.Host)
		if err != nil {
			return answer{}, err
		}
		proxy, err := access.Proxy(&http.Request{URL: target})
		if err != nil {
			return answer{}, err
		}
		found.Proxy = proxy.String()
	}
	return found, nil
}
