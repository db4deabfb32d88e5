import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { requireTool } from '../toolchain/find.ts';

const member = z.object({ shape: z.string() });
const limits = { min: z.number().optional(), max: z.number().optional() };

/** A type of a service, in botocore's terms. */
const shape = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('structure'),
    members: z.record(z.string(), member),
    required: z.array(z.string()).default([]),
    union: z.boolean().default(false),
    exception: z.boolean().default(false),
    error: z.object({ code: z.string().optional(), httpStatusCode: z.number() }).optional(),
  }),
  z.object({ type: z.literal('list'), member, ...limits }),
  z.object({ type: z.literal('map'), key: member, value: member, ...limits }),
  z.object({
    type: z.literal('string'),
    ...limits,
    pattern: z.string().optional(),
    enum: z.array(z.string()).optional(),
  }),
  z.object({ type: z.enum(['integer', 'long', 'double', 'float']), ...limits }),
  z.object({ type: z.enum(['boolean', 'timestamp', 'blob']) }),
]);

const model = z.object({
  metadata: z.object({
    apiVersion: z.string(),
    protocols: z.array(z.string()),
    targetPrefix: z.string().optional(),
    xmlNamespace: z.string().optional(),
  }),
  operations: z.record(
    z.string(),
    z.object({
      input: member.optional(),
      output: member.extend({ resultWrapper: z.string().optional() }).optional(),
      errors: z.array(member).default([]),
    }),
  ),
  shapes: z.record(z.string(), shape),
});

/** Services that a script can play, by the names that IAM and botocore give them. */
export const scriptedServices = ['codepipeline', 'codebuild', 'logs', 'cloudformation', 'sts', 'ecr'] as const;
export type ScriptedService = (typeof scriptedServices)[number];

/** What AWS publishes of a service: its operations, and the shapes of what goes in and comes out. */
export type ServiceModel = z.infer<typeof model>;
export type Shape = z.infer<typeof shape>;

/** Reads a service's model (`service-2.json`) as botocore carries it, from moto's Python environment. */
export async function loadServiceModel(service: ScriptedService): Promise<ServiceModel> {
  const libraries = join(dirname(dirname(await requireTool('moto'))), 'lib');
  const [python = ''] = (await readdir(libraries)).filter(name => name.startsWith('python'));
  const versions = join(libraries, python, 'site-packages', 'botocore', 'data', service);
  const newest = (await readdir(versions)).sort().at(-1) ?? '';
  const packed = await readFile(join(versions, newest, 'service-2.json.gz'));
  return model.parse(JSON.parse((await promisify(gunzip)(packed)).toString('utf8')));
}

/** A shape of a model by its name. */
export function findShape({ shapes }: Pick<ServiceModel, 'shapes'>, name: string): Shape {
  const found = shapes[name];
  if (found === undefined) throw new Error(`The service has no shape ${name}.`);
  return found;
}
