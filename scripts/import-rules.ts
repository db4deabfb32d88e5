import { dirname, join } from 'node:path';
import ts from 'typescript';

/** A source file of this repository with what it imports, as written. */
export interface Source {
  /** Relative to the repository. */
  readonly file: string;
  readonly imports: readonly string[];
  /** Outside comments and strings. */
  readonly mentions: readonly string[];
}

/** Where a file belongs: `packages/images`, `actions/build-arch-image`. */
type House = string;

const domains: readonly House[] = ['packages/images', 'packages/gitops', 'packages/cluster', 'packages/codepipeline'];
const errors: House = 'packages/errors';
const http: House = 'packages/http';
const action: House = 'packages/action';
const cli: House = 'packages/cli';
const testbed: House = 'packages/testbed';

/** What reads the CI or prints: only hosts, the command, the testbed and scripts do. */
const worldly = ['process.env', 'process.stdout', 'process.stderr', 'console'];

/** The ways in which sources break the one-way flow inputs → action → packages → world; a sentence each. */
export function brokenRules(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(source => [...brokenImports(source), ...brokenSilence(source)]);
}

/** What is shipped: the entry points with all that they reach by paths. The rest is tests, with what only they use. */
export function shipped(sources: readonly Source[], entries: readonly string[]): readonly Source[] {
  const byFile = new Map(sources.map(source => [source.file, source]));
  const reached = new Set(entries);
  for (const file of reached) {
    const paths = byFile.get(file)?.imports.filter(specifier => specifier.startsWith('.')) ?? [];
    for (const path of paths) reached.add(join(dirname(file), path));
  }
  return sources.filter(({ file }) => reached.has(file));
}

function brokenImports({ file, imports }: Source): string[] {
  const from = houseOf(file);
  const houses = imports.flatMap(specifier => importedHouse(file, specifier) ?? []);
  return houses.filter(to => to !== from && !allowed(from, to)).map(to => `${file} imports ${to}`);
}

function allowed(from: House, to: House): boolean {
  if (from === errors) return false;
  if (from === action || from === http) return to === errors;
  if (domains.includes(from)) return to === errors || to === http;
  if (from === testbed) return to === errors || to === 'packages/images';
  if (from === cli) return to === errors || to === action || to.startsWith('actions/');
  return to.startsWith('packages/') && to !== cli && to !== testbed;
}

function brokenSilence({ file, mentions }: Source): string[] {
  const house = houseOf(file);
  const quiet = house === errors || house === http || domains.includes(house) || house.startsWith('actions/');
  return quiet ? mentions.filter(word => worldly.includes(word)).map(word => `${file} uses ${word}`) : [];
}

function houseOf(file: string): House {
  return file.split('/').slice(0, 2).join('/');
}

/** The house that a specifier leads to; nothing for Node's and others' packages. `@eks-gitops/x` is a package or an action of that name. */
function importedHouse(file: string, specifier: string): House | undefined {
  if (specifier.startsWith('.')) return houseOf(join(dirname(file), specifier));
  if (specifier === 'eks-gitops-actions') return cli;
  const name = /^@eks-gitops\/([^/]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  return [...domains, errors, http, action, testbed].includes(`packages/${name}`) ? `packages/${name}` : `actions/${name}`;
}

/** Reads a file's imports and what it mentions of the world, from its syntax. */
export function readSource(file: string, text: string): Source {
  const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const mentions = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) mentions.add(node.getText());
    if (ts.isIdentifier(node) && node.text === 'console') mentions.add('console');
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return { file, imports, mentions: [...mentions] };
}
