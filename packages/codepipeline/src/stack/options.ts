/** Where the pipeline takes the commit from; each but S3 as a full clone (`CODEBUILD_CLONE_REF`), so that commit and commit time are known. */
export type Source =
  | { readonly kind: 'codecommit'; readonly repository: string; readonly branch: string; readonly create: boolean }
  | {
      /** GitHub, GitLab or Bitbucket through AWS CodeConnections. */
      readonly kind: 'connection';
      readonly connectionArn: string;
      /** `owner/name`. */
      readonly repository: string;
      readonly branch: string;
    }
  | {
      /** A zip file in a versioned bucket. Commit and commit time are given at each start of the pipeline, because a zip does not know them. */
      readonly kind: 's3';
      readonly bucket: string;
      readonly key: string;
    };

/** What to deploy to, in a stage of its own: the steps 4 to 6 of the chain, run against the EKS cluster. */
export interface Deployment {
  readonly clusterName: string;
  /** Arguments of `flux-reconcile`, `wait-deployment` and `wait-ingress` that are not the cluster's. */
  readonly kustomization: string;
  readonly imageRepository?: string;
  readonly deployment: string;
  readonly namespace: string;
  readonly ingress?: string;
}

/** GitHub workflows that may assume a role with the rights of the builds. */
export interface GitHubRole {
  /** `owner/name`, or with GitHub's ids `owner@1/name@2`: then a repository that takes the name over later is not meant. */
  readonly repository: string;
  /** `ref:refs/heads/main`, `environment:production`, `ref:refs/tags/v*`. */
  readonly subjects: readonly string[];
  /** Of the account's identity provider for GitHub; made by the stack when left out. */
  readonly providerArn?: string;
}

/** What the stack of one pipeline is made from; every field is a decision of the user, and the template is a function of it. */
export interface PipelineOptions {
  /** Prefix of the names of what is made, and the pipeline's name: of the form `pipelineNameForm`. */
  readonly name: string;
  readonly source: Source;
  /** The build context inside the source, as of `build-arch-image`. */
  readonly context: string;
  readonly file?: string;
  readonly target?: string;
  readonly buildArgs: readonly string[];
  readonly executionMode: 'SUPERSEDED' | 'QUEUED' | 'PARALLEL';
  /** An npm spec with an exact version, or `s3://bucket/key` of a packed tarball. */
  readonly toolPackage: string;
  readonly repository: { readonly kind: 'create'; readonly name: string } | { readonly kind: 'existing'; readonly name: string };
  readonly bucket: { readonly kind: 'create' } | { readonly kind: 'existing'; readonly name: string };
  /** `aws` is the service's own key; `create` makes one, as the lab does. */
  readonly encryption:
    | { readonly kind: 'aws' }
    | { readonly kind: 'create' }
    | { readonly kind: 'existing'; readonly keyArn: string };
  readonly network?: {
    readonly vpcId: string;
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
  };
  /** Keep build caches in the repository, under `cache-amd64-…` and `cache-arm64-…`. */
  readonly cache: boolean;
  /** BuildKit's image, for a mirror of it. */
  readonly buildkitImage?: string;
  readonly logRetentionDays: number;
  readonly buildTimeoutMinutes: number;
  readonly concurrentBuilds?: number;
  readonly stagingImageDays: number;
  readonly failureTopicArn?: string;
  readonly permissionsBoundaryArn?: string;
  readonly deployment?: Deployment;
  readonly githubRole?: GitHubRole;
}
