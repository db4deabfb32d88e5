import { type CiFacts, type ReleaseRecord, resolveRun } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { type NoWorkTree, pathInRepository, type WorkTree } from '@eks-gitops/gitops';
import { buildScope, formatRepository, isDigest } from '@eks-gitops/images';
import { parseSource, type SourceSelection } from '@eks-gitops/images/manifest-index';
import type { IndexInputs } from './inputs.ts';

export interface SelectionWorld {
  /** Where relative paths start from. */
  readonly workspace: string;
  /** The one that holds the context; an index job seldom has one. */
  readonly workTree: WorkTree | NoWorkTree;
  readonly facts: CiFacts;
}

/**
 * Decides where the images come from: the input `sources`, else the builds of the record, else what this run has staged.
 * Throws RECORD_MISMATCH for a record of another image or revision, REFERENCE_INVALID, INPUT_MISSING.
 */
export function selectSources(inputs: IndexInputs, world: SelectionWorld): SourceSelection {
  const { image, record, sources } = inputs;
  if (record !== undefined) verifyRecord(record, inputs);
  if (sources.length > 0) return { kind: 'references', references: sources.map(source => parseSource(source, image)) };
  if (record !== undefined && record.builds.length > 0) return { kind: 'builds', builds: buildsIn(record) };
  return { kind: 'staged', ...stagingOf(inputs, world) };
}

function stagingOf(inputs: IndexInputs, world: SelectionWorld): { runId: string; scope: string; attempt: number } {
  const { image: repository, file = '', target = '' } = inputs;
  const scope =
    inputs.scope ?? buildScope({ repository, context: pathInRepository({ ...world, folder: inputs.context }), file, target });
  const run = resolveRun({ facts: world.facts, inputs, revision: knownRevision(inputs, world) });
  return { runId: run.id, scope, attempt: run.attempt };
}

/** Only names the run, outside a CI. */
function knownRevision(inputs: IndexInputs, { workTree, facts }: SelectionWorld): string {
  const head = 'head' in workTree ? workTree.head?.commit : undefined;
  const revision = inputs.revision ?? inputs.record?.revision ?? head ?? facts.commit;
  if (revision !== undefined || (inputs['run-id'] ?? facts.runId) !== undefined) return revision ?? '';
  throw new ActionError({
    code: 'INPUT_MISSING',
    message: 'It is not known which run has staged the images.',
    expected: 'run-id, or revision, or a git work tree around the context, or a CI',
    found: 'none of them',
    remedy: 'give run-id as build-arch-image had it, or name the images by sources or a record',
  });
}

function buildsIn({ builds }: ReleaseRecord): Extract<SourceSelection, { kind: 'builds' }>['builds'] {
  return builds.flatMap(({ platform, digest, stagingTag }) => (isDigest(digest) ? [{ platform, digest, stagingTag }] : []));
}

function verifyRecord(record: ReleaseRecord, { image, revision }: IndexInputs): void {
  const facts = [
    { name: 'image', expected: formatRepository(image), found: record.image },
    { name: 'revision', expected: revision ?? record.revision, found: record.revision },
  ];
  for (const { name, expected, found } of facts) {
    if (expected === found) continue;
    throw new ActionError({
      code: 'RECORD_MISMATCH',
      message: `The release record is of another ${name} than the input ${name}.`,
      expected,
      found,
      likely: 'a record of another build was handed on',
    });
  }
}
