import { z } from 'zod';
import type { PipelineDefinition, Rule } from './definition.ts';
import { matchesPattern } from './event-pattern.ts';

/** Commits that an execution was started at, by the name of the source action. */
export type SourceRevisions = ReadonlyMap<string, string>;

const input = z.object({
  sourceRevisions: z
    .array(z.object({ actionName: z.string(), revisionType: z.literal('COMMIT_ID'), revisionValue: z.string() }))
    .default([]),
});

/** What an event starts the pipeline with, by the stack's rules; undefined when none of them fits. */
export function triggerOf(
  event: unknown,
  { rules, pipeline }: PipelineDefinition,
): { readonly revisions: SourceRevisions } | undefined {
  const fitting = rules.filter(({ State, EventPattern }) => State === 'ENABLED' && matchesPattern(event, EventPattern));
  const [target] = fitting.flatMap(({ Targets }) => Targets.filter(({ Arn }) => Arn.endsWith(`:${pipeline.Name}`)));
  if (target === undefined) return undefined;
  const { sourceRevisions } = input.parse(JSON.parse(transform(event, target)));
  return { revisions: new Map(sourceRevisions.map(({ actionName, revisionValue }) => [actionName, revisionValue])) };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
function transform(event: unknown, { InputTransformer: transformer }: Rule['Targets'][number]): string {
  if (transformer === undefined) return '{}';
  return transformer.InputTemplate.replace(/<([A-Za-z0-9_-]+)>/g, (_, name: string) => {
    const path = transformer.InputPathsMap[name]?.replace(/^\$\./, '').split('.') ?? [];
    return String(path.reduce<unknown>((value, field) => z.record(z.string(), z.unknown()).parse(value)[field], event));
  });
}
