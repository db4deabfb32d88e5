import { describe, expect, test } from '@jest/globals';
import { planSetup, type SetupOptions } from './plan-setup.ts';

type Files = Readonly<Record<string, string>>;

const account = '123456789012';
const image = `${account}.dkr.ecr.us-west-2.amazonaws.com/retail-store-sample-ui`;
const current = 'public.ecr.aws/aws-containers/retail-store-sample-ui';
const policy = { namespace: 'flux-system', name: 'ui' };

const options: SetupOptions = {
  scan: { policy, image: { name: image, ecr: { account, region: 'us-west-2' } } },
  path: '.',
  place: { kind: 'image', images: [image, current], files: [] },
  automation: {
    kind: 'flux',
    source: { namespace: 'flux-system', name: 'flux-system' },
    branch: 'main',
    author: { name: 'fluxcdbot', email: 'fluxcdbot@users.noreply.github.com' },
  },
};

function plan(files: Files, changed: Partial<SetupOptions> = {}) {
  const entries = Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
  const planned = planSetup(entries, { ...options, ...changed });
  const changes = Object.fromEntries(planned.changes.map(({ path, content }) => [path, Buffer.from(content).toString()]));
  return { ...planned, changes, files: { ...files, ...changes } };
}

/** The files after setting up, which a second time changes nothing. */
function setUp(files: Files, changed: Partial<SetupOptions> = {}): Files {
  const first = plan(files, changed);
  expect(plan(first.files, changed)).toMatchObject({ changes: {}, diff: '' });
  return first.changes;
}

const deployment = (line: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ui
spec:
  template:
    spec:
      containers:
        - name: ui
          image: ${line}
          imagePullPolicy: IfNotPresent
`;
const plainImage = `"${current}:0.4.0"`;
const markedImage = `"${current}:0.4.0" # {"$imagepolicy": "flux-system:ui"}`;

/** The lab's files: an app in a namespace of its own, below a plain list of apps. */
const lab = {
  'apps/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ui\n',
  'apps/ui/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: ui\nresources:\n  - namespace.yaml\n  - deployment.yaml\n',
  'apps/ui/deployment.yaml': deployment(plainImage),
};

const repository = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: ui
  namespace: flux-system
spec:
  image: ${image}
  interval: 1m
  provider: aws
  exclusionList:
    - '^.*\\.sig$'
    - '^build-'
`;
const imagePolicy = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: ui
  namespace: flux-system
spec:
  imageRepositoryRef:
    name: ui
  filterTags:
    pattern: '^i\\d{14}-[0-9a-f]{8}$'
  policy:
    alphabetical:
      order: asc
`;
const automation = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: ui
  namespace: flux-system
spec:
  interval: 1m
  sourceRef:
    kind: GitRepository
    name: flux-system
  git:
    checkout:
      ref:
        branch: main
    commit:
      author:
        name: fluxcdbot
        email: fluxcdbot@users.noreply.github.com
      messageTemplate: '{{range .Changed.Changes}}{{println .NewValue}}{{end}}'
    push:
      branch: main
  update:
    path: ./apps/ui
    strategy: Setters
`;

describe('the lab’s repository', () => {
  test('is marked, and gets its objects where its kustomization does not move them', () => {
    expect(setUp(lab)).toEqual({
      'apps/kustomization.yaml': `${lab['apps/kustomization.yaml']}  - ui-image-automation.yaml\n`,
      'apps/ui-image-automation.yaml': [repository, imagePolicy, automation].join('---\n'),
      'apps/ui/deployment.yaml': deployment(markedImage),
    });
  });

  test('gets its Ingress beside the app, in the namespace of the app', () => {
    const ingress = { name: 'ui', service: 'ui', port: 80, healthCheckPath: '/actuator/health/liveness' };
    const changes = setUp(lab, { ingress });
    expect(changes['apps/ui/kustomization.yaml']).toBe(`${lab['apps/ui/kustomization.yaml']}  - ingress.yaml\n`);
    expect(changes['apps/ui/ingress.yaml']).toBe(`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ui
  namespace: ui
  annotations:
    alb.ingress.kubernetes.io/scheme: internet-facing
    alb.ingress.kubernetes.io/target-type: ip
    alb.ingress.kubernetes.io/healthcheck-path: /actuator/health/liveness
spec:
  ingressClassName: alb
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ui
                port:
                  number: 80
`);
  });

  test('is upgraded when it was set up by hand with the objects of its time', () => {
    const old = {
      ...lab,
      'flux/repository.yaml': `# scanned\napiVersion: image.toolkit.fluxcd.io/v1beta2\nkind: ImageRepository\nmetadata:\n  name: ui\n  namespace: flux-system\nspec:\n  provider: aws\n  interval: 1m\n  image: ${image}\n  accessFrom:\n    namespaceSelectors:\n      - matchLabels: {}\n`,
      'flux/policy.yaml': `apiVersion: image.toolkit.fluxcd.io/v1beta2\nkind: ImagePolicy\nmetadata:\n  name: ui\nspec:\n  imageRepositoryRef:\n    name: ui\n  filterTags:\n    pattern: "^i[a-fA-F0-9]" # ours\n  policy:\n    alphabetical:\n      order: asc\n`,
      'flux/automation.yaml': `apiVersion: image.toolkit.fluxcd.io/v1beta1\nkind: ImageUpdateAutomation\nmetadata:\n  name: ui\n  namespace: flux-system\nspec:\n  sourceRef:\n    name: flux-system\n  git:\n    commit:\n      messageTemplate: '{{range .Updated.Images}}{{println .}}{{end}}'\n  update:\n    path: ./apps\n`,
    };
    expect(setUp(old)).toEqual({
      'apps/ui/deployment.yaml': deployment(markedImage),
      'flux/repository.yaml': `${old['flux/repository.yaml'].replace('v1beta2', 'v1')}  exclusionList:\n    - '^.*\\.sig$'\n    - '^build-'\n`,
      'flux/policy.yaml': old['flux/policy.yaml']
        .replace('v1beta2', 'v1')
        .replace('"^i[a-fA-F0-9]"', '"^i\\\\d{14}-[0-9a-f]{8}$"'),
      'flux/automation.yaml': old['flux/automation.yaml']
        .replace('v1beta1', 'v1')
        .replace('.Updated.Images}}{{println .}}', '.Changed.Changes}}{{println .NewValue}}'),
    });
  });
});

