import { z } from 'zod';

const time = z.string().transform(text => Date.parse(text));
const base64 = z.string().transform(text => Buffer.from(text, 'base64').toString('utf8'));

const vertex = z.object({
  digest: z.string(),
  name: z.string().default(''),
  started: time.optional(),
  completed: time.optional(),
  cached: z.boolean().default(false),
  error: z.string().default(''),
});

const status = z.object({
  id: z.string(),
  vertex: z.string().default(''),
  current: z.number().default(0),
  total: z.number().default(0),
  started: time.optional(),
  completed: time.optional(),
});

const log = z.object({
  vertex: z.string().default(''),
  data: z
    .string()
    .nullable()
    .transform(data => Buffer.from(data ?? '', 'base64')),
  timestamp: time,
});

const warning = z.object({
  short: base64.default(''),
  url: z.string().default(''),
  sourceInfo: z.object({ filename: z.string().default('') }).nullish(),
  range: z.array(z.object({ start: z.object({ line: z.number().default(0) }).nullish() })).nullish(),
});

/** One line of `--progress=rawjson`: BuildKit's `client.SolveStatus` (moby/buildkit, client/graph.go). */
const solveStatus = z.object({
  vertexes: z.array(vertex).default([]),
  statuses: z.array(status).default([]),
  logs: z.array(log).default([]),
  warnings: z.array(warning).default([]),
});

export type SolveStatus = z.infer<typeof solveStatus>;
export type Vertex = z.infer<typeof vertex>;
export type VertexStatus = z.infer<typeof status>;
export type VertexLog = z.infer<typeof log>;
export type VertexWarning = z.infer<typeof warning>;

/** Undefined for a line that is no status: buildx's own words. */
export function parseSolveStatus(line: string): SolveStatus | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return solveStatus.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
