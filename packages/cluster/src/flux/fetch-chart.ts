import { type FluxObject, readFluxObject } from './flux-object.ts';
import { goalJudge } from './goal.ts';
import { judgeObject } from './judge-object.ts';
import { type FluxName, formatFluxName, resourceName } from './kinds.ts';
import { sourceName } from './plan-dependencies.ts';
import { reconcileObject } from './reconcile-object.ts';
import { type Fetches, fetchOnce } from './reconcile-source.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';

export interface ChartRequest {
  readonly release: FluxName;
  readonly object: FluxObject;
  readonly sources: Fetches;
}

/**
 * Has the chart of a release fetched anew: its source, then the HelmChart that is made of it. What is suspended keeps what it has, and a
 * HelmChart that is not there yet is made by helm-controller of what the source then holds. Throws as `reconcileObject` does.
 * Source: helm-controller, docs/spec/v2/helmreleases.md, chart template and chart reference.
 */
export async function fetchChart(session: FluxSession, { release, object, sources }: ChartRequest): Promise<void> {
  const chart = chartOf(object, release);
  const found = chart && (await read(session, chart));
  const source = sourceOf(object, release, found);
  if (source !== undefined && (await isFetched(session, source))) {
    await fetchOnce(session, sources, { name: source, goal: { kind: 'any' }, judgeGoal: goalJudge({ kind: 'any' }) });
  }
  if (chart !== undefined && found !== undefined && !isSuspended(session, chart, found)) await reconcileChart(session, chart);
}

/** The HelmChart of a release, which helm-controller made or which it names. */
export function chartOf({ spec, status }: FluxObject, release: FluxName): FluxName | undefined {
  if (spec.chartRef !== undefined)
    return spec.chartRef.kind === 'HelmChart' ? sourceName(spec.chartRef, release.namespace) : undefined;
  const [namespace = '', name] = status.helmChart?.split('/') ?? [];
  return name === undefined ? undefined : { kind: 'HelmChart', namespace, name };
}

/** What the chart of a release comes from. `chart` is the HelmChart that it has. */
export function sourceOf({ spec }: FluxObject, release: FluxName, chart: FluxObject | undefined): FluxName | undefined {
  if (spec.chartRef?.kind === 'HelmChart') return chart && sourceName(chart.spec.sourceRef, chart.metadata.namespace);
  const template = typeof spec.chart === 'object' ? spec.chart.spec.sourceRef : undefined;
  return sourceName(spec.chartRef ?? template, release.namespace);
}

/** Whether Flux fetches a source at all: a HelmRepository of OCI charts is an address only, for which no controller does anything. */
async function isFetched(session: FluxSession, source: FluxName): Promise<boolean> {
  const object = await read(session, source);
  return object !== undefined && object.spec.type !== 'oci' && !isSuspended(session, source, object);
}

function isSuspended({ onProgress }: FluxSession, name: FluxName, { spec: { suspend } }: FluxObject): boolean {
  if (suspend) onProgress(`${formatFluxName(name)} is suspended: it keeps the chart that it has.`);
  return suspend;
}

/** No failure is final: helm-controller may be about to change the HelmChart, as a changed release asks. */
async function reconcileChart(session: FluxSession, name: FluxName): Promise<void> {
  const judge = async (object: FluxObject): Promise<Verdict<string>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    if (verdict.kind === 'failed') return { ...verdict, kind: 'passing' };
    return verdict.kind === 'done' ? { ...verdict, value: object.status.artifact?.revision ?? '' } : verdict;
  };
  await reconcileObject(session, { name, judge, revisionOf: revision => revision });
}

async function read({ cluster }: FluxSession, name: FluxName): Promise<FluxObject | undefined> {
  const found = await cluster.get(resourceName(name));
  return found === undefined ? undefined : readFluxObject(found, name);
}
