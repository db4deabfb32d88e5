/** What the CI says of the run it is in. Absent means that the CI does not say; nothing here is guessed. */
export interface CiFacts {
  readonly ci: 'github' | 'codebuild' | 'codepipeline' | 'gitlab' | 'none';
  /** The commit that the CI says it builds; on a GitHub pull request a merge commit that no branch holds. */
  readonly commit?: string;
  /** RFC 3339. */
  readonly commitTime?: string;
  readonly branch?: string;
  /** GitHub says it in the file of its event alone, which is not read here. */
  readonly defaultBranch?: string;
  /** Where the source is browsed, as a URL. */
  readonly repository?: string;
  readonly runId?: string;
  /** Counts from 1; absent where the CI has no such number. */
  readonly attempt?: number;
  readonly runUrl?: string;
  /** RFC 3339. */
  readonly runStarted?: string;
  /** The CI's own word for what started the run. */
  readonly event?: string;
  readonly pullRequest: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Reader {
  readonly applies: (env: Environment) => boolean;
  readonly read: (env: Environment) => Facts;
}

type Facts = { readonly [Name in keyof CiFacts]: CiFacts[Name] | undefined } & Pick<CiFacts, 'ci' | 'pullRequest'>;

const readers: readonly Reader[] = [
  { applies: env => env['GITHUB_ACTIONS'] === 'true', read: readGitHub },
  { applies: env => given(env['CODEBUILD_BUILD_ID']) !== undefined, read: readCodeBuild },
  { applies: env => env['GITLAB_CI'] === 'true', read: readGitLab },
];

/** Reads the CI's facts from its environment variables; outside a known CI only `ci: 'none'`. A new CI is a new line in `readers`. */
export function readCiFacts(env: Environment): CiFacts {
  const reader = readers.find(({ applies }) => applies(env));
  const { ci, pullRequest, ...rest } = reader === undefined ? { ci: 'none' as const, pullRequest: false } : reader.read(env);
  return { ci, pullRequest, ...Object.fromEntries(Object.entries(rest).filter(([, fact]) => fact !== undefined)) };
}

/** https://docs.github.com/actions/reference/workflows-and-actions/variables; act sets ACT and a run id that is always 1. */
function readGitHub(env: Environment): Facts {
  const server = given(env['GITHUB_SERVER_URL']);
  const name = given(env['GITHUB_REPOSITORY']);
  const repository = server && name ? `${server}/${name}` : undefined;
  const act = env['ACT'] === 'true';
  const runId = act ? undefined : given(env['GITHUB_RUN_ID']);
  const event = given(env['GITHUB_EVENT_NAME']);
  return {
    ci: 'github',
    commit: given(env['GITHUB_SHA']),
    branch: given(env['GITHUB_HEAD_REF']) ?? (env['GITHUB_REF_TYPE'] === 'tag' ? undefined : given(env['GITHUB_REF_NAME'])),
    repository,
    runId,
    attempt: act ? undefined : count(env['GITHUB_RUN_ATTEMPT']),
    runUrl: repository && runId ? `${repository}/actions/runs/${runId}` : undefined,
    event,
    pullRequest: event?.startsWith('pull_request') ?? false,
  };
}

/**
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html. Inside a CodePipeline the execution's id is not in
 * the environment: the pipeline passes it as the input `run-id`.
 */
function readCodeBuild(env: Environment): Facts {
  const initiator = given(env['CODEBUILD_INITIATOR']);
  const inPipeline = initiator?.startsWith('codepipeline/') ?? false;
  const started = count(env['CODEBUILD_START_TIME']);
  const event = given(env['CODEBUILD_WEBHOOK_EVENT']);
  return {
    ci: inPipeline ? 'codepipeline' : 'codebuild',
    commit: commitId(env['CODEBUILD_RESOLVED_SOURCE_VERSION']),
    branch: given(env['CODEBUILD_WEBHOOK_HEAD_REF'])?.match(/^refs\/heads\/(.+)$/)?.[1],
    repository: plainUrl(env['CODEBUILD_SOURCE_REPO_URL'])?.replace(/\.git$/, ''),
    runId: inPipeline ? undefined : given(env['CODEBUILD_BUILD_ID']),
    runUrl: given(env['CODEBUILD_BUILD_URL']),
    runStarted: started === undefined ? undefined : new Date(started).toISOString(),
    event,
    pullRequest: event?.startsWith('PULL_REQUEST') ?? false,
  };
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/. GitLab counts no attempts of a pipeline. */
function readGitLab(env: Environment): Facts {
  const event = given(env['CI_PIPELINE_SOURCE']);
  return {
    ci: 'gitlab',
    commit: given(env['CI_COMMIT_SHA']),
    commitTime: given(env['CI_COMMIT_TIMESTAMP']),
    branch: given(env['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME']) ?? given(env['CI_COMMIT_BRANCH']),
    defaultBranch: given(env['CI_DEFAULT_BRANCH']),
    repository: plainUrl(env['CI_PROJECT_URL']),
    runId: given(env['CI_PIPELINE_ID']),
    runUrl: given(env['CI_PIPELINE_URL']),
    runStarted: given(env['CI_PIPELINE_CREATED_AT']),
    event,
    pullRequest: event === 'merge_request_event',
  };
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function count(value: string | undefined): number | undefined {
  return value !== undefined && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : undefined;
}

/** CodeBuild resolves S3 sources to a version id, which is no commit. */
function commitId(value: string | undefined): string | undefined {
  return value !== undefined && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(value) ? value : undefined;
}

function plainUrl(value: string | undefined): string | undefined {
  const url = given(value);
  return url === undefined ? undefined : withoutLogin(url);
}

/** A URL without the user name and password that may stand in it. */
export function withoutLogin(url: string): string {
  return url.replace(/^(https?:\/\/)[^\s/?#]*@/i, '$1');
}
