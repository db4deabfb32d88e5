import type { GetPipelineStateCommandOutput, StageConditionState } from '@aws-sdk/client-codepipeline';

/** Where the executions of a pipeline stand, by stage. */
export interface StageState {
  readonly name: string;
  /** The execution that is, or was last, in the stage. */
  readonly execution: { readonly id: string; readonly status: string } | undefined;
  /** Executions that wait to enter it. */
  readonly inbound: readonly string[];
  /** Who keeps executions from entering it, and why; undefined when nobody does. */
  readonly closed: { readonly by: string | undefined; readonly reason: string | undefined } | undefined;
  /** How often it was tried again, by hand or by its own rule; those of its newest execution. */
  readonly retries: { readonly manual: number; readonly automatic: number };
  /** What its conditions said that did not hold. */
  readonly unmet: readonly string[];
}

/** Reads GetPipelineState (API reference). */
export function readPipelineState({ stageStates = [] }: GetPipelineStateCommandOutput): readonly StageState[] {
  return stageStates.map(state => {
    const { inboundTransitionState: transition, latestExecution: latest, retryStageMetadata: retried } = state;
    const conditions = [state.beforeEntryConditionState, state.onSuccessConditionState, state.onFailureConditionState];
    const inbound = [state.inboundExecution, ...(state.inboundExecutions ?? [])];
    return {
      name: state.stageName ?? '',
      execution: latest?.pipelineExecutionId ? { id: latest.pipelineExecutionId, status: latest.status ?? '' } : undefined,
      inbound: [...new Set(inbound.flatMap(one => one?.pipelineExecutionId ?? []))],
      closed: transition?.enabled === false ? { by: transition.lastChangedBy, reason: transition.disabledReason } : undefined,
      retries: { manual: retried?.manualStageRetryAttempt ?? 0, automatic: retried?.autoStageRetryAttempt ?? 0 },
      unmet: conditions.flatMap(unmetConditions),
    };
  });
}

function unmetConditions(state: StageConditionState | undefined): readonly string[] {
  const unmet = ['Failed', 'Errored'];
  const rules = (state?.conditionStates ?? []).flatMap(({ ruleStates = [] }) => ruleStates);
  const said = rules.flatMap(({ ruleName, latestExecution: run }) =>
    unmet.includes(run?.status ?? '') ? [`${ruleName}: ${run?.summary ?? run?.errorDetails?.message ?? run?.status}`] : [],
  );
  if (said.length > 0 || !unmet.includes(state?.latestExecution?.status ?? '')) return said;
  return [state?.latestExecution?.summary ?? 'a condition did not hold'];
}

/** Why an execution with no action under way does not go on: what is before it, or keeps it out; undefined when nothing tells. */
export function explainWait(stages: readonly StageState[], id: string): string | undefined {
  const stage = stages.find(({ inbound }) => inbound.includes(id));
  if (stage === undefined) return undefined;
  const { name, closed, execution } = stage;
  if (closed !== undefined) {
    const by = closed.by === undefined ? '' : ` by ${closed.by}`;
    const reason = closed.reason === undefined ? '' : `: ${closed.reason}`;
    return `It waits before the stage ${name}, whose inbound transition was disabled${by}${reason}.`;
  }
  if (execution !== undefined && execution.id !== id && ['InProgress', 'Stopping', 'Failed'].includes(execution.status)) {
    const state = execution.status === 'Failed' ? 'has failed in it' : 'is in it';
    return `It waits before the stage ${name}: the execution ${execution.id} ${state}.`;
  }
  return `It waits before the stage ${name}.`;
}
