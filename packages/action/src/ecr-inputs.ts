import { boolean, items, text } from './input.ts';

/** The account of Amazon ECR that an action pushes to, and its repository; shared by all actions that push. */
export const ecrInputs = {
  'role-to-assume': text({
    description:
      "The ARN of an IAM role that is assumed for Amazon ECR, such as one of the registry's account. Its token is then the login, whatever the docker config holds.",
    example: 'arn:aws:iam::123456789012:role/push-images',
  }),
  'create-repository': boolean({
    description:
      'Make the repository in Amazon ECR when it does not exist: with tags that stay, scan on push, encryption and a lifecycle policy. One that exists is left alone; how it differs is told.',
  }),
  'moving-tags': items(
    {
      description: 'With create-repository: the tags that may move in a new repository, five at most; * is any characters.',
      default: 'latest,cache-*',
    },
    { allowed: 'tags, with two * each at most', parse: parseMovingTag },
  ),
  'staging-image-days': text(
    {
      description:
        'With create-repository: for how many days a new repository keeps build-* and untagged images that no index holds.',
      default: '14',
    },
    { allowed: 'a whole number from 1', parse: parseDays },
  ),
  'kms-key': text({
    description:
      "With create-repository: the ARN of the KMS key that encrypts a new repository. Default: Amazon ECR's own AES-256.",
  }),
};

/** A filter as Amazon ECR takes it (API reference, ImageTagMutabilityExclusionFilter). */
function parseMovingTag(item: string): string {
  if (!/^[0-9A-Za-z._*-]{1,128}$/.test(item)) throw new Error(`"${item}" holds what no tag may`);
  if (item.split('*').length > 3) throw new Error(`"${item}" has more than two *`);
  return item;
}

function parseDays(given: string): number {
  if (!/^[1-9]\d{0,4}$/.test(given)) throw new Error(`"${given}" is not a number of days`);
  return Number(given);
}
