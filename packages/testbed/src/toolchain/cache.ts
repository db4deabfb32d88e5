import { isAbsolute, join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { type ToolName, toolSpec } from './table.ts';

/**
 * The folder that tools are kept in: EKS_GITOPS_TOOLS, else `eks-gitops-actions/tools` in XDG_CACHE_HOME or `~/.cache`.
 * Throws INPUT_MISSING when none of them is set.
 */
export function toolsFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { EKS_GITOPS_TOOLS: own, XDG_CACHE_HOME: cache, HOME: home } = env;
  if (own && isAbsolute(own)) return own;
  if (cache && isAbsolute(cache)) return join(cache, 'eks-gitops-actions', 'tools');
  if (home && isAbsolute(home)) return join(home, '.cache', 'eks-gitops-actions', 'tools');
  throw new ActionError({
    code: 'INPUT_MISSING',
    message: 'There is no folder to keep tools in.',
    expected: 'EKS_GITOPS_TOOLS, XDG_CACHE_HOME or HOME to hold an absolute path',
    found: 'none of them set',
    remedy: 'Set EKS_GITOPS_TOOLS to a folder, for example /var/tmp/eks-gitops-tools.',
  });
}

/** The folder of one tool in its pinned version. */
export function toolFolder(name: ToolName): string {
  return join(toolsFolder(), `${name}-${toolSpec(name).version}`);
}

/** The file that is written last: a tool's folder without it was cut short, and does not count. */
export function completeMark(folder: string): string {
  return join(folder, '.complete');
}
