/** How a registry wants to be shown who asks. */
export type RegistryAuth =
  | { readonly kind: 'open' }
  | { readonly kind: 'htpasswd'; readonly file: string }
  | {
      readonly kind: 'token';
      readonly realm: string;
      readonly service: string;
      readonly issuer: string;
      readonly certificateFile: string;
    };

export interface RegistryConfig {
  readonly storage: string;
  /** `host:port` to listen on; port 0 lets the system choose. */
  readonly address: string;
  readonly auth: RegistryAuth;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}

/** The configuration file of distribution 2.8 (its documentation, "Configuring a registry"); JSON is YAML. */
export function formatRegistryConfig({ storage, address, auth, tls }: RegistryConfig): string {
  return JSON.stringify({
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: {
      addr: address,
      secret: 'testbed',
      ...(tls ? { tls: { certificate: tls.certificateFile, key: tls.keyFile } } : {}),
    },
    ...formatAuth(auth),
  });
}

function formatAuth(auth: RegistryAuth): object {
  switch (auth.kind) {
    case 'open':
      return {};
    case 'htpasswd':
      return { auth: { htpasswd: { realm: 'testbed', path: auth.file } } };
    case 'token': {
      const { realm, service, issuer, certificateFile } = auth;
      return { auth: { token: { realm, service, issuer, rootcertbundle: certificateFile } } };
    }
  }
}
