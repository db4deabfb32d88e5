/** An answer of GitHub's that is an error; `type` is GraphQL's name for it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(options: {
    status: number;
    type?: string;
    message: string;
    errors?: unknown;
    headers?: Readonly<Record<string, string>>;
  }) {
    super(options.message);
    this.status = options.status;
    this.type = options.type ?? 'UNPROCESSABLE';
    const { message, errors, status } = options;
    const documentation = { documentation_url: 'https://docs.github.com/rest', status: String(status) };
    this.body = { message, ...(errors === undefined ? {} : { errors }), ...documentation };
    this.headers = options.headers ?? {};
  }
}

/** A token that lacks permissions; REST names those that would do (`pull_requests=write`, several parted by commas). */
export function forbidden(accepted?: string): Refusal {
  const message = 'Resource not accessible by integration';
  const headers = accepted === undefined ? {} : { 'x-accepted-github-permissions': accepted };
  return new Refusal({ status: 403, type: 'FORBIDDEN', message, headers });
}

export function notFound(): Refusal {
  return new Refusal({ status: 404, type: 'NOT_FOUND', message: 'Not Found' });
}

/** One failed validation of a resource ("Validation Failed", REST API, "Troubleshooting"). */
export function invalid(resource: string, message: string): Refusal {
  return new Refusal({ status: 422, message: 'Validation Failed', errors: [{ resource, code: 'custom', message }] });
}
