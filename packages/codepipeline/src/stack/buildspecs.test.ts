import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildspecs } from './buildspecs.ts';
import { allOptions, labOptions } from './option-sets.ts';
import type { PipelineOptions } from './options.ts';
import { pipelineTemplate } from './template.ts';

const phase = z.strictObject({ commands: z.array(z.string()) });
const buildspec = z.strictObject({
  version: z.literal(0.2),
  env: z.strictObject({ shell: z.literal('bash'), 'exported-variables': z.array(z.string()).optional() }),
  phases: z.strictObject({ install: phase, build: phase }),
  artifacts: z.strictObject({ files: z.tuple([z.literal('record.json')]) }).optional(),
});

const all = Object.entries(buildspecs(allOptions)).map(([name, text]: [string, string]) => ({ name, text }));

function commandsOf(text: string): string[] {
  const { phases } = buildspec.parse(parse(text));
  return [...phases.install.commands, ...phases.build.commands];
}

/** The environment variables that commands read, but for those of their own and of CodeBuild. */
function variablesRead(text: string): string[] {
  const names = [
    ...commandsOf(text)
      .join('\n')
      .matchAll(/\$([A-Z][A-Z_]*)\b/g),
  ].flatMap(([, name]) => name ?? []);
  return [...new Set(names)].filter(name => !name.startsWith('CODEBUILD_')).sort();
}

describe.each(all)('the buildspec $name', ({ text }) => {
  test('is well-formed, and each of its commands is bash', () => {
    for (const command of commandsOf(text)) execFileSync('bash', ['-n', '-c', command]);
  });

  test('says above which variables it reads', () => {
    const [comment = ''] = text.split('version:');
    const said = new Set([...comment.matchAll(/\b[A-Z]+(?:_[A-Z]+)*\b/g)].map(([name]) => name));
    expect([...said].sort()).toEqual(variablesRead(text));
  });

  test('hands each value to the command as one argument, whatever is in it, and never as an option', () => {
    const hostile = '-x "$(touch /tmp/never)"\n--push=false *';
    const environment = Object.fromEntries(variablesRead(text).map(name => [name, `${name}:${hostile}`]));
    const show = 'npx() { printf "%s\\0" "$@"; }';
    for (const command of commandsOf(text).filter(line => line.includes('npx'))) {
      const told = bash(`${show}\n${command}`, environment).split('\0');
      const values = told.filter(argument => argument.includes(hostile));
      expect(values.filter(value => !/^--[a-z-]+=[A-Z_]+:/.test(value))).toEqual([]);
      expect(told.filter(argument => !values.includes(argument)).join(' ')).not.toMatch(/push=false|touch/);
      expect(values.length).toBeGreaterThan(3);
    }
  });
});

test('neither the projects nor the actions set a variable that the buildspec does not read', () => {
  for (const options of [allOptions, { ...allOptions, source: { kind: 's3', bucket: 'sources', key: 'shop.zip' } } as const]) {
    const { projects, actions } = readTemplate(options);
    expect([projects.length, actions.length]).toEqual([4, 4]);
    for (const { Source, Environment, Name } of projects) {
      const action = actions.find(({ Configuration }) => JSON.stringify(Configuration.ProjectName).includes(idOf(Name)));
      const ofAction = named.array().parse(JSON.parse(action?.Configuration.EnvironmentVariables ?? '[]'));
      const set = [...Environment.EnvironmentVariables.map(one => one.Name), ...ofAction.map(one => one.name)];
      expect(variablesRead(Source.BuildSpec)).toEqual(expect.arrayContaining(set));
    }
  }
});

const named = z.object({ name: z.string() });
const project = z.object({
  Type: z.literal('AWS::CodeBuild::Project'),
  Properties: z.object({
    Name: z.string(),
    Source: z.object({ BuildSpec: z.string() }),
    Environment: z.object({ EnvironmentVariables: z.array(z.object({ Name: z.string() })) }),
  }),
});
const action = z.object({ Configuration: z.object({ ProjectName: z.unknown(), EnvironmentVariables: z.string().optional() }) });
const pipeline = z.object({
  Type: z.literal('AWS::CodePipeline::Pipeline'),
  Properties: z.object({ Stages: z.array(z.object({ Actions: z.array(z.unknown()) })) }),
});

function readTemplate(options: PipelineOptions) {
  const resources = z.object({ Resources: z.record(z.string(), z.unknown()) }).parse(pipelineTemplate(options)).Resources;
  const found = Object.values(resources).flatMap(one => pipeline.safeParse(one).data ?? []);
  const stages = found.flatMap(({ Properties }) => Properties.Stages).slice(1);
  return {
    projects: Object.values(resources).flatMap(one => project.safeParse(one).data?.Properties ?? []),
    actions: stages.flatMap(({ Actions }) => Actions).map(one => action.parse(one)),
  };
}

/** The logical name of a project, by which its action refers to it. */
function idOf(name: string): string {
  const kind = name.slice(name.lastIndexOf('-') + 1);
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Project`;
}

test('the buildspecs hold nothing of the options, and without a deployment there is none for it', () => {
  const { build, index } = buildspecs(allOptions);
  expect(buildspecs(labOptions)).toEqual({ build, index });
});

test('what the command has written to its outputs file is exported, as it is', () => {
  const exporting = commandsOf(buildspecs(labOptions).index).find(command => command.startsWith('for name in')) ?? '';
  const fromVariable = exporting.replace('/tmp/eks-gitops.env', '<<< "$WRITTEN"');
  const env = { WRITTEN: 'DIGEST=sha256:1=$HOME\nTAG=i1 a\nTAGS=i1\nlatest\n' };
  expect(bash(`${fromVariable}\nprintf '%s|%s|%s' "$DIGEST" "$TAG" "$TAGS"`, env)).toBe('sha256:1=$HOME|i1 a|');
});

function bash(script: string, env: Readonly<Record<string, string>>): string {
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env });
}
