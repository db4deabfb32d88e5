import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faultKinds, type Tolerances } from './fault.ts';
import type { ImageDemand } from './image.ts';
import { judgeRollout, noMemory, type RolloutMemory, type Verdict } from './judge.ts';
import { schemas } from './objects.ts';
import type { RolloutView } from './revision.ts';
import { deployment, digestOf, ourTag, pod, replicaSet, repository, view } from './rollout-world.ts';

const demand: ImageDemand = { name: repository, tag: ourTag, digest: digestOf('a'), isNewer: tag => tag > ourTag };
const olderImage = `${repository}:i20261101000000-00000000`;
const newerImage = `${repository}:i20261224000000-00000000`;
const backOff = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } };

interface Given {
  readonly demand?: ImageDemand;
  readonly known?: ReadonlyMap<string, boolean>;
  readonly tolerances?: Tolerances;
  readonly memory?: RolloutMemory;
  readonly now?: number;
}

function judge(given: RolloutView, { known = new Map(), tolerances = {}, memory = noMemory, now = 0, ...rest }: Given = {}) {
  return judgeRollout(given, { demand: rest.demand ?? demand, known, tolerances, memory, now });
}

function lacks(verdict: Verdict): string {
  return verdict.kind === 'waiting' ? verdict.lacks.join(', ') : verdict.kind;
}

describe('a rollout is complete when', () => {
  test('the new pods alone run, and run our image', () => {
    expect(judge(view()).verdict).toEqual({
      kind: 'complete',
      revision: 'new',
      replicas: 2,
      pods: ['ui-new-1', 'ui-new-2'],
      digests: [digestOf('a')],
      images: [`${repository}:${ourTag}`],
      superseded: false,
    });
  });

  test('nothing is demanded and any image is rolled out', () => {
    const { verdict } = judgeRollout(view(), { known: new Map(), tolerances: {}, memory: noMemory, now: 0 });
    expect(verdict).toMatchObject({ kind: 'complete', digests: [digestOf('a'), digestOf('e')] });
  });

  test('the pods report another digest that is known to be ours', () => {
    const pods = [pod({ name: 'ui-new-1' }), pod({ name: 'ui-new-2', imageID: digestOf('c') })];
    expect(judge(view({ pods }), { known: new Map([[digestOf('c'), true]]) }).verdict.kind).toBe('complete');
  });

  test('no replicas are wanted', () => {
    const status = { replicas: 0, updatedReplicas: 0, availableReplicas: 0 };
    const workload = deployment({ spec: { replicas: 0 }, status });
    expect(judge(view({ workload, pods: [] })).verdict).toMatchObject({ kind: 'complete', replicas: 0, pods: [] });
  });

  test.each([
    ['a readiness probe speaks for a container', { readinessProbe: { httpGet: {} } }, {}],
    ['the cluster itself waits for a while', {}, { minReadySeconds: 1 }],
  ])('the pods have just started, and %s', (_, container, spec) => {
    const startedAt = '2026-11-23T17:20:00Z';
    const pods = ['ui-new-1', 'ui-new-2'].map(name => {
      const { spec, ...rest } = pod({ name, state: { running: { startedAt } } });
      return { ...rest, spec: { ...spec, containers: spec.containers.map(part => ({ ...part, ...container })) } };
    });
    expect(judge(view({ workload: deployment({ spec }), pods }), { now: Date.parse(startedAt) }).verdict.kind).toBe('complete');
  });

  test('it is paused, but was complete before', () => {
    expect(judge(view({ workload: deployment({ spec: { paused: true } }) })).verdict.kind).toBe('complete');
  });

  test('a later release than ours is what runs', () => {
    const given = view({ workload: deployment({ image: newerImage }), replicaSets: [replicaSet({ image: newerImage })] });
    expect(judge(given).verdict).toMatchObject({ kind: 'complete', superseded: true, images: [newerImage] });
  });

  test('an older pod has ended and only its object is left', () => {
    const pods = [...view().pods, pod({ name: 'ui-old-1', owner: 'old', phase: 'Succeeded' })];
    expect(judge(view({ pods })).verdict.kind).toBe('complete');
  });
});

