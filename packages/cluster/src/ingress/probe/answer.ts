/** What came back from a URL. */
export interface Answer {
  readonly status: number;
  /** Every value of a header, by its name in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Its first mebibyte. */
  readonly body: string;
}

/** Where one try ended. */
export type Attempt =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'fault'; readonly stage: 'connection' | 'tls' | 'status'; readonly code: string; readonly words: string };
