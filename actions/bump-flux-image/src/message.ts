import { formatPolicyName, type PolicyName } from '@eks-gitops/gitops';
import { formatImage, type TaggedImage } from './target.ts';

/** What a commit message can tell. */
export interface MessageFacts {
  readonly updates: readonly { readonly policy: PolicyName; readonly image: TaggedImage }[];
  readonly revision: string | undefined;
  readonly sourceRepository: string | undefined;
  readonly runUrl: string | undefined;
}

/**
 * The commit message: the template filled in, and trailers (git-interpret-trailers) by which one finds the source commit from the
 * GitOps commit. A placeholder whose fact is not known becomes empty; one that does not exist stays as it is.
 */
export function commitMessage(template: string, facts: MessageFacts): string {
  const { updates, revision, sourceRepository, runUrl } = facts;
  const images = [...new Set(updates.map(({ image }) => formatImage(image)))];
  const policies = updates.map(({ policy }) => formatPolicyName(policy));
  const values = new Map([
    ['images', images.join(', ')],
    ['policies', policies.join(', ')],
    ['revision', revision ?? ''],
    ['sha8', revision?.slice(0, 8) ?? ''],
    ['source-repository', sourceRepository ?? ''],
    ['run-url', runUrl ?? ''],
  ]);
  const body = template.replace(/\{([a-z0-9-]+)\}/g, (whole, name: string) => values.get(name) ?? whole).trim();
  const trailers = [
    ...updates.map(({ policy, image }) => `Image-Update: ${formatPolicyName(policy)}=${formatImage(image)}`),
    ...(revision === undefined ? [] : [`Source-Commit: ${revision}`]),
    ...(sourceRepository === undefined ? [] : [`Source-Repository: ${sourceRepository}`]),
    ...(runUrl === undefined ? [] : [`Run-Url: ${runUrl}`]),
  ];
  return `${body === '' ? `Update ${images.join(', ')}` : body}\n\n${trailers.join('\n')}\n`;
}
