import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Execution } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { actionNames, recordFile } from '../names.ts';
import { goodFiles, makePipelineWorld, type PipelineWorld } from './e2e-world.ts';

const needs = ['sandbox', 'buildx', 'buildkitd', 'runc', 'docker-registry', 'moto', 'busybox-amd64', 'busybox-arm64', 'qemu-aarch64'] as const;
const testPipeline = await testNeeding(...needs);

jest.setTimeout(300_000);

let world: PipelineWorld;
let published: { readonly commit: string; readonly execution: Execution };
beforeAll(async () => {
  world = await makePipelineWorld();
  const { commit, execution } = await world.push({});
  if (execution === undefined) throw new Error('The push started nothing.');
  published = { commit, execution };
});
afterAll(() => world?.stop());

testPipeline('simulated: a git push runs the builds side by side, then the index, which holds both architectures', async () => {
  const { execution, commit } = published;
  for (const a of execution.actions) console.log(a.name, a.status, Math.round(a.endedAt - a.startedAt), a.summary, a.build?.log);
  expect(execution).toMatchObject({ status: 'Succeeded' });
});