test('an automation without a branch takes that of its source', () => {
  const author = { name: 'bot', email: 'bot@example.com' };
  const changes = setUp(lab, { automation: { kind: 'flux', source: { namespace: 'shop', name: 'gitops' }, author } });
  expect(changes['apps/ui-image-automation.yaml']).toContain(
    "    name: gitops\n    namespace: shop\n  git:\n    commit:\n      author:\n        name: bot\n        email: bot@example.com\n      messageTemplate: '{{range .Changed.Changes}}{{println .NewValue}}{{end}}'\n  update:\n",
  );
});

describe('who commits', () => {
  const covering = `apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata:\n  name: all\n  namespace: flux-system\nspec:\n  sourceRef:\n    name: flux-system\n  update:\n    path: apps\n`;

  test('is nobody more where an automation covers the policy already', () => {
    expect(setUp({ ...lab, 'flux.yaml': covering })['apps/ui-image-automation.yaml']).toBe(
      [repository, imagePolicy].join('---\n'),
    );
  });

  test('is an automation of its own where the others select other policies, or write elsewhere', () => {
    const others = {
      'a.yaml': `${covering}  policySelector:\n    matchLabels:\n      app: cart\n`,
      'b.yaml': covering.replace('name: all', 'name: cart').replace('path: apps', 'path: apps/cart'),
    };
    expect(setUp({ ...lab, ...others })['apps/ui-image-automation.yaml']).toContain(automation);
  });

  test('is bump-flux-image with automation: action', () => {
    const changes = setUp(lab, { automation: { kind: 'action', suspend: false } });
    expect(changes['apps/ui-image-automation.yaml']).toBe([repository, imagePolicy].join('---\n'));
  });

  test('is never both: an automation that writes the same markers is refused, or suspended when asked', () => {
    const files = { ...lab, 'flux.yaml': covering };
    expect(() => plan(files, { automation: { kind: 'action', suspend: false } })).toThrow(
      expect.objectContaining({
        code: 'TWO_WRITERS',
        failure: expect.objectContaining({ detail: 'flux.yaml:1: ImageUpdateAutomation flux-system/all' }),
      }),
    );
    const changes = setUp(files, { automation: { kind: 'action', suspend: true } });
    expect(changes['flux.yaml']).toBe(`${covering}  suspend: true\n`);
  });

  test('is said to be nobody where the automation is suspended', () => {
    expect(plan({ ...lab, 'flux.yaml': `${covering}  suspend: true\n` }).notes).toContain(
      'flux.yaml:1: ImageUpdateAutomation flux-system/all is suspended: it commits nothing until spec.suspend is taken away.',
    );
  });
});

