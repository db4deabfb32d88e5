/** What is asked of the API server, in words that fit into messages and RBAC rules. */
export interface ApiRequest {
  readonly method: 'GET' | 'PATCH';
  /** Path and query, below the server's URL. */
  readonly path: string;
  /** For example `read the Deployment ui in the namespace shop`. */
  readonly purpose: string;
  readonly right: Right;
  readonly body?: { readonly type: string; readonly text: string } | undefined;
  /** Milliseconds without a byte of the answer after which the connection counts as dead; default 30 s. */
  readonly silence?: number | undefined;
  /** Ends this request alone, beside the cluster's own signal. */
  readonly signal?: AbortSignal | undefined;
}

/** What RBAC has to allow for a request (Kubernetes documentation, "Using RBAC Authorization"). */
export interface Right {
  /** All that the caller will do: a watch begins with a list. The first is that of the request. */
  readonly verbs: readonly [string, ...string[]];
  /** Empty for the core group. */
  readonly group: string;
  /** With the subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}
