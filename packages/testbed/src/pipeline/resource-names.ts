import type { StackPlace } from './template.ts';

/** What Ref gives, and each known attribute by its name. */
export interface ResourceNames {
  readonly ref: string;
  readonly [attribute: string]: string;
}

export interface NamedResource {
  readonly type: string;
  readonly id: string;
  readonly place: StackPlace;
  /** The value of a property; undefined where the template leaves it out. */
  readonly property: (name: string) => unknown;
}

/** What Ref and Fn::GetAtt give for a resource ("Return values" of each type in the CloudFormation template reference). */
export function resourceNames({ type, id, place, property }: NamedResource): ResourceNames {
  const { account, region, stack } = place;
  const own = (name: string): string => String(property(name) ?? `${stack}-${id}`);
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;
  switch (type) {
    case 'AWS::ECR::Repository': {
      const name = own('RepositoryName').toLowerCase();
      return {
        ref: name,
        Arn: arn('ecr', `repository/${name}`),
        RepositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
      };
    }
    case 'AWS::CodeBuild::Project':
      return { ref: own('Name'), Arn: arn('codebuild', `project/${own('Name')}`) };
    case 'AWS::CodePipeline::Pipeline':
      return { ref: own('Name') };
    case 'AWS::CodeCommit::Repository': {
      const name = own('RepositoryName');
      return {
        ref: `${id}-id`,
        Name: name,
        Arn: arn('codecommit', name),
        CloneUrlHttp: `https://git-codecommit.${region}.amazonaws.com/v1/repos/${name}`,
      };
    }
    case 'AWS::S3::Bucket': {
      const name = own('BucketName').toLowerCase();
      return { ref: name, Arn: `arn:aws:s3:::${name}` };
    }
    case 'AWS::IAM::Role':
      return { ref: own('RoleName'), Arn: `arn:aws:iam::${account}:role/${own('RoleName')}` };
    case 'AWS::KMS::Key':
      return { ref: `${id}-id`, Arn: arn('kms', `key/${id}-id`) };
    case 'AWS::Logs::LogGroup':
      return { ref: own('LogGroupName'), Arn: arn('logs', `log-group:${own('LogGroupName')}:*`) };
    default:
      return { ref: `${id}-id` };
  }
}
