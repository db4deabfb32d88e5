import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ActionContext, formatRecord, givenUser, mergeRecords, overlayFacts } from '@eks-gitops/action';
import { readWorkTree } from '@eks-gitops/gitops';
import { proxySettings } from '@eks-gitops/http';
import { formatRepository, type Repository } from '@eks-gitops/images';
import { ensureRepository } from '@eks-gitops/images/ecr';
import { openLogin } from '@eks-gitops/images/login';
import { formatTime, isFixedTag, type JoinResult, joinImages } from '@eks-gitops/images/manifest-index';
import { openRegistry, type Registry } from '@eks-gitops/images/registry';
import type { IndexInputs } from './inputs.ts';
import { selectSources } from './selection.ts';

interface Outputs {
  readonly digest: string;
  readonly tag: string;
  readonly tags: string;
  readonly image: string;
  readonly platforms: string;
  readonly superseded: string;
  readonly record: string;
}

/** Finds, checks and joins the images, and publishes their index. */
export async function publish(inputs: IndexInputs, context: ActionContext): Promise<Outputs> {
  const { log, signal, now } = context;
  const selection = selectSources(inputs, { ...context, workTree: await workTreeOf(inputs, context) });
  if (inputs['create-repository'] && !inputs['dry-run']) await makeRepository(inputs, context);
  const registry = open(inputs, context);
  const { runStarted } = overlayFacts(context.facts, inputs);
  const { record } = inputs;
  try {
    const result = await joinImages({
      registry,
      repository: inputs.image,
      platforms: inputs.platforms,
      selection,
      revision: inputs.revision ?? record?.revision,
      commitTime: timeOf(inputs['commit-time'] ?? record?.commitTime),
      tags: inputs.tags,
      tagTime: inputs['tag-time'],
      runTime: timeOf(runStarted) ?? now(),
      onExistingTag: inputs['on-existing-tag'],
      annotations: Object.fromEntries(inputs.annotations),
      dryRun: inputs['dry-run'],
      now: now(),
      signal,
      onNotice: notice => log.notice(notice),
    });
    report(inputs, result, context);
    return outputsOf(inputs, result);
  } finally {
    await registry.close();
  }
}

function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

async function workTreeOf(inputs: IndexInputs, { workspace, env, signal }: ActionContext): ReturnType<typeof readWorkTree> {
  const folder = resolve(workspace, inputs.context);
  const exists = (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
  return exists ? readWorkTree({ folder, trusted: [resolve(workspace), folder], env, signal }) : { missing: 'repository' };
}

function open(inputs: IndexInputs, { env, signal, mask, log }: ActionContext): Registry {
  const { image, login: mode, 'role-to-assume': roleToAssume } = inputs;
  const user = givenUser(inputs);
  return openRegistry({
    credentials: openLogin({ mode, registry: image.registry, user, roleToAssume, env, signal, mask }),
    signal,
    onNotice: notice => log.notice(notice),
    writes: inputs['dry-run'] ? [] : [image],
    allowedRealms: inputs['token-hosts'],
    proxy: proxySettings(env),
  });
}

async function makeRepository(inputs: IndexInputs, { signal, mask, log, now }: ActionContext): Promise<void> {
  await ensureRepository({
    repository: inputs.image,
    settings: {
      movingTags: inputs['moving-tags'],
      stagingImageDays: inputs['staging-image-days'],
      kmsKey: inputs['kms-key'],
    },
    roleToAssume: inputs['role-to-assume'],
    now: now(),
    signal,
    mask,
    onNotice: notice => log.notice(notice),
  });
}

function report(inputs: IndexInputs, result: JoinResult, { log }: ActionContext): void {
  const { content, commit, platforms, tags, adopted, superseded } = result;
  const what = `${content.digest} of ${platforms.join(', ')}, commit ${commit.revision} of ${formatTime(commit.time)}`;
  const names = tags.map(tag => `${formatRepository(inputs.image)}:${tag}`).join(', ') || formatRepository(inputs.image);
  if (inputs['dry-run']) {
    log.info(
      `Dry run: nothing was written. ${adopted ? 'The tag exists and would be adopted' : 'This would be published'} as ${names}:`,
    );
    log.info(Buffer.from(content.bytes).toString('utf8'));
    return;
  }
  log.info(`${adopted ? 'Adopted' : 'Published'} ${what}, as ${names}.`);
  if (superseded) log.notice('A newer commit has been published already: the tags that move stay with it.');
}

function outputsOf(inputs: IndexInputs, result: JoinResult): Outputs {
  const { content, tags, platforms, superseded } = result;
  const { digest } = content;
  const tag = tags.find(isFixedTag) ?? tags[0] ?? '';
  const common = { digest, tag, tags: tags.join('\n'), platforms: platforms.join('\n'), superseded: String(superseded) };
  if (inputs['dry-run']) return { ...common, image: '', record: '' };
  return { ...common, image: imageName(inputs.image, { tag, digest }), record: recordOf(inputs, result, tag) };
}

function imageName(repository: Repository, { tag, digest }: { tag: string; digest: string }): string {
  return `${formatRepository(repository)}${tag === '' ? '' : `:${tag}`}@${digest}`;
}

/** An index that no tag names, because a newer commit holds the only one asked for, is not recorded: the next step has nothing to wait for. */
function recordOf({ image, record }: IndexInputs, { commit, builds, content, platforms }: JoinResult, tag: string): string {
  const own = {
    schema: 1 as const,
    image: formatRepository(image),
    revision: commit.revision,
    commitTime: formatTime(commit.time),
    builds: [...builds],
    ...(tag === '' ? {} : { index: { digest: content.digest, tag, platforms: [...platforms] } }),
  };
  return formatRecord(record === undefined ? own : mergeRecords(record, own));
}
