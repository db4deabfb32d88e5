import { ActionError } from '@eks-gitops/errors';
import { type BuildxCall, type BuildxTool, runBuildx } from './run-buildx.ts';

/** The oldest buildx that reports its progress as JSON. */
const oldest = [0, 13] as const;

const candidates: readonly BuildxTool[] = [
  { program: 'docker', prefix: ['buildx'] },
  { program: 'buildx', prefix: [] },
];

/** Finds buildx: docker's plugin where that works, else the program `buildx` on PATH. Throws TOOL_MISSING, also for one that is too old. */
export async function findBuildx(call: Omit<BuildxCall, 'tool' | 'args'>): Promise<BuildxTool> {
  const versions = await Promise.all(candidates.map(async tool => ({ tool, version: await versionOf(tool, call) })));
  const works = versions.find(({ version }) => version !== undefined && isRecent(version));
  if (works !== undefined) return works.tool;
  const found = versions.flatMap(({ tool, version }) => (version === undefined ? [] : [`${nameOf(tool)}: ${version}`]));
  throw new ActionError({
    code: 'TOOL_MISSING',
    message: found.length === 0 ? 'docker buildx is not installed.' : 'docker buildx is too old.',
    expected: `docker buildx, or a program buildx on PATH, of version ${oldest.join('.')} or newer`,
    found: found.join('; ') || 'neither works here',
    remedy:
      'on GitHub use docker/setup-buildx-action before this step; elsewhere install docker-buildx-plugin, or put the binary of github.com/docker/buildx on PATH as buildx',
  });
}

async function versionOf(tool: BuildxTool, call: Omit<BuildxCall, 'tool' | 'args'>): Promise<string | undefined> {
  const { exitCode, stdout } = await runBuildx({ ...call, tool, args: ['version'] });
  return exitCode === 0 ? stdout.trim() : undefined;
}

function nameOf({ program, prefix }: BuildxTool): string {
  return [program, ...prefix].join(' ');
}

/** `github.com/docker/buildx v0.38.2 <commit>`; a version that is not one is a build of somebody's own, and taken. */
export function isRecent(version: string): boolean {
  const [, major, minor] = / v?(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined || minor === undefined) return true;
  return Number(major) > oldest[0] || Number(minor) >= oldest[1] || (major === '0' && minor === '0');
}
