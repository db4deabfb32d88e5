import { printScalar } from '../markers/index.ts';

/** An Ingress that the AWS Load Balancer Controller makes a load balancer of. */
export interface IngressSettings {
  readonly name: string;
  /** That of the service; without one it is left to what applies the manifests. */
  readonly namespace?: string;
  /** Without one it answers for every host. */
  readonly host?: string;
  readonly service: string;
  readonly port: number;
  /** Asked of each pod by the load balancer. */
  readonly healthCheckPath: string;
}

/**
 * Reachable from the internet, with the pods themselves as targets, so that the load balancer knows which of them are ready.
 * Source: AWS Load Balancer Controller, "Ingress annotations".
 */
export function ingress({ name, namespace, host, service, port, healthCheckPath }: IngressSettings): string {
  const rule = host === undefined ? '    - http:' : `    - host: ${printScalar(host, 'plain')}`;
  return [
    'apiVersion: networking.k8s.io/v1',
    'kind: Ingress',
    'metadata:',
    `  name: ${printScalar(name, 'plain')}`,
    ...(namespace === undefined ? [] : [`  namespace: ${printScalar(namespace, 'plain')}`]),
    '  annotations:',
    '    alb.ingress.kubernetes.io/scheme: internet-facing',
    '    alb.ingress.kubernetes.io/target-type: ip',
    `    alb.ingress.kubernetes.io/healthcheck-path: ${printScalar(healthCheckPath, 'plain')}`,
    'spec:',
    '  ingressClassName: alb',
    '  rules:',
    rule,
    ...(host === undefined ? [] : ['      http:']),
    '        paths:',
    '          - path: /',
    '            pathType: Prefix',
    '            backend:',
    '              service:',
    `                name: ${printScalar(service, 'plain')}`,
    '                port:',
    `                  number: ${port}`,
    '',
  ].join('\n');
}
