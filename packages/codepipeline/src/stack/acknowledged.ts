/** A rule of a checker that the stack does not keep, on purpose. */
export interface Acknowledged {
  readonly rule: string;
  /** Logical names of the resources that it is not kept on. */
  readonly resources: RegExp;
  readonly reason: string;
}

/** Of the AwsSolutions rules of cdk-nag. */
export const acknowledgedNags: readonly Acknowledged[] = [
  {
    rule: 'AwsSolutions-IAM5',
    resources: /Role$/,
    reason: 'each * in a resource has a reason of its own, beside its statement in rights.ts; no action has one',
  },
  {
    rule: 'AwsSolutions-S1',
    resources: /^ArtifactBucket$/,
    reason:
      'artifacts are references and records of some 100 bytes that expire; an access log would need a second bucket that is kept',
  },
  {
    rule: 'AwsSolutions-CB4',
    resources: /^(?:Amd64|Arm64|Index|Deploy)Project$/,
    reason: "without encryption: create the artifacts are encrypted with the service's own key, as the bucket is",
  },
];
