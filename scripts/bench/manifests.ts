export const policy = { namespace: 'shop', name: 'ui' };
export const image = 'ui';
export const marker = '{"$imagepolicy": "shop:ui:tag"}';
export const manifestCount = 10_000;
/** A kustomization, so that kustomize can edit it too. */
export const markedFile = 'apps/50/kustomization.yaml';

export function markedText(tag: string): string {
  return `images:\n- name: ${image}\n  newTag: ${tag} # ${marker}\n`;
}

/** The texts of 10,000 files in 100 folders, one of which has a marker. */
export function manifests(): Readonly<Record<string, string>> {
  const plain = Array.from({ length: manifestCount - 1 }, (_, n) => [`apps/${n % 100}/app-${n}.yaml`, deployment(`app-${n}`)]);
  return { ...Object.fromEntries(plain), [markedFile]: markedText('old') };
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
  labels: { app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: shop }
spec:
  replicas: 2
  selector:
    matchLabels: { app.kubernetes.io/name: ${name} }
  template:
    metadata:
      labels: { app.kubernetes.io/name: ${name} }
    spec:
      containers:
        - name: main
          image: 123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/${name}:1.0.0
          ports: [{ name: http, containerPort: 8080 }]
          envFrom: [{ configMapRef: { name: ${name} } }]
          resources: { requests: { cpu: 100m, memory: 128Mi }, limits: { memory: 256Mi } }
`;
}
