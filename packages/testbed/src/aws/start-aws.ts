import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { closeServer, listen } from '../listening.ts';
import { takeLock } from '../lock.ts';
import { awsHosts } from '../sandbox/aws-hosts.ts';
import { currentSandbox } from '../sandbox/current.ts';
import { wireError } from './common-errors.ts';
import { jsonProtocol } from './json-protocol.ts';
import type { Protocol, WireAnswer } from './protocol.ts';
import { queryProtocol } from './query-protocol.ts';
import { loadServiceModel, type ScriptedService, type ServiceModel, scriptedServices } from './service-model.ts';
import { shapeFaults } from './shape-faults.ts';

/** What a script does with a call; an error is named by its shape, as the operation declares it, or is one common to all. */
export type ScriptedAnswer =
  | { readonly kind: 'output'; readonly output: object }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'reset' };

export interface ScriptedCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** How many calls of the operation came, this one included. */
  readonly count: number;
}

/** What a service does with its calls: a function with a state of its own. */
export type AwsScript = (call: ScriptedCall) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface AwsOptions {
  readonly scripts: Readonly<Partial<Record<ScriptedService, AwsScript>>>;
  /** `loopback` is for clients with an endpoint setting; `aws` serves AWS's own host names by TLS, in a sandbox only, one at a time. */
  readonly at?: 'loopback' | 'aws';
}

export interface ScriptedAws {
  /** Credentials, region and, on loopback, the endpoint, which AWS's clients take from the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Every call, in order, as IAM names it: `codepipeline:GetPipelineExecution`. */
  readonly calls: () => readonly string[];
  /** Requests and scripted answers that AWS's service models do not allow; a test wants none. */
  readonly violations: () => readonly string[];
  readonly stop: () => Promise<void>;
}

interface Service {
  readonly model: ServiceModel;
  readonly protocol: Protocol;
  readonly script: AwsScript;
}

const credentials = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing', AWS_REGION: 'us-west-2' };

/**
 * Starts AWS services that do what their scripts say. Every request and every answer is checked against the service's model as botocore
 * carries it; a request that breaks it is refused as AWS does, an answer that breaks it becomes a 501, and both are recorded.
 */
export async function startAws({ scripts, at = 'loopback' }: AwsOptions): Promise<ScriptedAws> {
  const services = await openServices(scripts);
  const calls: string[] = [];
  const violations: string[] = [];

  const answer = async (request: IncomingMessage): Promise<WireAnswer | undefined> => {
    const { service, name } = findService(request, services);
    const wire = { headers: request.headers, body: await text(request) };
    const { operation, input } = service.protocol.decode(wire);
    const call = `${name}:${operation}`;
    calls.push(call);
    const requestId = randomUUID();
    const described = service.model.operations[operation];
    if (described === undefined) throw new Error(`${call} is no operation`);
    const faults = described.input ? shapeFaults({ model: service.model, shape: described.input.shape, value: input }) : [];
    if (faults.length > 0) {
      violations.push(...faults.map(fault => `${call}: ${fault}`));
      return service.protocol.encodeError({ code: 'ValidationException', message: faults.join('; '), status: 400, requestId });
    }
    const count = calls.filter(one => one === call).length;
    const scripted = await service.script({ operation, input: { ...Object(input) }, count });
    if (scripted.kind === 'reset') return undefined;
    if (scripted.kind === 'error') {
      const error = wireError(service.model, { operation, ...scripted });
      if (error === undefined) throw new Error(`${call} does not give ${scripted.code}`);
      return service.protocol.encodeError({ ...error, requestId });
    }
    const { output } = scripted;
    const wrong = described.output ? shapeFaults({ model: service.model, shape: described.output.shape, value: output }) : [];
    if (wrong.length > 0) throw new Error(`${call}: ${wrong.join('; ')}`);
    return service.protocol.encode({ operation, output, requestId });
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request).then(
      wire => {
        if (wire === undefined) request.socket.resetAndDestroy();
        else response.writeHead(wire.status, wire.headers).end(wire.body);
      },
      (thrown: unknown) => {
        violations.push(String(thrown));
        response.writeHead(501, { 'content-type': 'text/plain' }).end(String(thrown));
      },
    );
  };
  const listening = at === 'aws' ? await serveAwsHosts(listener) : await serveLoopback(listener);
  return {
    env: { ...credentials, ...listening.env },
    calls: () => [...calls],
    violations: () => [...violations],
    stop: listening.stop,
  };
}

async function openServices(scripts: AwsOptions['scripts']): Promise<ReadonlyMap<string, Service>> {
  const opened = scriptedServices.map(async (name): Promise<readonly [string, Service][]> => {
    const script = scripts[name];
    if (script === undefined) return [];
    const model = await loadServiceModel(name);
    const open = model.metadata.protocols.includes('json') ? jsonProtocol : queryProtocol;
    return [[name, { model, protocol: open(model), script }]];
  });
  return new Map((await Promise.all(opened)).flat());
}

/** The service that a request is signed for ("Create a signed AWS API request": the scope of the credential). */
function findService({ headers }: IncomingMessage, services: ReadonlyMap<string, Service>): { name: string; service: Service } {
  const name = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
  const service = services.get(name ?? '');
  if (name === undefined || service === undefined) throw new Error(`There is no script for ${name ?? 'an unsigned request'}`);
  return { name, service };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
type Listening = Pick<ScriptedAws, 'env' | 'stop'>;

async function serveLoopback(listener: Listener): Promise<Listening> {
  const server = createServer(listener);
  const { port } = await listen(server, { address: '127.0.0.1', port: 0 });
  return { env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }, stop: () => closeServer(server) };
}

async function serveAwsHosts(listener: Listener): Promise<Listening> {
  const { authority, certificateFile, folder } = await currentSandbox();
  const turn = await takeLock({ file: join(folder, 'scripted-aws.lock'), ifHeld: 'wait' });
  const { address } = awsHosts.codepipeline;
  const hosts = Object.values(awsHosts).filter(host => host.address === address);
  const { certificate, key } = await authority.issue(hosts.map(host => host.name));
  const server = createTlsServer({ cert: certificate, key }, listener);
  await listen(server, { address, port: 443 });
  const stop = async (): Promise<void> => {
    await closeServer(server);
    await turn?.release();
  };
  return { env: { NODE_EXTRA_CA_CERTS: certificateFile }, stop };
}
