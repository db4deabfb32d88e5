import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { brokenRules, readSource, shipped } from './import-rules.ts';

const root = join(import.meta.dirname, '..');

function trackedFiles(): string[] {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard', '--', 'packages', 'actions'];
  return execFileSync('git', options, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter(file => existsSync(join(root, file)));
}

/** What a package exports, what an action runs, what the command runs. */
function entriesOf(files: readonly string[]): string[] {
  const packages = files.filter(file => file.endsWith('/package.json'));
  return packages.flatMap(file => {
    const { exports = {}, bin = {} } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    const named: string[] = [...Object.values<string>(exports), ...Object.values<string>(bin), './src/main.ts', './src/bin.ts'];
    return named.map(path => join(dirname(file), path)).filter(path => files.includes(path));
  });
}

test('data flows one way: inputs → action → packages → world', () => {
  const files = trackedFiles();
  const sources = files
    .filter(file => file.endsWith('.ts'))
    .map(file => readSource(file, readFileSync(join(root, file), 'utf8')));
  const product = shipped(sources, entriesOf(files));
  expect(product.length).toBeGreaterThan(60);
  expect(product.map(({ file }) => file)).toContain('actions/build-arch-image/src/main.ts');
  expect(brokenRules(product)).toEqual([]);
});

test('what is shipped are the entry points with all that they reach, lazily too', () => {
  const sources = [
    readSource('packages/images/src/index.ts', "export * from './tag.ts';"),
    readSource('packages/images/src/tag.ts', "const it = () => import('./login/ecr.ts');"),
    readSource('packages/images/src/login/ecr.ts', ''),
    readSource('packages/images/src/tag.test.ts', "import './world.ts';"),
    readSource('packages/images/src/world.ts', "import '@eks-gitops/testbed';"),
  ];
  expect(shipped(sources, ['packages/images/src/index.ts'])).toEqual(sources.slice(0, 3));
});

describe('the rule is broken when', () => {
  test.each([
    ['a domain package imports the action package', 'packages/images/src/x.ts', "import '@eks-gitops/action';"],
    ['a domain package imports another', 'packages/images/src/x.ts', "import '@eks-gitops/gitops';"],
    ['it does so by a path', 'packages/gitops/src/x.ts', "import '../../images/src/tag.ts';"],
    ['it does so lazily', 'packages/images/src/x.ts', "const it = () => import('@eks-gitops/gitops');"],
    ['it does so for types alone', 'packages/images/src/x.ts', "import type { Log } from '@eks-gitops/action';"],
    ['it hands another on', 'packages/images/src/x.ts', "export * from '@eks-gitops/action/terminal';"],
    ['the action package imports a domain package', 'packages/action/src/x.ts', "import '@eks-gitops/images';"],
    ['the errors import anything of ours', 'packages/errors/src/x.ts', "import '@eks-gitops/action';"],
    ['an action imports another', 'actions/build-arch-image/src/x.ts', "import '@eks-gitops/push-manifest-index';"],
    ['an action imports the command', 'actions/build-arch-image/src/x.ts', "import 'eks-gitops-actions';"],
    ['an action imports the testbed', 'actions/build-arch-image/src/x.ts', "import '@eks-gitops/testbed';"],
    ['the command imports a domain package', 'packages/cli/src/x.ts', "import '@eks-gitops/images';"],
    ['the testbed imports an action', 'packages/testbed/src/x.ts', "import '@eks-gitops/build-arch-image';"],
    ['a domain package reads the environment', 'packages/images/src/x.ts', "const home = process.env['HOME'];"],
    ['a domain package prints', 'packages/gitops/src/x.ts', "process.stdout.write('x');"],
    ['an action prints', 'actions/build-arch-image/src/x.ts', "console.log('x');"],
  ])('%s', (_, file, text) => {
    expect(brokenRules([readSource(file, text)])).toHaveLength(1);
  });
});

describe('the rule holds when', () => {
  test.each([
    [
      'an action imports packages',
      'actions/build-arch-image/src/x.ts',
      "import '@eks-gitops/images/buildx'; import '@eks-gitops/action';",
    ],
    ['the command imports an action', 'packages/cli/src/x.ts', "import('@eks-gitops/build-arch-image');"],
    ['the environment is only spoken of', 'packages/images/src/x.ts', '// never process.env\nconst words = "console.log";'],
    ['the host prints', 'packages/action/src/hosts/x.ts', "process.stdout.write('x');"],
  ])('%s', (_, file, text) => {
    expect(brokenRules([readSource(file, text)])).toEqual([]);
  });
});
