import { stringify } from 'yaml';
import type { Action } from '../action.ts';
import { type Input, isGeneral } from '../input.ts';

/** The action.yml of an action for GitHub Actions, with the bundle dist/main.js as main and post step. */
export function actionYml({ name, description, inputs, outputs }: Action): string {
  const document = {
    name,
    description,
    author: 'eks-gitops-actions',
    branding: { icon: 'git-merge', color: 'blue' },
    inputs: Object.fromEntries(Object.entries(inputs).map(([input, about]) => [input, inputEntry(about)])),
    outputs: Object.fromEntries(Object.entries(outputs).map(([output, meaning]) => [output, { description: meaning }])),
    runs: { using: 'node24', main: 'dist/main.js', post: 'dist/main.js', 'post-if': 'always()' },
  };
  return `# Generated from src/action.ts by \`npm run generate\`.\n${stringify(document, { lineWidth: 0 })}`;
}

function inputEntry(input: Input<unknown>): Readonly<Record<string, string | boolean>> {
  const given = input.tellsBlank ? blankMarker : input.default;
  return { description: describe(input), required: input.required, ...(given === undefined ? {} : { default: given }) };
}

/** Stands for "not given", so that an empty value shows that the CI blanked it. */
const blankMarker = 'none';

function describe(input: Input<unknown>): string {
  const { description, allowed, form } = input;
  return form === 'boolean' || isGeneral(input) ? description : `${description} Allowed: ${allowed}.`;
}