describe('a rollout is waited for while', () => {
  test.each<readonly [string, Partial<RolloutView>, string | RegExp]>([
    ['its controller has not seen the change', { workload: deployment({ generation: 3 }) }, 'its controller to see the change'],
    [
      'the template names an older image',
      { workload: deployment({ image: olderImage }) },
      /its template to name .*ac8730e8 \(it names .*00000000\)/,
    ],
    [
      'the new ReplicaSet is not there',
      { replicaSets: [replicaSet({ uid: 'old', image: olderImage })] },
      'its controller to make the new revision',
    ],
    [
      'the new ReplicaSet has not all its pods',
      { replicaSets: [replicaSet({ status: { availableReplicas: 1 } })] },
      '1 of 2 new pods to be available',
    ],
    [
      'the old ReplicaSet is healthy and the new one has no pod that is ready',
      {
        workload: deployment({ status: { updatedReplicas: 1, availableReplicas: 2, replicas: 3 } }),
        pods: [
          pod({ name: 'ui-old-1', owner: 'old' }),
          pod({ name: 'ui-old-2', owner: 'old' }),
          pod({ name: 'ui-new-1', state: { waiting: { reason: 'ContainerCreating' } } }),
        ],
        replicaSets: [replicaSet({ status: { availableReplicas: 0 } }), replicaSet({ uid: 'old', image: olderImage })],
      },
      /^2 of 2 new pods to be available, the older pods to end \(ui-old-1, ui-old-2\)/,
    ],
    [
      'an older pod is still ending',
      { pods: [...view().pods, pod({ name: 'ui-old-1', owner: 'old', deletionTimestamp: '2026-11-23T17:21:00Z' })] },
      'the older pods to end (ui-old-1)',
    ],
    [
      'the status counts pods that the watch has not told yet',
      { pods: [pod({ name: 'ui-new-1' })] },
      '1 of 2 new pods to be available',
    ],
    [
      'a pod has not told its image',
      { pods: [pod({ name: 'ui-new-1' }), pod({ name: 'ui-new-2', imageID: '' })] },
      'ui-new-2 to tell the image of ui',
    ],
    ['the workload is not there', { workload: undefined }, 'it to be created'],
  ])('%s', (_, change, said) => {
    const found = lacks(judge(view(change)).verdict);
    if (typeof said === 'string') expect(found).toBe(said);
    else expect(found).toMatch(said);
  });

  test('a digest is not known', () => {
    const pods = [
      pod({ name: 'ui-new-1' }),
      pod({ name: 'ui-new-2', imageID: `docker-pullable://${repository}@${digestOf('b')}` }),
    ];
    expect(judge(view({ pods })).verdict).toMatchObject({ kind: 'waiting', unknown: [digestOf('b')] });
  });

  test('the digest in the template is not known, though ours was seen before', () => {
    const workload = deployment({ image: `${repository}@${digestOf('b')}` });
    const { verdict } = judge(view({ workload }), { memory: { since: new Map(), sawOurs: true } });
    expect(verdict).toMatchObject({ kind: 'waiting', unknown: [digestOf('b')] });
  });

  test('no node takes a pod: the words of the scheduler are told', () => {
    const message = '0/1 nodes are available: 1 Insufficient cpu.';
    const status = {
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
      containerStatuses: [],
    };
    const pods = [pod({ name: 'ui-new-1' }), pod({ name: 'ui-new-2', phase: 'Pending', status })];
    const { verdict } = judge(view({ pods }), { now: 1e9 });
    expect(verdict).toMatchObject({ kind: 'waiting', troubles: [`ui-new-2 cannot be scheduled: ${message}`], again: undefined });
  });

  const startedAt = '2026-11-23T17:20:00Z';
  const start = Date.parse(startedAt);

  test('a container that has ended once has not stayed up for a while', () => {
    const given = view(withState({ running: { startedAt } }, { restartCount: 1, lastState: crashed }));
    const { verdict, memory } = judge(given, { now: start + 1000 });
    expect(verdict).toMatchObject({ kind: 'waiting', again: start + 10_000 });
    expect(lacks(verdict)).toBe('ui-new-2 to stay up (container ui was restarted once)');
    expect(judge(given, { memory, now: start + 10_000 }).verdict.kind).toBe('complete');
  });

  test('a container that has just started has no probe to speak for it', () => {
    const given = view(withState({ running: { startedAt } }));
    const { verdict, memory } = judge(given, { now: start + 900 });
    expect(verdict).toMatchObject({ kind: 'waiting', again: start + 2000 });
    expect(lacks(verdict)).toMatch('ui-new-2 to stay up (container ui has no readiness probe)');
    expect(judge(given, { memory, now: start + 2000 }).verdict.kind).toBe('complete');
    const ready = { type: 'Ready', status: 'True' };
    const crash = { conditions: [{ ...ready, status: 'False' }] };
    const ended = view(withState({ terminated: { exitCode: 1 } }, { status: crash }));
    expect(judge(ended, { memory, now: start + 2000 }).verdict.kind).toBe('waiting');
  });

  test('it has just started by a clock that is ahead of ours', () => {
    const given = view(withState({ running: { startedAt } }));
    const { verdict, memory } = judge(given, { now: start - 3_600_000 });
    expect(verdict).toMatchObject({ kind: 'waiting', again: start - 3_600_000 + 2000 });
    expect(judge(given, { memory, now: start - 3_600_000 + 2000 }).verdict.kind).toBe('complete');
  });

  test('it is paused, but only lacks replicas of the newest revision', () => {
    const workload = deployment({ spec: { paused: true, replicas: 3 } });
    expect(lacks(judge(view({ workload })).verdict)).toBe('1 of 3 new pods to be available');
  });

  test('a quota is used up', () => {
    const message = 'pods "ui-new-2" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=1, limited: pods=1';
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
    const given = view({
      replicaSets: [replicaSet({ status: { availableReplicas: 1, conditions } })],
      pods: [pod({ name: 'ui-new-1' })],
    });
    expect(judge(given, { now: 1e9 }).verdict).toMatchObject({
      kind: 'waiting',
      troubles: [`no more pods are allowed: ${message}`],
    });
  });

  test('a tag tells nothing, and the pods run another digest than the one that was asked for', () => {
    const pods = [pod({ name: 'ui-new-1', imageID: digestOf('b') }), pod({ name: 'ui-new-2', imageID: digestOf('b') })];
    const { verdict } = judge(view({ pods }), {
      demand: { ...demand, tag: undefined },
      known: new Map([[digestOf('b'), false]]),
    });
    expect(lacks(verdict)).toMatch('ui-new-1 to be replaced');
  });
});