describe('objects that exist', () => {
  const exists = (object: string) => plan({ ...lab, 'flux.yaml': object });

  test.each([
    ['an ImageRepository of another image', repository.replace(image, 'docker.io/library/redis'), 'docker.io/library/redis'],
    [
      'an ImagePolicy of an unknown ImageRepository',
      imagePolicy.replace('Ref:\n    name: ui', 'Ref:\n    name: cart'),
      'the ImageRepository flux-system/cart, which was not found',
    ],
    [
      'an ImagePolicy by version',
      imagePolicy.replace('alphabetical:\n      order: asc', 'semver:\n      range: 1.x'),
      'another order',
    ],
    ['an ImagePolicy that orders downwards', imagePolicy.replace('asc', 'desc'), 'another order'],
    ['an ImagePolicy that extracts', imagePolicy.replace('filterTags:', 'filterTags:\n    extract: $ts'), 'filterTags.extract'],
    ['an automation of that name elsewhere', automation.replace('./apps/ui', './other'), 'one over ./other'],
  ])('and mean something else are refused: %s', (_, object, found) => {
    expect(() => exists(object)).toThrow(
      expect.objectContaining({ code: 'OBJECT_CONFLICT', failure: expect.objectContaining({ found }) }),
    );
  });

  test('twice, as in a repository of two clusters, are refused', () => {
    expect(() => plan({ ...lab, 'one.yaml': imagePolicy, 'two.yaml': imagePolicy })).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          detail: 'one.yaml:1: ImagePolicy flux-system/ui\ntwo.yaml:1: ImagePolicy flux-system/ui',
        }),
      }),
    );
  });

  test('are completed in their own style', () => {
    const object = `${imagePolicy}---\n${repository.replace("'^build-'", "'^pr-'").replace('  provider: aws\n', '')}`;
    const changes = setUp({ ...lab, 'flux.yaml': object }, { scan: { ...options.scan, reflection: 'Always' } });
    expect(changes['flux.yaml']).toBe(
      `${imagePolicy}  digestReflectionPolicy: Always\n  interval: 10m\n---\n${repository
        .replace("'^build-'", "'^pr-'\n    - '^build-'")
        .replace('  provider: aws\n', '')}  provider: aws\n`,
    );
    expect(changes['apps/ui-image-automation.yaml']).toBe(automation);
  });

  test('of another name, which the policy selects from, are used', () => {
    const object = `${imagePolicy.replace('Ref:\n    name: ui', 'Ref:\n    name: shop')}---\n${repository.replace('name: ui', 'name: shop')}`;
    const changes = setUp({ ...lab, 'flux.yaml': object });
    expect(changes['flux.yaml']).toBeUndefined();
    expect(changes['apps/ui-image-automation.yaml']).toBe(automation);
  });

  test('whose interval goes with Always alone are not set to another reflection', () => {
    const object = `${imagePolicy}  digestReflectionPolicy: Always\n  interval: 5m\n`;
    const scan = { ...options.scan, reflection: 'Never' as const };
    expect(() => plan({ ...lab, 'flux.yaml': object }, { scan })).toThrow(expect.objectContaining({ code: 'OBJECT_CONFLICT' }));
  });

  test('of whose credentials a Secret takes care get no provider', () => {
    const secret = repository.replace('provider: aws', 'secretRef:\n    name: ecr');
    expect(setUp({ ...lab, 'flux.yaml': secret })['flux.yaml']).toBeUndefined();
  });
});

