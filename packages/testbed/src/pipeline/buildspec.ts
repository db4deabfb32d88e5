import { parse } from 'yaml';
import { z } from 'zod';

const phase = z.strictObject({
  'run-as': z.never().optional(),
  'on-failure': z.literal('ABORT').optional(),
  commands: z.array(z.string()).default([]),
  finally: z.array(z.string()).default([]),
});

const document = z.strictObject({
  version: z.literal(0.2),
  env: z
    .strictObject({
      shell: z.enum(['bash', '/bin/sh']).default('/bin/sh'),
      variables: z.record(z.string(), z.string()).default({}),
      'exported-variables': z.array(z.string()).default([]),
      'git-credential-helper': z.enum(['yes', 'no']).default('no'),
    })
    .prefault({}),
  phases: z.strictObject({
    install: phase.optional(),
    pre_build: phase.optional(),
    build: phase.optional(),
    post_build: phase.optional(),
  }),
  artifacts: z.strictObject({ files: z.array(z.string()).min(1), 'base-directory': z.string().default('.') }).optional(),
});

/** What of a buildspec can be run here; anything else of the reference is refused, so that nothing is silently left out. */
export type Buildspec = z.infer<typeof document>;

/** In the order in which they run. */
export const phaseNames = ['install', 'pre_build', 'build', 'post_build'] as const;

export type PhaseName = (typeof phaseNames)[number];

/** Reads a buildspec ("Build specification reference", AWS CodeBuild User Guide). Throws on what cannot be run here. */
export function parseBuildspec(text: string): Buildspec {
  // CodeBuild reads yes and no as YAML 1.1 does, and takes both the words and the booleans.
  return document.parse(parse(text, { version: '1.2' }));
}
