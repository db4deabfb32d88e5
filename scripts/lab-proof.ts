import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { type Digest, formatPlatform, parseReference } from '@eks-gitops/images';
import { type Descriptor, openRegistry, parseManifest, type Registry } from '@eks-gitops/images/registry';
import { type Ecr, exportImage, exposedPorts, type RunConfig, runConfig, startContainer } from '@eks-gitops/testbed';
import type { LabPlan } from './lab-plan.ts';
import type { Release } from './lab-release.ts';

/** What the registry holds under the published tag. */
export interface Published {
  readonly digest: Digest;
  readonly image: string;
  readonly children: readonly { readonly platform: string; readonly digest: Digest; readonly config: RunConfig }[];
}

export interface Proof {
  readonly platform: string;
  readonly digest: Digest;
  readonly url: string;
  readonly status: number;
  /** What the page says that it runs on; undefined when it does not say. */
  readonly machine: string | undefined;
}

interface ReadBack {
  readonly released: Release;
  readonly ecr: Ecr;
  readonly signal: AbortSignal;
}

/** Reads the published index by each of its tags, and what each platform runs; rejects when it is not what was released. */
export async function readBack({ released, ecr, signal }: ReadBack): Promise<Published> {
  const registry = openRegistry({ credentials: async () => ({ kind: 'basic', ...ecr.login }), signal });
  const named = await Promise.all(
    released.index.tags.map(tag => registry.getManifest(parseReference(`${released.image}:${tag}`))),
  );
  const [first] = named;
  if (first === undefined || named.some(({ digest }) => digest !== released.index.digest)) {
    throw unexpected({ what: 'the tags', expected: released.index.digest, found: named.map(({ digest }) => digest).join(', ') });
  }
  const document = parseManifest({ ...first, subject: released.index.image });
  const manifests = document.kind === 'index' ? document.index.manifests : [];
  const images = manifests.filter(({ platform }) => platform !== undefined && platform.os !== 'unknown');
  const children = await Promise.all(images.map(descriptor => readChild({ registry, image: released.image, descriptor })));
  const found = children.map(({ platform, digest }) => `${platform} ${digest}`).sort();
  const expected = released.builds.map(({ platform, digest }) => `${platform} ${digest}`).sort();
  if (found.join() !== expected.join())
    throw unexpected({ what: 'the index', expected: expected.join(', '), found: found.join(', ') });
  await registry.close();
  return { digest: first.digest, image: released.image, children };
}

interface Child {
  readonly registry: Registry;
  readonly image: string;
  readonly descriptor: Descriptor;
}

async function readChild({ registry, image, descriptor: { digest, platform } }: Child): Promise<Published['children'][number]> {
  const reference = parseReference(`${image}@${digest}`);
  const document = parseManifest({ ...(await registry.getManifest(reference)), subject: `${image}@${digest}` });
  if (document.kind !== 'image' || platform === undefined) {
    throw unexpected({ what: digest, expected: 'an image', found: document.kind });
  }
  const { os, architecture, variant } = platform;
  const config = await registry.getBlob({ repository: reference, digest: document.manifest.config.digest });
  return {
    platform: formatPlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) }),
    digest,
    config: runConfig.parse(JSON.parse(new TextDecoder().decode(config))),
  };
}

interface RunOptions {
  readonly plan: LabPlan;
  readonly published: Published;
  readonly ecr: Ecr;
  readonly folder: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Pulls the image of each platform, then runs one after the other, since all listen on the same port, and asks for its page. */
export async function runImages(options: RunOptions): Promise<Proof[]> {
  const { published, ecr, folder, report, signal } = options;
  const pulled = await Promise.all(
    published.children.map(async child => {
      const own = join(folder, child.platform.replaceAll('/', '-'));
      await mkdir(own);
      const registry = { host: ecr.host, ca: ecr.certificateFile, ...ecr.login };
      const image = `${published.image}@${child.digest}`;
      const rootfs = await exportImage({ image, platform: child.platform, registry, folder: own, signal });
      report(`${child.platform}: pulled ${child.digest}`);
      return { ...child, rootfs };
    }),
  );
  const proofs: Proof[] = [];
  for (const child of pulled) proofs.push(await runImage(child, options));
  return proofs;
}

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

async function runImage(
  { platform, digest, config, rootfs }: Published['children'][number] & { rootfs: string },
  { plan, report, signal }: RunOptions,
): Promise<Proof> {
  const url = `http://127.0.0.1:${exposedPorts(config)[0] ?? 8080}${plan.app === 'shop' ? '/home' : '/'}`;
  const answer = { status: 0, body: '' };
  const ready = async (): Promise<string | undefined> => {
    signal.throwIfAborted();
    const response = await fetch(url, { signal: AbortSignal.timeout(20_000) }).catch(() => undefined);
    if (response === undefined) return undefined;
    answer.status = response.status;
    answer.body = await response.text();
    return url;
  };
  const container = await startContainer({ image: config, rootfs, ready, within: plan.app === 'shop' ? 60 : 600 });
  await container.stop();
  const expected = machines[config.architecture] ?? config.architecture;
  const machine = Object.values(machines).find(name => answer.body.includes(`served by ${name}`));
  report(`${platform}: ${url} answered ${answer.status}${machine === undefined ? '' : `, served by ${machine}`}`);
  if (answer.status >= 400) throw unexpected({ what: url, expected: 'a page', found: `status ${answer.status}` });
  if (plan.app === 'shop' && machine !== expected) {
    throw unexpected({ what: `the page of ${platform}`, expected: `served by ${expected}`, found: answer.body.slice(0, 500) });
  }
  return { platform, digest, url, status: answer.status, machine };
}

function unexpected({ what, expected, found }: { what: string; expected: string; found: string }): ActionError {
  return new ActionError({ code: 'IMAGE_UNEXPECTED', message: `Not what was released: ${what}.`, expected, found });
}
