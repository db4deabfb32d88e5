/** The stages and actions of the pipeline, and the variables that its builds export: a contract between the stack, the buildspecs and `wait-pipeline`. */
export const stageNames = { source: 'Source', build: 'Build', deploy: 'Deploy' } as const;

/** As in the lab, but for the index, which is no longer a `docker manifest`. */
export const actionNames = {
  source: 'source',
  amd64: 'build_amd64',
  arm64: 'build_arm64',
  index: 'build_index',
  deploy: 'deploy',
} as const;

/** A name that the pipeline may have. The longest name made of it is that of a rule of Amazon EventBridge, of 64 characters. */
export const pipelineNameForm = /^[A-Za-z0-9][A-Za-z0-9_-]{1,56}$/;

/** A repository on GitHub by its name, or with the ids of owner and repository, as the subjects of its tokens have them. */
export const githubRepositoryForm = /^[\w.-]+(?:\/[\w.-]+|@\d+\/[\w.-]+@\d+)$/;

/** Namespaces of the actions' output variables: `#{index.TAG}`. */
export const variableNamespaces = { source: 'source', amd64: 'amd64', arm64: 'arm64', index: 'index' } as const;

/** Artifacts between the actions: the source, and the release record of each build. They are part of names of variables, `CODEBUILD_SRC_DIR_arm64`. */
export const artifactNames = { source: 'source', amd64: 'amd64', arm64: 'arm64', index: 'index' } as const;

/** The pipeline's own variables with an S3 source, given at each start: `#{variables.REVISION}`. */
export const pipelineVariables = { revision: 'REVISION', commitTime: 'COMMIT_TIME' } as const;

/** What a build of one architecture exports, as `--outputs-file x.env` names it. */
export const buildVariables = ['DIGEST', 'STAGING_TAG', 'PLATFORM'] as const;

/** What the index build exports. */
export const indexVariables = ['DIGEST', 'TAG'] as const;

/** The output artifacts of all builds hold the release record under this name. */
export const recordFile = 'record.json';

/** Tags that may move in a repository whose tags otherwise cannot: build-arch-image writes `cache-amd64-…` and `cache-arm64-…`. */
export const cacheTagPrefix = 'cache-';

/** Logical names of the stack's outputs. */
export const stackOutputs = {
  repositoryUri: 'RepositoryUri',
  pipelineName: 'PipelineName',
  pipelineRoleArn: 'PipelineRoleArn',
  amd64RoleArn: 'Amd64RoleArn',
  arm64RoleArn: 'Arm64RoleArn',
  indexRoleArn: 'IndexRoleArn',
  deployRoleArn: 'DeployRoleArn',
  githubRoleArn: 'GitHubRoleArn',
  cloneUrl: 'CloneUrl',
  artifactBucket: 'ArtifactBucketName',
} as const;
