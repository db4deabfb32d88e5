import { buildVariables, indexVariables, recordFile } from '../names.ts';
import type { PipelineOptions } from './options.ts';

/**
 * The buildspecs by the kind of project. They hold no value of a user: all comes from environment variables, so that they also serve CodeBuild
 * projects outside a pipeline, which then set RUN_ID themselves. An empty variable means not given.
 */
export interface Buildspecs {
  readonly build: string;
  readonly index: string;
  /** Where there is something to deploy to. */
  readonly deploy?: string;
}

/**
 * `version: 0.2`, where all commands share one shell
 * (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html). A command that fails ends its phase; without a `post_build`
 * nothing follows it. What is written lies outside the sources, since uncommitted files in a build context fail the build.
 */
export function buildspecs({ deployment }: Pick<PipelineOptions, 'deployment'>): Buildspecs {
  return { build, index, ...(deployment === undefined ? {} : { deploy }) };
}

const outputs = '/tmp/eks-gitops.env';
const record = '/tmp/eks-gitops-record.json';

/** A tarball in S3 is fetched first, since npx takes a file but no S3 address. */
const fetchTool = `      - |
        case "$TOOL_PACKAGE" in
          s3://*)
            aws s3 cp --only-show-errors "$TOOL_PACKAGE" /tmp/eks-gitops.tgz &&
            export TOOL_PACKAGE=/tmp/eks-gitops.tgz
            ;;
        esac`;

/**
 * The image of CodeBuild may have an older Node than the command needs. The prefix keeps npm from the `.npmrc` and `node_modules` of the
 * sources, which would decide where the command comes from; it still runs in their folder.
 */
const tool = 'npx --prefix=/tmp --yes --package=node@24 "--package=$TOOL_PACKAGE" -- eks-gitops';

const build = `# Builds the image of one platform and pushes it under a staging tag.
# Variables: TOOL_PACKAGE, IMAGE, PLATFORM, RUN_ID; optional: REVISION, COMMIT_TIME, CONTEXT, FILE, TARGET, BUILD_ARGS (one a line), SCOPE,
# CACHE (registry or none), BUILDKIT_IMAGE. The project has to be privileged, because it runs docker.
version: 0.2
env:
  shell: bash
  exported-variables: [${buildVariables.join(', ')}]
phases:
  install:
    commands:
${fetchTool}
  build:
    commands:
      - |
        ${tool} build-arch-image \\
          "--image=$IMAGE" "--platform=$PLATFORM" "--run-id=$RUN_ID" "--scope=$SCOPE" \\
          "--revision=$REVISION" "--commit-time=$COMMIT_TIME" \\
          "--context=$CONTEXT" "--file=$FILE" "--target=$TARGET" "--build-args=$BUILD_ARGS" \\
          "--cache=$CACHE" "--buildkit-image=$BUILDKIT_IMAGE" \\
          --outputs-file=${outputs} --record=${record}
${exporting(buildVariables)}
      - cp ${record} "$CODEBUILD_SRC_DIR/${recordFile}"
artifacts:
  files: [${recordFile}]
`;

const index = `# Joins the images of all platforms in one index and publishes it.
# Variables: TOOL_PACKAGE, IMAGE, RUN_ID; optional: REVISION, COMMIT_TIME, CONTEXT, FILE, TARGET, SCOPE, PLATFORMS, TAGS.
# The builds are taken from the records of the input artifacts where there are two, else by the staging tags of RUN_ID.
version: 0.2
env:
  shell: bash
  exported-variables: [${indexVariables.join(', ')}]
phases:
  install:
    commands:
${fetchTool}
  build:
    commands:
      - |
        if [ -n "$CODEBUILD_SRC_DIR_arm64" ]; then
          cat "$CODEBUILD_SRC_DIR/${recordFile}" "$CODEBUILD_SRC_DIR_arm64/${recordFile}" > ${record}
        fi
      - |
        ${tool} push-manifest-index \\
          "--image=$IMAGE" "--run-id=$RUN_ID" "--scope=$SCOPE" \\
          "--revision=$REVISION" "--commit-time=$COMMIT_TIME" \\
          "--context=$CONTEXT" "--file=$FILE" "--target=$TARGET" \\
          "--platforms=$PLATFORMS" "--tags=$TAGS" \\
          --outputs-file=${outputs} --record=${record}
${exporting(indexVariables)}
      - cp ${record} "$CODEBUILD_SRC_DIR/${recordFile}"
artifacts:
  files: [${recordFile}]
`;

const deploy = `# Waits until the cluster runs what was published, and the load balancer answers with it.
# Variables: TOOL_PACKAGE, CLUSTER_NAME, KUSTOMIZATION, WORKLOAD, NAMESPACE; optional: IMAGE_REPOSITORY, INGRESS.
# The input artifact is that of the index build.
version: 0.2
env:
  shell: bash
phases:
  install:
    commands:
${fetchTool}
  build:
    commands:
      - cp "$CODEBUILD_SRC_DIR/${recordFile}" ${record}
      - |
        ${tool} flux-reconcile "--cluster-name=$CLUSTER_NAME" \\
          "--kustomization=$KUSTOMIZATION" "--image-repository=$IMAGE_REPOSITORY" --record=${record}
      - |
        ${tool} wait-deployment "--cluster-name=$CLUSTER_NAME" \\
          "--workload=$WORKLOAD" "--namespace=$NAMESPACE" --record=${record}
      - |
        if [ -n "$INGRESS" ]; then
          ${tool} wait-ingress "--cluster-name=$CLUSTER_NAME" \\
            "--ingress=$INGRESS" "--namespace=$NAMESPACE" --record=${record}
        fi
`;

function exporting(names: readonly string[]): string {
  return `      - |
        for name in ${names.join(' ')}; do
          export "$name=$(sed -n "s/^$name=//p" ${outputs})"
        done`;
}
