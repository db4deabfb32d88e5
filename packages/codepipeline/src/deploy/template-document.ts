import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import { stackOutputs } from '../names.ts';

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
const document = z.object({
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});

export type TemplateResource = z.infer<typeof resource>;
/** What is read of a CloudFormation template. */
export type TemplateDocument = z.infer<typeof document>;

/** The template of a stack that is not there. */
export const noTemplate: TemplateDocument = { Resources: {}, Outputs: {} };

/** Reads a template that was made here. */
export function templateDocument(template: unknown): TemplateDocument {
  return document.parse(template);
}

/** Reads the template that a stack has. Throws STACK_FOREIGN for one that this project did not make. */
export function deployedTemplate(text: string, stack: string): TemplateDocument {
  const found = document.safeParse(tryJson(text)).data;
  if (found !== undefined && stackOutputs.pipelineName in found.Outputs) return found;
  throw new ActionError({
    code: 'STACK_FOREIGN',
    message: `The stack ${stack} is not one of provision-pipeline.`,
    expected: `a template in JSON with the output ${stackOutputs.pipelineName}`,
    found: found === undefined ? 'another template' : `the outputs ${Object.keys(found.Outputs).join(', ') || 'none'}`,
    remedy: 'Give another name as stack.',
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
