import { ActionError } from '@eks-gitops/errors';
import type { Automation, IngressSettings, PlaceChoice, ScannedImage, SetupOptions } from '@eks-gitops/gitops/flux-objects';
import { parseEcrHost } from '@eks-gitops/images/login';
import type { SetupInputs } from './inputs.ts';

/** What the inputs ask for, as the GitOps domain takes it. Throws INPUT_INVALID for inputs that exclude each other. */
export function setupOptions(inputs: SetupInputs): SetupOptions {
  const { policy, path, 'digest-reflection': reflection, 'objects-file': objectsFile } = inputs;
  return {
    scan: { policy, image: scannedImage(inputs), ...(reflection === undefined ? {} : { reflection }) },
    path,
    place: placeChoice(inputs),
    automation: automationOf(inputs),
    ...(objectsFile === undefined ? {} : { objectsFile }),
    ...(inputs.ingress ? { ingress: ingressOf(inputs) } : {}),
  };
}

/** The image with what its host says, when that is Amazon ECR's. */
function scannedImage({ image: { name, registry } }: SetupInputs): ScannedImage {
  const ecr = parseEcrHost(registry);
  return ecr === undefined ? { name } : { name, ecr: { account: ecr.account, region: ecr.region } };
}

function placeChoice({ image, 'current-image': current, file: files, container, key }: SetupInputs): PlaceChoice {
  if (container !== undefined && key !== undefined) throw excluded('container', 'key');
  if (container !== undefined) return { kind: 'container', container, files };
  if (key !== undefined) return { kind: 'trail', trail: key, files };
  return { kind: 'image', images: [image.name, ...(current === undefined ? [] : [current.name])], files };
}

function automationOf(inputs: SetupInputs): Automation {
  const { automation, source, branch, author, 'update-path': folder, 'suspend-automation': suspend } = inputs;
  if (automation === 'action') return { kind: 'action', suspend };
  if (suspend) throw excluded('suspend-automation', 'automation: flux');
  return {
    kind: 'flux',
    source,
    author,
    ...(branch === undefined ? {} : { branch }),
    ...(folder === undefined ? {} : { folder }),
  };
}

function ingressOf(inputs: SetupInputs): IngressSettings {
  const { policy, 'ingress-name': name = policy.name, 'ingress-service': service = policy.name } = inputs;
  const { 'ingress-namespace': namespace, 'ingress-host': host } = inputs;
  return {
    name,
    service,
    port: inputs['ingress-port'],
    healthCheckPath: inputs['health-check-path'],
    ...(namespace === undefined ? {} : { namespace }),
    ...(host === undefined ? {} : { host }),
  };
}

function excluded(one: string, other: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `The inputs ${one} and ${other} exclude each other.`,
    expected: 'one of them',
    found: 'both',
  });
}
