import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgedNags } from './acknowledged.ts';
import { allOptions, optionSets } from './option-sets.ts';
import type { PipelineOptions } from './options.ts';
import { PipelineStack } from './template.ts';

interface Finding {
  readonly rule: string;
  readonly resource: string;
}

/** A rule about rights names each with what it found: `AwsSolutions-IAM5[Resource::*]`. */
function findingsOf(options: PipelineOptions): Finding[] {
  const stack = new PipelineStack(new App({ autoSynth: false }), options);
  return new AwsSolutionsChecks().validateScope(stack).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath = '' }) => ({
      rule: ruleName.replace(/\[.*$/s, ''),
      resource: constructPath.split('/').at(-1) ?? '',
    })),
  );
}

const findings = [...optionSets, allOptions].flatMap(findingsOf);

test('cdk-nag finds nothing that is not acknowledged with a reason', () => {
  const open = findings.filter(
    ({ rule, resource }) => !acknowledgedNags.some(known => known.rule === rule && known.resources.test(resource)),
  );
  expect(open).toEqual([]);
});

test('every acknowledgement is needed', () => {
  const needed = acknowledgedNags.filter(known =>
    findings.some(({ rule, resource }) => known.rule === rule && known.resources.test(resource)),
  );
  expect(needed).toEqual(acknowledgedNags);
});
