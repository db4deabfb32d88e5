import { describe, expect, test } from '@jest/globals';
import { readFluxObject } from './flux-object.ts';
import { judgeObject } from './judge-object.ts';
import type { FluxName } from './kinds.ts';

const apps: FluxName = { kind: 'Kustomization', namespace: 'flux-system', name: 'apps' };
const source: FluxName = { kind: 'GitRepository', namespace: 'flux-system', name: 'flux-system' };
const policy: FluxName = { kind: 'ImagePolicy', namespace: 'flux-system', name: 'ui' };
const token = '2026-11-23T10:17:30.123456789Z';

interface State {
  readonly handled?: string;
  readonly suspend?: boolean;
  readonly spec?: object;
  readonly observed?: number;
  readonly conditions?: readonly object[];
}

function judge({ handled = token, suspend = false, spec = {}, observed = 3, conditions = [] }: State, name = apps) {
  const { namespace, name: called } = name;
  const object = {
    metadata: { name: called, namespace, generation: 3 },
    spec: { suspend, ...spec },
    status: { observedGeneration: observed, lastHandledReconcileAt: handled, conditions },
  };
  return judgeObject(readFluxObject(object, name), name, token);
}

function ready(status: string, reason: string, more: object = {}) {
  return { type: 'Ready', status, reason, message: `${reason}.`, observedGeneration: 3, ...more };
}

test('a ready object that has handled our request is done', () => {
  const reason = 'ReconciliationSucceeded';
  expect(judge({ conditions: [ready('True', reason)] })).toEqual({ kind: 'done', value: undefined, reason });
});

describe('nothing counts', () => {
  test('before our request was handled', () => {
    const conditions = [ready('False', 'BuildFailed')];
    expect(judge({ handled: 'before', conditions })).toEqual({
      kind: 'waiting',
      why: 'waiting for kustomize-controller to take the request',
    });
  });

  test('of an earlier generation', () => {
    expect(judge({ conditions: [ready('True', 'Succeeded', { observedGeneration: 2 })] })).toMatchObject({ kind: 'waiting' });
    const old = { type: 'Ready', status: 'True', reason: 'Succeeded', message: '' };
    expect(judge({ observed: 2, conditions: [old] })).toMatchObject({ kind: 'waiting' });
    expect(judge({ observed: 3, conditions: [old] })).toMatchObject({ kind: 'done' });
  });

  test('while the controller is at it, whose words are told', () => {
    const message = 'Building manifests for revision main@sha1:ac8730e8 with a timeout of 30s';
    const reconciling = { type: 'Reconciling', status: 'True', reason: 'Progressing', message, observedGeneration: 3 };
    expect(judge({ conditions: [reconciling, ready('Unknown', 'Progressing')] })).toEqual({ kind: 'waiting', why: message });
  });
});

describe('an end', () => {
  test('comes at once when it is suspended, even without an answer, with how to resume', () => {
    const verdict = judge({ suspend: true, handled: 'before' });
    expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'RECONCILIATION_SUSPENDED' } });
    expect(JSON.stringify(verdict)).toContain('flux resume kustomization apps -n flux-system');
  });

  test.each([
    ['BuildFailed', 'RECONCILIATION_FAILED'],
    ['ReconciliationFailed', 'RECONCILIATION_FAILED'],
    ['PruneFailed', 'RECONCILIATION_FAILED'],
    ['HealthCheckFailed', 'HEALTH_CHECK_FAILED'],
  ])('comes at once by %s', (reason, code) => {
    expect(judge({ conditions: [ready('False', reason)] })).toMatchObject({ kind: 'failed', error: { code } });
  });

  test('comes at once when it is stalled, whatever else there is', () => {
    const stalled = { type: 'Stalled', status: 'True', reason: 'AccessDenied', message: 'no', observedGeneration: 3 };
    const verdict = judge({ conditions: [ready('False', 'GitOperationFailed'), stalled] }, source);
    expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'RECONCILIATION_STALLED', failure: { detail: 'no' } } });
  });

  test('comes when a release has given up, with what it gave up on, or has none to try again; else it may still be avoided', () => {
    const release: FluxName = { kind: 'HelmRelease', namespace: 'shop', name: 'ui' };
    const failed = ready('False', 'InstallFailed');
    const stalled = { type: 'Stalled', status: 'True', reason: 'RetriesExceeded', message: 'no more', observedGeneration: 3 };
    expect(judge({ conditions: [failed, stalled] }, release)).toMatchObject({
      kind: 'failed',
      error: { code: 'RECONCILIATION_FAILED', failure: { found: 'InstallFailed', detail: 'InstallFailed.\nno more' } },
    });
    const trying = {
      type: 'Reconciling',
      status: 'True',
      reason: 'ProgressingWithRetry',
      message: 'again',
      observedGeneration: 3,
    };
    const spec = { install: { remediation: { retries: 3 } } };
    expect(judge({ spec, conditions: [failed, trying] }, release)).toMatchObject({ kind: 'passing' });
    expect(judge({ spec, conditions: [failed] }, release)).toMatchObject({ kind: 'failed' });
    expect(judge({ conditions: [failed, trying] }, release)).toMatchObject({ kind: 'failed' });
  });

  test.each([
    ['GitOperationFailed', source],
    ['AuthenticationFailed', source],
    ['ArtifactFailed', apps],
  ])('may still be avoided after %s', (reason, name) => {
    const verdict = judge({ conditions: [ready('False', reason)] }, name);
    expect(verdict).toMatchObject({ kind: 'passing', error: { code: 'SOURCE_FAILED' } });
  });

  test('is not what a Kustomization that waits for another says, but a policy without a scan does', () => {
    const conditions = [ready('False', 'DependencyNotReady')];
    expect(judge({ conditions })).toMatchObject({ kind: 'waiting' });
    expect(judge({ conditions }, policy)).toMatchObject({ kind: 'passing' });
  });
});

test('the unhealthy objects are named', () => {
  const message =
    "health check failed after 30.02s: timeout waiting for: [Deployment/shop/ui status: 'InProgress', CustomResourceDefinition/things.example.com status: 'Failed': it broke]";
  expect(judge({ conditions: [ready('False', 'HealthCheckFailed', { message })] })).toMatchObject({
    error: {
      failure: {
        found: 'Deployment/shop/ui (InProgress), CustomResourceDefinition/things.example.com (Failed)',
        detail: message,
      },
    },
  });
});

test('what is no object of Flux is refused with the fields that are wrong', () => {
  expect(() => readFluxObject({ metadata: { name: 'apps', namespace: 'a' }, spec: 1 }, apps)).toThrow(
    expect.objectContaining({ code: 'CLUSTER_RESPONSE' }),
  );
});
