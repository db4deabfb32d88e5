/**
 * How a failure ends the command: 1 failed, 2 wrong usage, 3 timed out, 130 cancelled.
 * The numbers are a contract with shell scripts.
 */
export const exitCodes = { failed: 1, usage: 2, 'timed-out': 3, cancelled: 130 } as const;

export type Ending = keyof typeof exitCodes;

interface CodeMeaning {
  readonly ending: Ending;
  readonly meaning: string;
}

/** Every stable error code with its meaning; the table in this package's README is generated from it. */
export const errorCodes = {
  INPUT_MISSING: { ending: 'usage', meaning: 'A required input was not given.' },
  INPUT_INVALID: { ending: 'usage', meaning: 'An input has a value that is not allowed.' },
  INPUT_UNKNOWN: { ending: 'usage', meaning: 'An input, flag or action of that name does not exist.' },
  RECORD_EMPTY: {
    ending: 'usage',
    meaning: 'The release record is empty, usually because the CI blanked a job output that holds a masked value.',
  },
  RECORD_INVALID: { ending: 'failed', meaning: 'The release record is not well-formed JSON of the expected shape.' },
  RECORD_SCHEMA: { ending: 'failed', meaning: 'The release record has a schema version that this version does not know.' },
  RECORD_MISMATCH: {
    ending: 'failed',
    meaning: 'Release records, or a record and the inputs, speak of different revisions or images.',
  },
  COMMIT_UNKNOWN: { ending: 'failed', meaning: 'No commit could be determined for the image.' },
  COMMIT_MISMATCH: { ending: 'failed', meaning: 'The given revision or commit time is not that of the checked-out commit.' },
  COMMIT_TIME_UNKNOWN: { ending: 'failed', meaning: 'The time of the commit could not be determined.' },
  COMMIT_TIME_FUTURE: { ending: 'failed', meaning: 'The commit time lies more than 10 minutes ahead of the clock.' },
  WORKTREE_DIRTY: { ending: 'failed', meaning: 'The build context or its Dockerfile holds changes that are not committed.' },
  GIT_FAILED: { ending: 'failed', meaning: 'git refused or failed to read or write a repository.' },
  GIT_DENIED: { ending: 'failed', meaning: 'The git server refused the credentials, or they may not do this.' },
  GIT_UNREACHABLE: { ending: 'failed', meaning: 'The git server could not be reached, or does not hold the repository.' },
  GIT_REJECTED: { ending: 'failed', meaning: 'The git server refused the commit by a rule or a hook of its own.' },
  BRANCH_MISSING: { ending: 'failed', meaning: 'The GitOps repository does not have the branch.' },
  BRANCH_FOREIGN: { ending: 'failed', meaning: 'The branch of a pull request of ours holds commits of somebody else.' },
  CHECKOUT_DIRTY: {
    ending: 'failed',
    meaning: 'The checkout of the GitOps repository holds changes of its own in the files to edit.',
  },
  MANIFEST_INVALID: { ending: 'failed', meaning: 'A manifest of the GitOps repository is not well-formed YAML in UTF-8.' },
  MARKER_MISSING: { ending: 'failed', meaning: 'No marker of the policy stands in the manifests.' },
  MARKER_UNSAFE: {
    ending: 'failed',
    meaning: 'A marker stands at a value that cannot be replaced without changing something else.',
  },
  POLICY_INVALID: {
    ending: 'failed',
    meaning: 'An ImagePolicy is malformed, or does not order the tags that it was asked to compare.',
  },
  TAG_NOT_SELECTED: { ending: 'failed', meaning: 'The ImagePolicy does not select the tag: its pattern or range leaves it out.' },
  IMAGE_OLDER: { ending: 'failed', meaning: 'The GitOps repository names a newer image already, and on-older is fail.' },
  TWO_WRITERS: { ending: 'failed', meaning: 'An ImageUpdateAutomation writes the same markers: the two would undo each other.' },
  IMAGE_UNMARKED: { ending: 'failed', meaning: 'No value of the manifests names the image, so there is none to mark.' },
  OBJECT_CONFLICT: { ending: 'failed', meaning: 'A Flux object of that name exists already and means something else.' },
  OBJECT_MISPLACED: {
    ending: 'failed',
    meaning: 'A kustomization would move Flux objects that are written there to another namespace, or rename them.',
  },
  GITHUB_DENIED: { ending: 'failed', meaning: 'GitHub refused the token, or it lacks a permission.' },
  GITHUB_FAILED: { ending: 'failed', meaning: 'GitHub answered with an error, or kept failing after every retry.' },
  GITHUB_LIMITED: { ending: 'failed', meaning: 'GitHub limits the rate of requests, for longer than the step may wait.' },
  AWS_CREDENTIALS_MISSING: { ending: 'failed', meaning: 'The AWS credential chain found no credentials.' },
  AWS_DENIED: { ending: 'failed', meaning: 'AWS refused the credentials, or they may not do this.' },
  AWS_THROTTLED: { ending: 'failed', meaning: 'AWS limits the rate of requests, for longer than the step may wait.' },
  AWS_UNREACHABLE: { ending: 'failed', meaning: 'AWS could not be reached, or kept failing after every retry.' },
  STACK_FOREIGN: { ending: 'failed', meaning: 'The CloudFormation stack of that name is not a pipeline of this project.' },
  STACK_STUCK: { ending: 'failed', meaning: 'The CloudFormation stack is in a state that only a person can get it out of.' },
  STACK_FAILED: {
    ending: 'failed',
    meaning: 'CloudFormation could not make or delete the stack, and says which resource failed first.',
  },
  CHANGES_INVALID: { ending: 'failed', meaning: 'CloudFormation refused the template, or could not make a change set of it.' },
  PERMISSIONS_CHANGE: { ending: 'failed', meaning: 'The change gives or takes rights, and allow-iam is not set.' },
  DATA_LOSS: { ending: 'failed', meaning: 'The change would delete or replace what holds data, and allow-data-loss is not set.' },
  REFERENCE_INVALID: { ending: 'usage', meaning: 'An image reference is malformed.' },
  PLATFORM_INVALID: { ending: 'usage', meaning: 'A platform is malformed.' },
  TOOL_MISSING: { ending: 'failed', meaning: 'A program that the step needs is not installed or too old.' },
  BUILDER_UNAVAILABLE: { ending: 'failed', meaning: 'The builder does not exist, cannot be reached or cannot be created.' },
  BUILD_FAILED: {
    ending: 'failed',
    meaning: 'The image could not be built: a step of the Dockerfile, or the Dockerfile itself, failed.',
  },
  PUSH_FAILED: { ending: 'failed', meaning: 'The image was built but could not be pushed.' },
  IMAGE_UNEXPECTED: { ending: 'failed', meaning: 'What was read back from the registry is not what was built.' },
  REGISTRY_DENIED: { ending: 'failed', meaning: 'The registry refused the credentials or lacks the right.' },
  REGISTRY_NOT_FOUND: { ending: 'failed', meaning: 'The registry does not hold the repository, manifest or blob.' },
  REGISTRY_UNREACHABLE: { ending: 'failed', meaning: 'The registry could not be reached, or kept failing after every retry.' },
  REGISTRY_RESPONSE: { ending: 'failed', meaning: 'The registry answered something that the protocol does not allow.' },
  DIGEST_MISMATCH: { ending: 'failed', meaning: 'Content does not have the digest that it was asked for by.' },
  TAG_IMMUTABLE: { ending: 'failed', meaning: 'The registry does not let this tag be moved.' },
  TAG_CONFLICT: {
    ending: 'failed',
    meaning: 'The tag already holds something else than the index of this revision and these platforms.',
  },
  TAG_EXISTS: { ending: 'failed', meaning: 'The tag already exists and on-existing-tag is fail.' },
  SOURCE_INVALID: { ending: 'failed', meaning: 'A source is neither an image nor an index of images, or contradicts itself.' },
  SOURCE_MISSING: { ending: 'failed', meaning: 'No staged image was found for a requested platform.' },
  SOURCE_DUPLICATE: { ending: 'failed', meaning: 'Two sources hold the same platform.' },
  SOURCE_SURPRISE: { ending: 'failed', meaning: 'A source holds a platform that was not requested.' },
  SOURCE_REVISIONS: { ending: 'failed', meaning: 'The sources were built from different commits.' },
  SOURCE_UNLABELLED: {
    ending: 'failed',
    meaning: 'A source does not say which commit it was built from, or when that was committed.',
  },
  ECR_LOGIN_FAILED: { ending: 'failed', meaning: 'Amazon ECR gave no authorization token.' },
  CREDENTIAL_HELPER_FAILED: { ending: 'failed', meaning: 'A docker credential helper failed.' },
  DOCKER_CONFIG_INVALID: { ending: 'failed', meaning: 'The docker configuration file is malformed.' },
  CLUSTER_INVALID: {
    ending: 'failed',
    meaning: 'The kubeconfig, or what a pod knows of its own cluster, is malformed or names what cannot be used.',
  },
  CLUSTER_NOT_FOUND: { ending: 'failed', meaning: 'Amazon EKS knows no active cluster of that name in the region.' },
  CLUSTER_DENIED: { ending: 'failed', meaning: 'The cluster, or AWS before it, refused the identity or what it asked for.' },
  CLUSTER_UNREACHABLE: {
    ending: 'failed',
    meaning: 'The Kubernetes API server could not be reached, or kept failing after every retry.',
  },
  CLUSTER_RESPONSE: {
    ending: 'failed',
    meaning: 'The Kubernetes API server refused a request, or answered something that the API does not allow.',
  },
  KIND_UNKNOWN: { ending: 'failed', meaning: 'The cluster does not serve that kind of object in that version.' },
  OBJECT_MISSING: { ending: 'failed', meaning: 'The cluster does not hold an object that the step needs.' },
  RECONCILIATION_SUSPENDED: { ending: 'failed', meaning: 'A Flux object is suspended, so that Flux does nothing with it.' },
  RECONCILIATION_STALLED: { ending: 'failed', meaning: 'A Flux object cannot go on before it is changed.' },
  RECONCILIATION_FAILED: { ending: 'failed', meaning: 'Flux could not build or apply what it was asked to.' },
  HEALTH_CHECK_FAILED: { ending: 'failed', meaning: 'Flux applied the objects, and they did not become healthy.' },
  SOURCE_FAILED: {
    ending: 'failed',
    meaning: 'Flux could not fetch a source or scan an image repository, for longer than is tolerated.',
  },
  REVISION_NOT_FETCHED: { ending: 'failed', meaning: 'What Flux has fetched does not hold the revision that is waited for.' },
  REVISION_UNVERIFIED: {
    ending: 'failed',
    meaning: 'Another revision is applied, and nothing shows that it holds the one that is waited for.',
  },
  POLICY_SELECTED_OTHER: {
    ending: 'failed',
    meaning: 'An ImagePolicy has selected another tag than the one that is waited for.',
  },
  IMAGE_UNUSED: { ending: 'failed', meaning: 'No container of the workload has an image of that repository, or that name.' },
  IMAGE_NAME_INVALID: { ending: 'failed', meaning: 'A pod names an image by what is not an image reference.' },
  IMAGE_PLATFORM_MISSING: { ending: 'failed', meaning: 'An image holds nothing for the platform of the node that is to run it.' },
  IMAGE_UNPULLABLE: { ending: 'failed', meaning: 'A node cannot pull the image of a pod.' },
  IMAGE_NOT_RUNNING: { ending: 'failed', meaning: 'Pods of the new revision run another image than the one that was published.' },
  CONTAINER_INVALID: {
    ending: 'failed',
    meaning: 'A container cannot be made, because its configuration names what is not there or not allowed.',
  },
  CONTAINER_CRASHING: { ending: 'failed', meaning: 'A container of the new revision ends again and again.' },
  PODS_REFUSED: { ending: 'failed', meaning: 'The cluster refuses to create the pods: a policy, an admission webhook.' },
  ROLLOUT_STALLED: { ending: 'failed', meaning: 'The Deployment made no progress within its progress deadline.' },
  ROLLOUT_PAUSED: { ending: 'failed', meaning: 'The workload is paused, or a partition keeps pods at an older revision.' },
  ROLLOUT_REPLACED: { ending: 'failed', meaning: 'The workload was given another image while its rollout was waited for.' },
  LOAD_BALANCER_PRIVATE: {
    ending: 'failed',
    meaning: 'The load balancer has private addresses only, which this machine cannot reach.',
  },
  PIPELINE_NOT_FOUND: { ending: 'failed', meaning: 'AWS CodePipeline knows no pipeline of that name in the region.' },
  PIPELINE_REFUSED: { ending: 'failed', meaning: 'AWS CodePipeline refused to start the pipeline like that.' },
  EXECUTION_MISSING: { ending: 'failed', meaning: 'The pipeline has no execution of that commit or id, and none began in time.' },
  EXECUTION_UNEXPECTED: { ending: 'failed', meaning: 'The execution is of another commit than the one that is waited for.' },
  PIPELINE_FAILED: { ending: 'failed', meaning: 'An action, or a condition of a stage, of the execution has failed.' },
  PIPELINE_STOPPED: {
    ending: 'failed',
    meaning: 'The execution was stopped by somebody, or cancelled by a change of its pipeline.',
  },
  PIPELINE_SUPERSEDED: {
    ending: 'failed',
    meaning: 'A newer execution has overtaken the one that is waited for, and on-superseded is fail.',
  },
  PIPELINE_OUTPUT_MISSING: { ending: 'failed', meaning: 'The action that was named for it tells no digest of an image.' },
  TIMED_OUT: { ending: 'timed-out', meaning: 'The time limit ended before the step did.' },
  CANCELLED: { ending: 'cancelled', meaning: 'The step was cancelled.' },
  UNEXPECTED: { ending: 'failed', meaning: 'A fault in eks-gitops-actions itself; please report it.' },
} as const satisfies Record<string, CodeMeaning>;

export type ErrorCode = keyof typeof errorCodes;
