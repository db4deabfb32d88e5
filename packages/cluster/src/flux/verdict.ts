import type { ActionError } from '@eks-gitops/errors';

/** What an object's state means for those who wait for it. */
export type Verdict<T = undefined> =
  | { readonly kind: 'done'; readonly value: T; readonly reason: string }
  /** `why`: `waiting for …`, or what the controller says that it is doing. */
  | { readonly kind: 'waiting'; readonly why: string }
  /** It may pass by itself, and is a failure once it has lasted. */
  | { readonly kind: 'passing'; readonly error: ActionError }
  /** What is waited for cannot happen any more. */
  | { readonly kind: 'failed'; readonly error: ActionError };
