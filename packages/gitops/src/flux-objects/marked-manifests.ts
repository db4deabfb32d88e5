/** The images that the manifests below name. */
export const image = '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui';
export const current = 'public.ecr.aws/shop/ui';

export const whole = '# {"$imagepolicy": "flux-system:ui"}';
export const name = '# {"$imagepolicy": "flux-system:ui:name"}';
export const tag = '# {"$imagepolicy": "flux-system:ui:tag"}';
const digest = '# {"$imagepolicy": "flux-system:ui:digest"}';

/** Manifests in every style that is marked, for tests: what they are, how they are before and after. */
export const markedManifests: readonly (readonly [string, string, string])[] = [
  [
    'a container of a Deployment',
    `kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: ui\n        image: "${current}:0.4.0"\n        ports: []\n`,
    `kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: ui\n        image: "${current}:0.4.0" ${whole}\n        ports: []\n`,
  ],
  [
    'every container of one file, in whatever document and kind',
    `kind: CronJob\nspec: {}\nimage: ${current}:1\n---\nkind: Widget\nsidecar:\n  image: '${image}@sha256:00'\nother:\n  image: redis:7\n`,
    `kind: CronJob\nspec: {}\nimage: ${current}:1 ${whole}\n---\nkind: Widget\nsidecar:\n  image: '${image}@sha256:00' ${whole}\nother:\n  image: redis:7\n`,
  ],
  [
    'repository and tag of a HelmRelease',
    `kind: HelmRelease\nspec:\n  values:\n    image:\n      repository: ${current}\n      tag: 0.4.0\n      pullPolicy: Always\n`,
    `kind: HelmRelease\nspec:\n  values:\n    image:\n      repository: ${current} ${name}\n      tag: 0.4.0 ${tag}\n      pullPolicy: Always\n`,
  ],
  [
    'name, tag and digest of a kustomization',
    `kind: Kustomization\nimages:\n- name: ui\n  newName: ${current}\n  newTag: "1"\n  digest: sha256:00\n- name: db\n  newTag: "2"\n`,
    `kind: Kustomization\nimages:\n- name: ui\n  newName: ${current} ${name}\n  newTag: "1" ${tag}\n  digest: sha256:00 ${digest}\n- name: db\n  newTag: "2"\n`,
  ],
  ['an anchored value', `image: &ui ${current}:1\nagain: *ui\n`, `image: &ui ${current}:1 ${whole}\nagain: *ui\n`],
  ['with carriage returns and without a last one', `a: b\r\nimage: ${current}:1`, `a: b\r\nimage: ${current}:1 ${whole}`],
  ['trailing spaces', `image: ${current}:1  \n`, `image: ${current}:1 ${whole}  \n`],
  ['behind a byte order mark', `\uFEFFimage: ${current}:1\n`, `\uFEFFimage: ${current}:1 ${whole}\n`],
  [
    'a comment of one’s own, which moves above',
    `spec:\n  - image: ${current}:1 # keep: this\r\n    name: ui\n`,
    `spec:\n  # keep: this\n  - image: ${current}:1 ${whole}\r\n    name: ui\n`,
  ],
];
