import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { CodeCommit } from '../git/codecommit.ts';
import type { PipelineAction } from './definition.ts';

const configuration = z.object({
  RepositoryName: z.string(),
  BranchName: z.string(),
  PollForSourceChanges: z.literal('false'),
  OutputArtifactFormat: z.literal('CODEBUILD_CLONE_REF'),
});

/** What an action hands on: files in a folder, or a reference that CodeBuild clones by itself. */
export type Artifact =
  | { readonly kind: 'files'; readonly folder: string }
  | { readonly kind: 'clone'; readonly repository: string; readonly commit: string };

export interface SourceRequest {
  readonly action: PipelineAction;
  readonly codecommit: CodeCommit;
  readonly revision: string | undefined;
}

export interface SourceOutput {
  readonly artifact: Artifact;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Finds the commit that an execution was started at, else the latest of the branch, with the output variables of the action
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html).
 */
export async function readSource({ action, codecommit, revision }: SourceRequest): Promise<SourceOutput> {
  const { ActionTypeId, Configuration } = action;
  if (ActionTypeId.Provider !== 'CodeCommit') throw new Error(`A source of ${ActionTypeId.Provider} cannot be simulated.`);
  const { RepositoryName: repository, BranchName: branch } = configuration.parse(Configuration);
  const format = ['%H', '%aI', '%cI', '%B'].join('%x00');
  const { stdout } = await execa('git', ['show', '--no-patch', `--format=${format}`, revision ?? `refs/heads/${branch}`], {
    cwd: join(codecommit.root, 'v1', 'repos', repository),
  });
  const [commit = '', authored = '', committed = '', message = ''] = stdout.split('\0');
  return {
    artifact: { kind: 'clone', repository, commit },
    variables: {
      RepositoryName: repository,
      BranchName: branch,
      CommitId: commit,
      AuthorDate: authored,
      CommitterDate: committed,
      CommitMessage: message.trim(),
    },
  };
}

export interface CloneRequest {
  readonly repository: string;
  readonly commit: string;
  readonly folder: string;
  readonly codecommit: CodeCommit;
}

/** The full clone that CodeBuild makes of a CODEBUILD_CLONE_REF, with the commit checked out and no branch. */
export async function cloneSource({ repository, commit, folder, codecommit }: CloneRequest): Promise<void> {
  const path = `/v1/repos/${repository}`;
  const { username, password } = codecommit.login(path);
  const authorization = Buffer.from(`${username}:${password}`).toString('base64');
  const env = {
    ...codecommit.env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${authorization}`,
  };
  await execa('git', ['clone', '--quiet', '--no-checkout', '--', `${codecommit.url}${path}`, folder], { env });
  await execa('git', ['checkout', '--quiet', '--detach', commit], { cwd: folder });
}
