import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { bundle } from './bundle.ts';
import { readFlags, runScript, type ScriptContext } from './run-script.ts';

const usage = `Usage: scripts/pack [FOLDER]

Packs the command eks-gitops, with all that it needs, into one file that npm and npx install without a registry:
FOLDER/eks-gitops-actions-VERSION.tgz. FOLDER is the current one by default.`;

const root = dirname(import.meta.dirname);
const source = join(root, 'packages', 'cli');
const described = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  engines: z.unknown(),
});
const packed = z.tuple([z.object({ filename: z.string() })]);

async function pack({ args }: ScriptContext): Promise<number> {
  const { positionals } = readFlags('scripts/pack', { args: [...args], allowPositionals: true, options: {} });
  const [given = '.'] = positionals;
  const target = resolve(given);
  await mkdir(target, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'eks-gitops-pack-'));
  try {
    const folder = join(work, 'package');
    process.chdir(root);
    await bundle({ entry: join(source, 'src', 'bin.js'), folder, file: 'index.js' });
    const manifest = described.parse(JSON.parse(await readFile(join(source, 'package.json'), 'utf8')));
    // The bundle holds its dependencies, so that the package has none.
    const own = { ...manifest, type: 'module', bin: { 'eks-gitops': 'index.js' } };
    await writeFile(join(folder, 'package.json'), `${JSON.stringify(own, undefined, 2)}\n`);
    const options = { cwd: folder, stdin: 'ignore' } as const;
    const { stdout } = await execa('npm', ['pack', '--json', '--ignore-scripts', `--pack-destination=${target}`], options);
    const [{ filename }] = packed.parse(JSON.parse(stdout));
    console.log(join(given, filename));
    return 0;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

await runScript({ help: usage }, pack);
