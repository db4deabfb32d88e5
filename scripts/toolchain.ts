import { ensureTools, type ToolName, toolNames } from '@eks-gitops/testbed';
import { runScript, UsageError } from './run-script.ts';

const help = `Usage: scripts/toolchain [TOOL…]

Brings the tools that tests, lab and bench use, all of them if none is named, and prints where each is:
NAME VERSION FILE (PATH, docker or cache), a line each.

A tool on PATH, or a plugin of docker's, is taken in the pinned version or newer. The others are kept in EKS_GITOPS_TOOLS
(default: ~/.cache/eks-gitops-actions/tools) and come from their publishers' images where Docker answers, else from Go
modules, and from Debian's packages or PyPI.

Tools: ${toolNames.join(' ')}`;

await runScript({ help }, async ({ args, signal, report }) => {
  const names = args.length === 0 ? toolNames : args.map(toolName);
  const tools = await ensureTools({ names, report, signal });
  for (const [name, { version, file, from }] of tools) console.log(`${name} ${version} ${file} (${from})`);
  return 0;
});

function toolName(text: string): ToolName {
  const name = toolNames.find(known => known === text);
  if (name === undefined) throw new UsageError(`There is no tool "${text}". Tools: ${toolNames.join(' ')}`);
  return name;
}
