/** Label and annotation that name the commit an image was built from (OCI image specification, "Pre-Defined Annotation Keys"). */
export const revisionLabel = 'org.opencontainers.image.revision';
/** Label and annotation with the commit's time, RFC 3339 in UTC. */
export const commitTimeLabel = 'eks-gitops.commit-time';
/** Label with the SHA-256 of a build's resolved inputs: equal means the same build was asked for. */
export const inputsLabel = 'eks-gitops.inputs';
