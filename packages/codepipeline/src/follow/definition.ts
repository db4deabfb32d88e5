import type { GetPipelineCommandOutput } from '@aws-sdk/client-codepipeline';

/** What a pipeline is made of, as far as it matters here. */
export interface PipelineDefinition {
  readonly stages: readonly StageDefinition[];
  /** Names of its variables. */
  readonly variables: readonly string[];
}

interface StageDefinition {
  readonly name: string;
  /** It is tried once more by its own rule when it fails. */
  readonly retries: boolean;
  readonly actions: readonly { readonly name: string; readonly category: string; readonly provider: string }[];
}

/** Reads GetPipeline (API reference, PipelineDeclaration). */
export function readDefinition({ pipeline }: GetPipelineCommandOutput): PipelineDefinition {
  const stages = (pipeline?.stages ?? []).map(({ name = '', actions = [], onFailure }) => ({
    name,
    retries: onFailure?.result === 'RETRY',
    actions: actions.map(action => ({
      name: action.name ?? '',
      category: action.actionTypeId?.category ?? '',
      provider: action.actionTypeId?.provider ?? '',
    })),
  }));
  return { stages, variables: (pipeline?.variables ?? []).flatMap(({ name }) => name ?? []) };
}