const crashed = { terminated: { exitCode: 1, reason: 'Error', message: '' } };
const looping = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } };
const platformWords = 'failed to pull and unpack image: no match for platform in manifest: not found';
const refusal = 'pods "ui-x" is forbidden: violates PodSecurity "restricted:latest"';
const refused = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal }];
const late = [
  {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "ui-new" has timed out progressing.',
  },
];

function withState(state: object, more: object = {}): Partial<RolloutView> {
  return { pods: [pod({ name: 'ui-new-1' }), pod({ name: 'ui-new-2', state, ...more })] };
}

describe('a rollout fails', () => {
  test.each<readonly [string, Partial<RolloutView>, keyof typeof faultKinds, RegExp]>([
    [
      'at once on an invalid image name',
      withState({ waiting: { reason: 'InvalidImageName', message: "couldn't parse image name" } }),
      'image-name',
      /parse image name/,
    ],
    [
      'at once on an image without the platform',
      withState({ waiting: { reason: 'ErrImagePull', message: platformWords } }),
      'image-platform',
      /no match for platform/,
    ],
    ['after a minute without the image', withState(backOff), 'image-pull', /^ImagePullBackOff .*ui:i2026.*Back-off/],
    [
      'after 10 s with an invalid configuration',
      withState({ waiting: { reason: 'CreateContainerConfigError', message: 'secret "db" not found' } }),
      'configuration',
      /secret "db" not found/,
    ],
    ['at the third restart', withState(looping, { restartCount: 3, lastState: crashed }), 'crash', /^exit code 1, Error$/],
    [
      'after a minute of refused pods',
      { pods: [], replicaSets: [replicaSet({ status: { availableReplicas: 0, conditions: refused } })] },
      'pod-creation',
      /PodSecurity/,
    ],
    [
      'at the progress deadline',
      { pods: [], workload: deployment({ status: { conditions: late } }) },
      'progress-deadline',
      /timed out progressing/,
    ],
    [
      'at once when it is paused before its end',
      { replicaSets: [], workload: deployment({ spec: { paused: true } }) },
      'paused',
      /paused/,
    ],
    ['after a minute without the workload', { workload: undefined }, 'missing', /^$/],
    [
      'after a minute without a container of that image',
      { workload: deployment({ image: 'nginx' }) },
      'image-unused',
      /ui: nginx/,
    ],
    [
      'at once when a pod runs another image',
      { pods: [pod({ name: 'ui-new-1', imageID: digestOf('b') })] },
      'other-image',
      /sha256:bbb/,
    ],
  ])('%s', (_, change, kind, found) => {
    const known = new Map([[digestOf('b'), false]]);
    const first = judge(view(change), { known, now: 5 });
    const { tolerance } = faultKinds[kind];
    if (tolerance > 0) {
      expect(first.verdict).toMatchObject({ kind: 'waiting', again: 5 + tolerance });
      expect(judge(view(change), { known, memory: first.memory, now: 4 + tolerance }).verdict.kind).toBe('waiting');
    }
    const { verdict } = judge(view(change), { known, memory: first.memory, now: 5 + tolerance });
    expect(verdict).toMatchObject({ kind: 'failed', fault: { kind } });
    expect(verdict.kind === 'failed' ? (verdict.fault.found ?? '') : '').toMatch(found);
  });

  test('when another, not later, image takes the place of ours', () => {
    const first = judge(view({ pods: [] }));
    const { verdict } = judge(view({ workload: deployment({ image: olderImage }) }), { memory: first.memory });
    expect(verdict).toMatchObject({ kind: 'failed', fault: { kind: 'replaced', found: olderImage } });
  });

  test('not when the fault passes within its tolerance, and the clock starts anew with the next', () => {
    const first = judge(view(withState(backOff)), { now: 0 });
    const healed = judge(view(withState({ waiting: { reason: 'ContainerCreating' } })), { memory: first.memory, now: 50_000 });
    const again = judge(view(withState(backOff)), { memory: healed.memory, now: 70_000 });
    expect(again.verdict).toMatchObject({ kind: 'waiting', again: 130_000 });
  });

  test('not by the progress deadline of the ReplicaSet before, which the condition still names', () => {
    const conditions = late.map(one => ({ ...one, message: 'ReplicaSet "ui-old" has timed out progressing.' }));
    expect(judge(view({ pods: [], workload: deployment({ status: { conditions } }) })).verdict.kind).toBe('waiting');
  });

  test('at the fourth restart, also where the container was never seen down', () => {
    const lacking = deployment({ status: { availableReplicas: 1 } });
    const restarted = (restartCount: number): RolloutView => {
      const startedAt = '2026-11-23T17:20:00Z';
      return view({ workload: lacking, ...withState({ running: { startedAt } }, { restartCount, lastState: crashed }) });
    };
    const now = Date.parse('2026-11-23T17:20:01Z');
    expect(judge(restarted(3), { now }).verdict.kind).toBe('waiting');
    expect(judge(restarted(4), { now }).verdict).toMatchObject({
      kind: 'failed',
      fault: { kind: 'crash', found: 'exit code 1, Error' },
    });
    expect(judge(restarted(4), { now: now + 60_000 }).verdict.kind).toBe('waiting');
  });

  test('not at the second restart, which is told', () => {
    const { verdict } = judge(view(withState(looping, { restartCount: 2, lastState: crashed })), { now: 1e9 });
    expect(verdict).toMatchObject({
      kind: 'waiting',
      troubles: ['ui-new-2: container ui has ended (exit code 1, Error) and is started again (2)'],
    });
  });

  test('not for what is tolerated', () => {
    const tolerances = { crash: Number.POSITIVE_INFINITY };
    const { verdict } = judge(view(withState(looping, { restartCount: 30, lastState: crashed })), { tolerances, now: 1e9 });
    expect(verdict.kind).toBe('waiting');
  });

  test('not for faults of older pods', () => {
    const pods = [
      pod({ name: 'ui-new-1' }),
      pod({ name: 'ui-old-1', owner: 'old', state: looping, restartCount: 9, lastState: crashed }),
    ];
    expect(judge(view({ pods }), { now: 1e9 }).verdict.kind).toBe('waiting');
  });
});