describe('a digest beside the tag', () => {
  const files = {
    'apps/kustomization.yaml': `images:\n- name: ui\n  newName: ${current}\n  newTag: 0.4.0\n  digest: sha256:00\n`,
  };

  test('is marked where the policy gives digests', () => {
    const changes = setUp(files, { scan: { ...options.scan, reflection: 'Always' } });
    expect(changes['apps/kustomization.yaml']).toContain('digest: sha256:00 # {"$imagepolicy": "flux-system:ui:digest"}');
    const existing = { 'apps/policy.yaml': `${imagePolicy}  digestReflectionPolicy: IfNotPresent\n` };
    expect(setUp({ ...files, ...existing })['apps/kustomization.yaml']).toContain('ui:digest');
  });

  test('is refused where it would hold the old image fast', () => {
    expect(() => plan(files)).toThrow(
      expect.objectContaining({
        code: 'MARKER_UNSAFE',
        failure: expect.objectContaining({ detail: expect.stringContaining('a digest pins it') }),
      }),
    );
  });
});

describe('a Kustomization of Flux', () => {
  const apps =
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\nspec:\n  path: ./apps\n';

  test('that moves the objects to its own namespace makes the place wrong', () => {
    expect(() => plan({ ...lab, 'clusters/apps.yaml': `${apps}  targetNamespace: shop\n` })).toThrow(
      expect.objectContaining({
        code: 'OBJECT_MISPLACED',
        failure: expect.objectContaining({
          found: 'clusters/apps.yaml:1 applies it with targetNamespace shop',
        }),
      }),
    );
  });

  test('that does not apply the objects is told of, and one that does is not', () => {
    const note = expect.stringMatching(/^No Kustomization of Flux that was read applies apps\/ui-image-automation\.yaml/);
    expect(plan({ ...lab, 'clusters/apps.yaml': apps.replace('./apps', './apps/ui') }).notes).toContainEqual(note);
    expect(plan({ ...lab, 'clusters/apps.yaml': apps }).notes).not.toContainEqual(note);
  });
});

test('objects go into a given file, behind what it holds', () => {
  const files = { ...lab, 'clusters/one/images.yaml': '# images\r\na: b' };
  const changes = setUp(files, { objectsFile: 'clusters/one/images.yaml' });
  const documents = [repository, imagePolicy, automation].join('---\n').replaceAll('\n', '\r\n');
  expect(changes['clusters/one/images.yaml']).toBe(`# images\r\na: b\r\n---\r\n${documents}`);
});

test('an image elsewhere than in Amazon ECR is scanned without a provider', () => {
  const scan = { policy, image: { name: 'ghcr.io/shop/ui' } };
  const changes = setUp(lab, { scan });
  expect(changes['apps/ui-image-automation.yaml']).toContain('image: ghcr.io/shop/ui\n  interval: 1m\n  exclusionList:');
});

test('without a kustomization it is said that Flux needs no entry', () => {
  const planned = plan({ 'apps/ui/deployment.yaml': deployment(plainImage) });
  expect(Object.keys(planned.changes)).toEqual(['apps/ui/deployment.yaml', 'apps/ui/ui-image-automation.yaml']);
  expect(planned.notes).toContain(
    'apps/ui/ui-image-automation.yaml needs no entry: without a kustomization above it, Flux applies every manifest of its path.',
  );
});

test('files that are not YAML in UTF-8 are passed over, with file, line and reason', () => {
  const files = [
    { path: 'bad.yaml', content: Buffer.from(`image: ${current}\nc: d: e\n`) },
    { path: 'latin.yaml', content: Buffer.from([0x61, 0x3a, 0x20, 0xe4]) },
    ...Object.entries(lab).map(([path, text]) => ({ path, content: Buffer.from(text) })),
  ];
  expect(planSetup(files, options).notes).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Passed over bad\.yaml:2: ./), 'Passed over latin.yaml: it is not UTF-8.']),
  );
});

test('the diff shows new and changed files as git does', () => {
  const { diff } = plan(lab);
  expect(diff).toContain(
    '--- a/apps/kustomization.yaml\n+++ b/apps/kustomization.yaml\n@@ -1,4 +1,5 @@\n apiVersion: kustomize.config.k8s.io/v1beta1\n kind: Kustomization\n resources:\n   - ui\n+  - ui-image-automation.yaml\n',
  );
  expect(diff).toContain('--- /dev/null\n+++ b/apps/ui-image-automation.yaml\n@@ -0,0 +1,51 @@\n+apiVersion:');
});
