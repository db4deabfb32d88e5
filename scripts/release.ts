import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { parseRemoteTags, parseVersion, planRelease, type ReleasePlan } from './release-plan.ts';

const usage = `Usage: scripts/release X.Y.Z [--remote NAME|URL] [--publish]

Builds every action's bundle from a clean tree, twice, and commits the bundles to a release commit off main.
Without --publish nothing is kept and nothing is pushed. With it, vX.Y.Z and vX are pushed to the remote (default: origin).`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      remote: { type: 'string', default: 'origin' },
      publish: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const [given = ''] = positionals;
  const version = parseVersion(given);
  if (values.help === true || version === undefined || positionals.length !== 1) {
    console.error(usage);
    process.exitCode = values.help === true ? 0 : 2;
    return;
  }
  await requireCleanTree();
  const plan = planRelease(version, parseRemoteTags(await git(root, 'ls-remote', '--tags', '--', values.remote)));
  await inWorkTree(async tree => {
    await buildTwice(tree);
    const commit = await commitBundles(tree, given);
    console.log(await git(tree, 'show', '--stat=100', '--format=%h %s (parent %p)', commit));
    await (values.publish ? publish({ tree, commit, plan, remote: values.remote }) : explain(plan));
  });
}

async function requireCleanTree(): Promise<void> {
  const changes = await git(root, 'status', '--porcelain');
  if (changes !== '') throw new Error(`the tree has changes that are not committed:\n${changes}`);
}

async function inWorkTree(run: (tree: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'eks-gitops-release-'));
  const tree = join(folder, 'tree');
  try {
    await git(root, 'worktree', 'add', '--quiet', '--detach', tree, 'HEAD');
    await run(tree);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await git(root, 'worktree', 'prune');
  }
}

/** Side by side, from the same sources: into the tree, and into a folder beside it. */
async function buildTwice(tree: string): Promise<void> {
  await npm(tree, 'ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error');
  const outs = [join(tree, 'actions'), join(dirname(tree), 'again')] as const;
  await Promise.all(outs.map(out => build(tree, out)));
  const [first, second] = await Promise.all([readBundles(outs[0]), readBundles(outs[1])]);
  const differing = [...first].filter(([file, hash]) => second.get(file) !== hash).map(([file]) => file);
  if (differing.length > 0 || first.size !== second.size) throw new Error(`a second build differs: ${differing.join(', ')}`);
  console.log(`Built ${first.size} files twice, byte-identical.`);
}

async function build(tree: string, out: string): Promise<void> {
  await execa(process.execPath, ['scripts/build.ts', `--out=${out}`], { cwd: tree, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Hashes of the files of every action's dist, by their path below `out`. */
async function readBundles(out: string): Promise<ReadonlyMap<string, string>> {
  const folders = (await readdir(out)).map(name => join(out, name, 'dist'));
  const files = await Promise.all(folders.map(folder => readdir(folder, { recursive: true, withFileTypes: true })));
  const paths = files.flat().flatMap(entry => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
  return new Map(await Promise.all(paths.sort().map(async path => [relative(out, path), await sha256(path)] as const)));
}

async function commitBundles(tree: string, version: string): Promise<string> {
  await npm(tree, 'pkg', 'set', `version=${version}`, '--workspace', 'eks-gitops-actions');
  await git(tree, 'add', '--force', '--', 'packages/cli/package.json', 'actions/*/dist/*');
  await git(tree, 'commit', '--quiet', '--no-verify', '-m', `Release v${version}`);
  return git(tree, 'rev-parse', 'HEAD');
}

interface Publication {
  readonly tree: string;
  readonly commit: string;
  readonly plan: ReleasePlan;
  readonly remote: string;
}

/** Both tags or neither; the major tag only if nobody has moved it since it was read. */
async function publish({ tree, commit, plan, remote }: Publication): Promise<void> {
  const lease = `--force-with-lease=refs/tags/${plan.major}:${plan.majorWas ?? ''}`;
  const refs = [`${commit}:refs/tags/${plan.exact}`, `${commit}:refs/tags/${plan.major}`];
  await git(tree, 'push', '--quiet', '--atomic', lease, '--', remote, ...refs);
  console.log(`Published ${plan.exact}; ${plan.major} now names ${commit}.`);
}

async function explain(plan: ReleasePlan): Promise<void> {
  const from = plan.majorWas === undefined ? 'a new tag' : `now at ${plan.majorWas.slice(0, 12)}`;
  console.log(
    `Dry run: nothing was kept. With --publish, ${plan.exact} would be pushed and ${plan.major} (${from}) moved to this commit.`,
  );
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await execa('git', args, { cwd, stderr: ['pipe', 'inherit'] })).stdout;
}

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  await execa('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

try {
  await main();
} catch (thrown) {
  console.error(`release: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
}
