import { z } from 'zod';

/** As Go reads JSON: null is as good as not there, and so is an empty text. */
const text = z
  .string()
  .nullish()
  .transform(value => value || undefined);
const flag = z
  .boolean()
  .nullish()
  .transform(value => value ?? false);
const texts = z
  .array(z.string())
  .nullish()
  .transform(value => value ?? []);
/** Base64 of PEM. */
const pem = text.transform((value, context) => {
  if (value === undefined) return undefined;
  const bare = value.replace(/\s/g, '');
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(bare) && bare.length % 4 === 0) return Buffer.from(bare, 'base64').toString('utf8');
  context.addIssue({ code: 'custom', message: 'is not base64' });
  return z.NEVER;
});
const extensions = z
  .array(z.looseObject({ name: z.string(), extension: z.unknown() }))
  .nullish()
  .transform(value => value ?? []);

const cluster = z.looseObject({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': flag,
  'certificate-authority': text,
  'certificate-authority-data': pem,
  'proxy-url': text,
  extensions,
});

const exec = z.looseObject({
  apiVersion: text,
  command: text,
  args: texts,
  env: z
    .array(z.looseObject({ name: z.string().min(1), value: z.string().default('') }))
    .nullish()
    .transform(value => value ?? []),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});

const user = z.looseObject({
  'client-certificate': text,
  'client-certificate-data': pem,
  'client-key': text,
  'client-key-data': pem,
  token: text,
  tokenFile: text,
  as: text,
  'as-uid': text,
  'as-groups': texts,
  'as-user-extra': z
    .record(z.string(), z.array(z.string()))
    .nullish()
    .transform(value => value ?? {}),
  username: text,
  password: text,
  'auth-provider': z.looseObject({ name: text }).nullish(),
  exec: exec.nullish(),
});

const context = z.looseObject({ cluster: text, user: text, namespace: text });

const entries = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry)
    .nullish()
    .transform(value => value ?? []);

/** A kubeconfig (Kubernetes reference, "kubeconfig (v1)"), as far as it says how to connect. */
export const kubeconfigSchema = z.looseObject({
  apiVersion: text.refine(value => value === undefined || value === 'v1', 'is not v1'),
  kind: text.refine(value => value === undefined || value === 'Config', 'is not Config'),
  'current-context': text,
  clusters: entries(z.looseObject({ name: z.string(), cluster })),
  users: entries(z.looseObject({ name: z.string(), user })),
  contexts: entries(z.looseObject({ name: z.string(), context })),
});

export type ClusterEntry = z.infer<typeof cluster>;
export type UserEntry = z.infer<typeof user>;
export type ContextEntry = z.infer<typeof context>;
export type ExecEntry = z.infer<typeof exec>;
