import type { PipelineOptions } from './options.ts';

/** One statement of a role's policy: the calls that are made, and what they are made on. */
export interface Right {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why a resource has a `*` in it; every one has to have a reason. */
  readonly why?: string;
}

/** What the rights are on: names and ARNs, those of things that the stack makes among them. */
export interface Grounds {
  readonly options: PipelineOptions;
  readonly bucketName: string;
  readonly repositoryArn: string;
  /** Of the artifact store's own key. */
  readonly keyArn: string | undefined;
}
