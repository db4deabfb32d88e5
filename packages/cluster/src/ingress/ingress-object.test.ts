import { ActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { readIngress } from './ingress-object.ts';

const hostname = 'k8s-ui-ui-1268651632.us-west-2.elb.amazonaws.com';

interface Parts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly status?: object;
}

function ingress({ annotations = {}, spec = {}, status = {} }: Parts) {
  const alb = { 'alb.ingress.kubernetes.io/scheme': 'internet-facing', 'alb.ingress.kubernetes.io/target-type': 'ip' };
  const backend = { service: { name: 'ui', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'ui', namespace: 'ui', generation: 1, annotations: { ...alb, ...annotations } },
    spec: { ingressClassName: 'alb', rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }], ...spec },
    status,
  };
}

const plain = { addresses: [], className: 'alb', scheme: 'http', port: 80 };
const annotated = (name: string, value: string) => ({ annotations: { [`alb.ingress.kubernetes.io/${name}`]: value } });

test.each<readonly [string, Parts, object]>([
  ['has no address yet', {}, plain],
  ['has an empty status', { status: { loadBalancer: {} } }, plain],
  ['has a host name', { status: { loadBalancer: { ingress: [{ hostname }] } } }, { ...plain, addresses: [hostname] }],
  ['has an IP address', { status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } }, { ...plain, addresses: ['192.0.2.7'] }],
  [
    'has several addresses',
    { status: { loadBalancer: { ingress: [{ hostname, ip: '192.0.2.1' }, { ip: '192.0.2.7' }, {}, { ip: '192.0.2.7' }] } } },
    { ...plain, addresses: [hostname, '192.0.2.7'] },
  ],
  ['has a certificate', annotated('certificate-arn', 'arn:aws:acm:x'), { ...plain, scheme: 'https', port: 443 }],
  ['listens on a port of its own', annotated('listen-ports', '[{"HTTP": 8080}]'), { ...plain, port: 8080 }],
  ['listens on both', annotated('listen-ports', '[{"HTTP": 80}, {"HTTPS": 8443}]'), { ...plain, scheme: 'https', port: 8443 }],
  ['has listen-ports that are none', annotated('listen-ports', 'HTTP:80'), plain],
  ['names secrets, of which an ALB makes no listener', { spec: { tls: [{ hosts: ['a.example'] }] } }, plain],
  [
    'is of another class and has tls',
    { spec: { ingressClassName: 'nginx', tls: [{ hosts: ['a.example'] }] } },
    { addresses: [], className: 'nginx', scheme: 'https', port: 443 },
  ],
  ['is for hosts', { spec: { rules: [{ host: '*.b.example' }, { host: 'a.example' }] } }, { ...plain, host: 'a.example' }],
  ['is for a host and for all others', { spec: { rules: [{ host: 'a.example' }, {}] } }, plain],
])('an Ingress that %s', (_, parts, state) => {
  expect(readIngress(ingress(parts))).toEqual(state);
});

test('an object of another form is a fault of the server', () => {
  const read = () => readIngress({ spec: {} });
  expect(read).toThrow(ActionError);
  expect(read).toThrow('an Ingress that is none');
});
