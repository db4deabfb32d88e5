export { awsErrorName, explainAwsFailure } from '@eks-gitops/errors';
