import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const revision = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const platform = z.string().regex(/^[a-z0-9._-]+(?:\/[a-z0-9._-]+){1,2}$/);
const name = z.string().min(1).max(512);

const build = z.strictObject({ platform, digest, stagingTag: z.string().max(128) });
/** Where the GitOps repository names the tag: at this commit, or (superseded) a newer one. */
const gitops = z.strictObject({
  repository: name,
  branch: z.string().min(1).max(255),
  commit: revision,
  policies: z.array(z.string().max(512)).min(1),
  superseded: z.literal(true).optional(),
});
/** What the cluster has applied of it: the revision is Flux's, such as main@sha1:COMMIT. */
const applied = z.strictObject({
  kustomizations: z.array(z.string().max(512)),
  helmReleases: z.array(z.string().max(512)).optional(),
  revision: z.string().max(512).optional(),
  /** It is a later revision that contains ours. */
  superseded: z.literal(true).optional(),
});
const index = z.strictObject({ digest, tag: z.string().min(1).max(128), platforms: z.array(platform).min(1) });
/** The rollouts that were complete: of this digest, or (superseded) of a later release. */
const rollout = z.strictObject({
  digest,
  workloads: z
    .array(
      z.strictObject({
        workload: z.string().max(600),
        revision: z.string().max(253),
        pods: z.number().int().nonnegative(),
        superseded: z.literal(true).optional(),
      }),
    )
    .min(1),
});

const record = z.strictObject({
  schema: z.literal(1),
  image: name,
  revision,
  commitTime: z.iso.datetime(),
  builds: z.array(build),
  index: index.optional(),
  gitops: gitops.optional(),
  applied: applied.optional(),
  rollout: rollout.optional(),
  /** What has answered with the release. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(1024)
    .optional(),
});

/** What each step has claimed so far, for the next one to verify. A well-formed record is a claim, not a proof, and says nothing of origin. */
export type ReleaseRecord = Readonly<z.infer<typeof record>>;

const version = z.looseObject({ schema: z.unknown() });
const largest = 4096;

/** Reads one record. Throws RECORD_EMPTY, RECORD_INVALID or RECORD_SCHEMA. */
export function parseRecord(text: string): ReleaseRecord {
  const line = text.trim();
  if (line === '') throw emptyRecord();
  if (Buffer.byteLength(line) > largest) {
    throw invalid('The release record is too large.', `at most ${largest} bytes`, `${Buffer.byteLength(line)} bytes`);
  }
  const document = version.safeParse(parseJson(line));
  if (!document.success) throw invalid('The release record is not a JSON object.', 'one line of JSON', excerpt(line));
  if (document.data.schema !== 1) throw unknownSchema(document.data.schema);
  const parsed = record.safeParse(document.data);
  if (!parsed.success) throw invalid('The release record is malformed.', 'schema 1', z.prettifyError(parsed.error));
  return parsed.data;
}

/** Reads records, one a line, and joins them. Throws as {@link parseRecord} and {@link mergeRecords} do. */
export function parseRecords(text: string): ReleaseRecord {
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '');
  const [first, ...rest] = lines.map(parseRecord);
  if (first === undefined) throw emptyRecord();
  return rest.reduce(mergeRecords, first);
}

/** One JSON line without a line break at its end. */
export function formatRecord(value: ReleaseRecord): string {
  return JSON.stringify(record.parse(value));
}

/** Joins two records of one release: builds by platform, and what only one of them has; the later wins. Throws RECORD_MISMATCH. */
export function mergeRecords(earlier: ReleaseRecord, later: ReleaseRecord): ReleaseRecord {
  for (const fact of ['image', 'revision', 'commitTime'] as const) {
    if (earlier[fact] !== later[fact]) throw mismatch(fact, earlier[fact], later[fact]);
  }
  const builds = new Map([...earlier.builds, ...later.builds].map(one => [one.platform, one]));
  return { ...earlier, ...later, builds: [...builds.values()].sort((a, b) => a.platform.localeCompare(b.platform, 'en')) };
}

function mismatch(fact: string, earlier: string, later: string): ActionError {
  return new ActionError({
    code: 'RECORD_MISMATCH',
    message: `The release records differ in ${fact}.`,
    expected: earlier,
    found: later,
    likely: 'a record file or job output of another run was handed on',
    remedy: 'hand on only records of one run, or remove the old record file',
  });
}

/** RECORD_EMPTY, with the usual cause: GitHub blanks job outputs that hold a masked value. */
export function emptyRecord(): ActionError {
  return new ActionError({
    code: 'RECORD_EMPTY',
    message: 'The release record is empty.',
    expected: 'the record output of the step before',
    found: 'nothing',
    likely:
      'GitHub blanks a job output that holds a masked value, such as an AWS account id (mask-aws-account-id), or the step before was skipped',
    remedy: 'pass the outputs digest and tag instead, which never hold the account id, or hand the record on as a file',
  });
}

function unknownSchema(found: unknown): ActionError {
  return new ActionError({
    code: 'RECORD_SCHEMA',
    message: 'The release record has a schema that this version does not know.',
    expected: 'schema 1',
    found: `schema ${JSON.stringify(found)}`,
    likely: 'the record was written by another version of eks-gitops-actions',
    remedy: 'use one version in all jobs',
  });
}

function invalid(message: string, expected: string, found: string): ActionError {
  return new ActionError({
    code: 'RECORD_INVALID',
    message,
    expected,
    found,
    remedy: 'pass the record exactly as the step before wrote it',
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function excerpt(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line);
}
