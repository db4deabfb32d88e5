import { ActionError } from '@eks-gitops/errors';
import { explainDenial, parseDenial } from '../ecr/denial.ts';
import { formatRepository, type Repository } from '../reference.ts';
import type { FailedStep } from './progress.ts';

/**
 * transient: the registry or the way to it failed for the moment. denied: the registry refuses the login or lacks the right. push: any
 * other failure to push. builder: no builder, or none that answers. build: the Dockerfile, its steps or its context.
 */
export type FailureKind = 'transient' | 'denied' | 'push' | 'builder' | 'build';

export interface BuildxFailure {
  readonly step: FailedStep | undefined;
  /** What buildx said itself, its progress aside. */
  readonly words: string;
}

// Said by buildx before every error of a build.
const wrapping = /^(?:failed to build: )?(?:failed to solve: )?/;
const pushing = /^(?:[^ "]+: )?failed to push /;
const pulling = /^(?:[^ "]+: )?failed to resolve source metadata for /;
const passing =
  /: (?:429|5\d\d) |(?:429|5\d\d) [A-Z][a-z A-Z]+$|: (?:unavailable|toomanyrequests): |connection reset by peer|broken pipe|unexpected EOF|: EOF$|i\/o timeout|TLS handshake timeout|Client\.Timeout|deadline exceeded/m;
const refusing =
  /: (?:401|403) |(?:401|403) [A-Z][a-z]+$|: denied: |: unauthorized: |failed to authorize|no basic auth credentials|authentication required|insufficient_scope/im;
const builderless =
  /^no builder "|failed to connect to the docker API|^failed to (?:build: )?(?:initialize|find) (?:driver|builder)|failed to list workers|Cannot connect to the Docker daemon/m;

/**
 * Tells what kind of failure ended buildx, by its own last error alone: what a step's log says never counts, so a compile error that
 * speaks of `503` or `connection reset` is not taken for a network's.
 */
export function classifyFailure({ words, step }: BuildxFailure): FailureKind {
  const error = lastError(words);
  if (pushing.test(error)) {
    if (refusing.test(error)) return 'denied';
    return passing.test(error) ? 'transient' : 'push';
  }
  if (pulling.test(error) && passing.test(error)) return 'transient';
  return builderless.test(error) || step?.name === '[internal] waiting for connection' ? 'builder' : 'build';
}

/** Turns a failure of buildx into the error that the user reads: the step, its last log lines, the Dockerfile's lines, the error. */
export function explainFailure(failure: BuildxFailure, { repository }: { readonly repository: Repository }): ActionError {
  const kind = classifyFailure(failure);
  const name = formatRepository(repository);
  const { step } = failure;
  const ran = step !== undefined && !step.name.startsWith('[internal]') && !step.name.startsWith('exporting');
  const facts = { found: lastError(failure.words) || step?.error || 'no word of explanation', detail: detailOf(failure) };
  const denial = parseDenial(facts.found);
  switch (kind) {
    case 'builder':
      return new ActionError({
        code: 'BUILDER_UNAVAILABLE',
        message: 'The builder cannot be reached.',
        ...facts,
        remedy: 'check the input builder, and that its BuildKit runs',
      });
    case 'denied':
      return new ActionError({
        code: 'REGISTRY_DENIED',
        message: `The registry refused the push to ${name}.`,
        ...facts,
        ...(denial ? explainDenial(denial) : deniedAdvice),
      });
    case 'push':
      return new ActionError({
        code: 'PUSH_FAILED',
        message: `The image was built, but could not be pushed to ${name}.`,
        ...facts,
        ...(/\bimmutable\b/.test(facts.found) ? immutableAdvice : missingAdvice),
      });
    case 'transient':
      return new ActionError({
        code: pushing.test(facts.found) ? 'PUSH_FAILED' : 'BUILD_FAILED',
        message: `The registry kept failing, also when asked again: ${name}.`,
        ...facts,
        remedy: 'run the step again later',
      });
    case 'build':
      return new ActionError({
        code: 'BUILD_FAILED',
        message: ran ? `The build failed in the step ${shortened(step.name)}.` : 'The build failed.',
        ...facts,
      });
  }
}

const deniedAdvice = {
  likely: 'the login is wrong or has expired, or may not push to this repository',
  remedy:
    'check login, username and password; on Amazon ECR the role needs ecr:InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, BatchCheckLayerAvailability and PutImage on the repository',
};

const missingAdvice = {
  likely: 'the repository does not exist, or the registry does not accept the image',
  remedy: 'create the repository (on Amazon ECR: create-repository: true), or check the name',
};

/** The image itself is pushed by digest, so the tag is one of a cache. */
const immutableAdvice = {
  likely: 'the repository lets no tag be moved, and a cache in cache-to is written under one',
  remedy: 'let cache-* move in the repository (moving-tags of create-repository), or keep the cache in another one',
};

function shortened(name: string): string {
  return name.length > 100 ? `${name.slice(0, 99)}…` : name;
}

/** What buildx said went wrong, without what it says before every error; empty when it said none. */
export function lastError(words: string): string {
  const at = `\n${words}`.lastIndexOf('\nERROR: ');
  return at < 0
    ? ''
    : words
        .slice(at + 'ERROR: '.length)
        .trim()
        .replace(wrapping, '');
}

/** Log lines are set off by a bar, so that nothing a step prints can pass for a line of ours, or for a command to the runner. */
function detailOf({ step, words }: BuildxFailure): string | undefined {
  const log = step === undefined ? [] : [step.name, ...step.log.map(line => `| ${line}`)];
  const at = `\n${words}`.lastIndexOf('\nERROR: ');
  const excerpt = (at < 0 ? words : words.slice(0, at)).trim();
  const parts = [log.length > 1 ? log.join('\n') : '', excerpt].filter(part => part !== '');
  return parts.length === 0 ? undefined : parts.join('\n\n');
}
