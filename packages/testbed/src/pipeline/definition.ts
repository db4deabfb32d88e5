import { z } from 'zod';
import type { Stack } from './template.ts';

const environmentVariable = z.object({ Name: z.string(), Value: z.string(), Type: z.literal('PLAINTEXT').default('PLAINTEXT') });

const project = z.object({
  Name: z.string(),
  ServiceRole: z.string(),
  Source: z.object({ Type: z.literal('CODEPIPELINE'), BuildSpec: z.string() }),
  Artifacts: z.object({ Type: z.literal('CODEPIPELINE') }),
  Environment: z.object({
    Type: z.enum(['LINUX_CONTAINER', 'ARM_CONTAINER']),
    Image: z.string(),
    PrivilegedMode: z.boolean().default(false),
    EnvironmentVariables: z.array(environmentVariable).default([]),
  }),
  TimeoutInMinutes: z.number().default(60),
});

const artifacts = z.array(z.object({ Name: z.string() })).default([]);

const action = z.object({
  Name: z.string(),
  ActionTypeId: z.object({ Category: z.string(), Owner: z.string(), Provider: z.string(), Version: z.string() }),
  Configuration: z.record(z.string(), z.unknown()).default({}),
  InputArtifacts: artifacts,
  OutputArtifacts: artifacts,
  Namespace: z.string().optional(),
  RunOrder: z.number().int().min(1).default(1),
});

const pipeline = z.object({
  Name: z.string(),
  PipelineType: z.literal('V2'),
  RoleArn: z.string(),
  Stages: z.array(z.object({ Name: z.string(), Actions: z.array(action).min(1) })).min(2),
  Variables: z.array(z.object({ Name: z.string(), DefaultValue: z.string().optional() })).default([]),
});

const rule = z.object({
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.string().default('ENABLED'),
  Targets: z.array(
    z.object({
      Arn: z.string(),
      InputTransformer: z.object({ InputPathsMap: z.record(z.string(), z.string()), InputTemplate: z.string() }).optional(),
    }),
  ),
});

export type Project = z.infer<typeof project>;
export type PipelineAction = z.infer<typeof action>;
export type Pipeline = z.infer<typeof pipeline>;
export type Rule = z.infer<typeof rule>;

/** What a stack says of its one pipeline. */
export interface PipelineDefinition {
  readonly pipeline: Pipeline;
  readonly projects: ReadonlyMap<string, Project>;
  readonly rules: readonly Rule[];
}

/** Takes the pipeline, its projects and its triggers from a stack. Throws where they ask for what cannot be simulated. */
export function readDefinition(stack: Stack): PipelineDefinition {
  const all = <T>(type: string, schema: z.ZodType<T>): T[] =>
    stack.resources(type).map(({ properties }) => schema.parse(properties));
  const [first] = all('AWS::CodePipeline::Pipeline', pipeline);
  if (first === undefined) throw new Error('The stack has no pipeline.');
  const projects = all('AWS::CodeBuild::Project', project);
  return {
    pipeline: first,
    projects: new Map(projects.map(one => [one.Name, one])),
    rules: all('AWS::Events::Rule', rule),
  };
}
