import type { Platform } from '../platform.ts';
import type { Repository } from '../reference.ts';

/** One secret for RUN --mount=type=secret: its value, the environment variable or the file that holds it. */
export type BuildSecret =
  | { readonly id: string; readonly kind: 'value'; readonly value: string }
  | { readonly id: string; readonly kind: 'env'; readonly variable: string }
  | { readonly id: string; readonly kind: 'file'; readonly path: string };

/** A build of one platform's image, as BuildKit is asked for it. Lists are in buildx's own item syntax. */
export interface BuildRequest {
  readonly repository: Repository;
  readonly platform: Platform;
  /** Absolute path of the build context. */
  readonly context: string;
  /** The Dockerfile's path; buildx's default is `Dockerfile` in the context. */
  readonly file: string | undefined;
  readonly target: string | undefined;
  /** `NAME=value`, or `NAME` to take the value from the environment. */
  readonly buildArgs: readonly string[];
  readonly buildContexts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly string[];
  readonly secrets: readonly BuildSecret[];
  readonly ssh: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  /** `false`, `true`, or attributes such as `mode=min`. */
  readonly provenance: string;
  /** `false`, `true`, or `generator=IMAGE`. */
  readonly sbom: string;
  readonly network: string | undefined;
  readonly addHosts: readonly string[];
  readonly pull: boolean;
  readonly noCache: boolean;
  /** The time that BuildKit writes into the image, in place of the clock. */
  readonly epoch: Date;
  /** Whether steps see that time, as build argument SOURCE_DATE_EPOCH. A WORKDIR and what follows it are then cached for that time alone. */
  readonly epochInSteps: boolean;
  /** push: pushed by digest, under no tag. discard: built, and kept in the builder's cache alone. */
  readonly destination: 'push' | 'discard';
}
