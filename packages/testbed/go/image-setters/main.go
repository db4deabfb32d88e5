// Command image-setters runs image-automation-controller's own update on a folder of manifests, without a cluster.
//
// It reads the folder and the policies as one JSON object on standard input, edits the files in place and writes one JSON object to
// standard output. Since the update is an internal package, the toolchain lays this file into the controller's module.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	reflectorv1 "github.com/fluxcd/image-reflector-controller/api/v1"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fluxcd/image-automation-controller/internal/update"
)

type request struct {
	Folder   string   `json:"folder"`
	Policies []policy `json:"policies"`
}

// policy is an ImagePolicy with the latest reference that the reflector would have put into its status.
type policy struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Image     string `json:"image"`
	Tag       string `json:"tag"`
	Digest    string `json:"digest"`
}

type answer struct {
	// Milliseconds is the time of the update alone, as the running controller would spend it.
	Milliseconds float64  `json:"milliseconds"`
	Changes      []change `json:"changes"`
}

type change struct {
	File   string `json:"file"`
	Setter string `json:"setter"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	began := time.Now()
	result, err := update.UpdateWithSetters(logr.Discard(), asked.Folder, asked.Folder, imagePolicies(asked.Policies))
	if err != nil {
		return err
	}
	milliseconds := float64(time.Since(began).Microseconds()) / 1000
	return json.NewEncoder(os.Stdout).Encode(answer{Milliseconds: milliseconds, Changes: changesOf(result)})
}

func imagePolicies(policies []policy) []reflectorv1.ImagePolicy {
	made := make([]reflectorv1.ImagePolicy, 0, len(policies))
	for _, p := range policies {
		made = append(made, reflectorv1.ImagePolicy{
			ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name},
			Status:     reflectorv1.ImagePolicyStatus{LatestRef: &reflectorv1.ImageRef{Name: p.Image, Tag: p.Tag, Digest: p.Digest}},
		})
	}
	return made
}

func changesOf(result update.Result) []change {
	changes := []change{}
	for file, objects := range result.FileChanges {
		for _, ofObject := range objects {
			for _, c := range ofObject {
				changes = append(changes, change{File: file, Setter: c.Setter, Old: c.OldValue, New: c.NewValue})
			}
		}
	}
	return changes
}