describe('a StatefulSet and a DaemonSet', () => {
  const spec = { selector: { matchLabels: { app: 'ui' } }, template: deployment().spec.template };
  const metadata = { name: 'ui', namespace: 'shop', uid: 'set', generation: 1, creationTimestamp: '2026-11-23T17:20:00Z' };
  const counts = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2, updateRevision: 'ui-2' };
  const statefulSet = (more: object = {}) =>
    schemas.workload.parse({ kind: 'StatefulSet', metadata, spec: { replicas: 2, ...spec, ...more }, status: counts });
  const ordinal = (at: number, revision: string) =>
    pod({ name: `ui-${at}`, owner: 'set', labels: { 'controller-revision-hash': revision } });

  test('are complete when their pods are of the newest revision', () => {
    const given = view({ workload: statefulSet(), replicaSets: [], pods: [ordinal(0, 'ui-2'), ordinal(1, 'ui-2')] });
    expect(judge(given).verdict).toMatchObject({ kind: 'complete', revision: 'ui-2' });
  });

  test('wait for a pod of an older revision', () => {
    const given = view({ workload: statefulSet(), replicaSets: [], pods: [ordinal(0, 'ui-1'), ordinal(1, 'ui-2')] });
    expect(lacks(judge(given).verdict)).toBe('1 of 2 new pods to be available, the older pods to end (ui-0)');
  });

  test('fail where a partition keeps it', () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
    const given = view({
      workload: statefulSet({ updateStrategy }),
      replicaSets: [],
      pods: [ordinal(0, 'ui-1'), ordinal(1, 'ui-2')],
    });
    expect(judge(given).verdict).toMatchObject({ kind: 'failed', fault: { kind: 'paused', found: 'partition 1' } });
  });

  test('tell of a refusal only while it is the last that their controller tried', () => {
    const event = (reason: string, at: string) =>
      schemas.event.parse({
        metadata: { name: reason, uid: reason },
        type: 'Warning',
        reason,
        message: 'create Pod ui-0 in StatefulSet ui failed error: denied by a webhook',
        lastTimestamp: `2026-11-23T17:${at}:00Z`,
        involvedObject: { kind: 'StatefulSet', uid: 'set' },
      });
    const given = { workload: statefulSet(), replicaSets: [], pods: [ordinal(1, 'ui-2')] };
    const failing = view({ ...given, events: [event('FailedCreate', '30'), event('SuccessfulCreate', '20')] });
    const healed = view({ ...given, events: [event('FailedCreate', '30'), event('SuccessfulCreate', '40')] });
    const { memory } = judge(failing);
    expect(judge(failing, { memory, now: 60_000 }).verdict).toMatchObject({ kind: 'failed', fault: { kind: 'pod-creation' } });
    expect(judge(healed, { memory, now: 60_000 }).verdict.kind).toBe('waiting');
  });

  test('a DaemonSet finds its newest revision by number', () => {
    const status = { observedGeneration: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 };
    const workload = schemas.workload.parse({ kind: 'DaemonSet', metadata, spec, status });
    const revision = (number: number, hash: string) =>
      schemas.controllerRevision.parse({
        metadata: {
          ...{ ...metadata, name: `ui-${hash}`, uid: hash, labels: { 'controller-revision-hash': hash } },
          ownerReferences: [{ uid: 'set', controller: true }],
        },
        revision: number,
      });
    const given = view({ workload, replicaSets: [], controllerRevisions: [revision(2, 'new'), revision(1, 'old')] });
    expect(judge({ ...given, pods: [ordinal(7, 'new')] }).verdict).toMatchObject({ kind: 'complete', revision: 'new' });
    expect(lacks(judge({ ...given, pods: [ordinal(7, 'old')] }).verdict)).toMatch('the older pods to end (ui-7)');
  });
});

test('whatever the counts and pods, no rollout is complete while an older pod runs or a new one runs another image', () => {
  const arbitraryPod = fc.record({
    owner: fc.constantFrom('new', 'old'),
    imageID: fc.constantFrom(`${repository}@${digestOf('a')}`, `${repository}@${digestOf('b')}`, ''),
    state: fc.constantFrom({ running: {} }, backOff),
  });
  const counts = fc.record({ replicas: fc.nat(3), updatedReplicas: fc.nat(3), availableReplicas: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(arbitraryPod, { maxLength: 4 }), counts, fc.nat(3), (shapes, status, replicas) => {
      const pods = shapes.map((shape, at) => pod({ name: `ui-${at}`, ...shape }));
      const workload = deployment({ spec: { replicas }, status });
      const { verdict } = judge(view({ workload, pods }), { known: new Map([[digestOf('b'), false]]) });
      const fits = shapes.every(({ owner, imageID }) => owner === 'new' && imageID.endsWith(digestOf('a')));
      return verdict.kind !== 'complete' || (fits && shapes.filter(({ state }) => 'running' in state).length >= replicas);
    }),
  );
});
