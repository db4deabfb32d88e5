import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findTool } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { acknowledgedChecks } from './acknowledged.ts';
import { allOptions, labOptions, optionSets } from './option-sets.ts';
import { pipelineTemplate } from './template.ts';

const testLint = await testNeeding('cfn-lint');
const testCheckov = await testNeeding('checkov');

jest.setTimeout(180_000);

/** A template with a fault of each kind, so that a checker that looks at nothing is found out. */
const faulty = {
  Resources: {
    Open: { Type: 'AWS::S3::Bucket', Properties: { AccessControl: 'PublicRead', Colour: 'red' } },
  },
};

let folder: string;
let reports: Readonly<Record<'cfn-lint' | 'checkov', Promise<string>>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'templates-'));
  await mkdir(join(folder, 'templates'));
  const templates = [labOptions, allOptions, ...optionSets].map(pipelineTemplate);
  await Promise.all(
    [...templates, faulty].map((template, index) => writeFile(fileOf(index, template), JSON.stringify(template))),
  );
  const directory = join(folder, 'templates');
  const options = ['--framework=cloudformation', '--output=json', '--compact', '--skip-download'];
  // Side by side, since each uses one core.
  reports = {
    'cfn-lint': run('cfn-lint', ['--format=json', '--', join(directory, '*.json')]),
    checkov: run('checkov', [...options, `--directory=${directory}`]),
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function fileOf(index: number, template: object): string {
  return join(folder, 'templates', template === faulty ? 'faulty.json' : `options-${index}.json`);
}

/** What it prints on standard output; nothing where it is missing. */
async function run(tool: 'cfn-lint' | 'checkov', args: readonly string[]): Promise<string> {
  const found = await findTool(tool);
  if (found === undefined) return '';
  const env = { HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
  return (await execa(found.file, args, { reject: false, env, stdin: 'ignore' })).stdout;
}

testLint('cfn-lint finds nothing in the templates of pairwise options', async () => {
  const matches = z.array(z.object({ Filename: z.string(), Message: z.string() })).parse(JSON.parse(await reports['cfn-lint']));
  const found = matches.map(({ Filename, Message }) => `${basename(Filename)}: ${Message}`);
  expect(found.filter(one => !one.startsWith('faulty'))).toEqual([]);
  expect(found.join('\n')).toContain("'Colour' was unexpected");
});

const failedCheck = z.object({ check_id: z.string(), file_path: z.string(), resource: z.string() });
const report = z.object({
  results: z.object({ failed_checks: z.array(failedCheck) }),
  summary: z.object({ passed: z.number(), parsing_errors: z.literal(0) }),
});

testCheckov('checkov finds nothing in them that has not its reason, and no reason is idle', async () => {
  const { failed_checks: failed } = report.parse(JSON.parse(await reports.checkov)).results;
  const [own, others] = [
    failed.filter(({ file_path: file }) => !file.includes('faulty')),
    failed.filter(({ file_path: file }) => file.includes('faulty')),
  ];
  const about = own.map(({ check_id: rule, resource }) => ({ rule, resource: resource.split('.').at(-1) ?? '' }));
  const covers = ({ rule, resources }: (typeof acknowledgedChecks)[number], one: (typeof about)[number]) =>
    rule === one.rule && resources.test(one.resource);
  expect(about.filter(one => !acknowledgedChecks.some(reason => covers(reason, one)))).toEqual([]);
  expect(acknowledgedChecks.filter(reason => !about.some(one => covers(reason, one)))).toEqual([]);
  expect(others.map(({ check_id: rule }) => rule)).toContain('CKV_AWS_20');
});
