import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const rule = z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) });
const role = z.object({
  apiVersion: z.literal('rbac.authorization.k8s.io/v1'),
  kind: z.enum(['Role', 'ClusterRole']),
  metadata: z.looseObject({ name: z.string() }),
  rules: z.array(rule),
});

export type Role = z.infer<typeof role>;

/** One verb on one resource. */
export interface LoneRight {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

/** The roles that a README's section "Rights" shows as YAML. */
export function readRoles(readme: string): readonly Role[] {
  const [, section = ''] = /^## Rights\n(.*?)(?=^## )/ms.exec(readme) ?? [];
  const blocks = [...section.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => yaml);
  return parseAllDocuments(blocks.join('---\n')).map(document => role.parse(document.toJS()));
}

/** The rights of a role, one by one. */
export function rightsOf({ rules }: Role): readonly LoneRight[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => ({ group, resource, verb })))),
  );
}

export interface Binding {
  readonly group: string;
  /** Of the roles that are no ClusterRoles, too. */
  readonly namespace: string;
  readonly roles: readonly Role[];
  /** A right that is left out. */
  readonly without?: LoneRight;
}

/** Manifests that give a group the rights of roles. */
export function formatBinding({ group, namespace, roles, without }: Binding): string {
  const apiGroup = 'rbac.authorization.k8s.io';
  const objects = roles.flatMap((one, at) => {
    const name = `${group}-${at}`;
    const metadata = one.kind === 'Role' ? { name, namespace } : { name };
    const rules = rightsOf(one)
      .filter(right => JSON.stringify(right) !== JSON.stringify(without))
      .map(({ group: of, resource, verb }) => ({ apiGroups: [of], resources: [resource], verbs: [verb] }));
    const roleRef = { apiGroup, kind: one.kind, name };
    const subjects = [{ apiGroup, kind: 'Group', name: group }];
    return [
      { apiVersion: `${apiGroup}/v1`, kind: one.kind, metadata, rules },
      { apiVersion: `${apiGroup}/v1`, kind: `${one.kind}Binding`, metadata, roleRef, subjects },
    ];
  });
  return objects.map(object => JSON.stringify(object)).join('\n---\n');
}
