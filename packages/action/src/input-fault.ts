import { ActionError, type Failure, factLines } from '@eks-gitops/errors';

/** What is wrong with one input. */
export interface InputFault extends Failure {
  /** The input's name as the user wrote it, or should have written it. */
  readonly input: string;
  /** The input that was probably meant by a name that does not exist. */
  readonly meant?: string | undefined;
}

/** One error for all faulty inputs, so that they can be mended in one go. */
export function inputError([first, ...rest]: readonly [InputFault, ...InputFault[]]): ActionError {
  if (rest.length === 0) return new ActionError(failureOf(first));
  const faults = [first, ...rest];
  return new ActionError({
    code: first.code,
    message: `${faults.length} inputs are wrong: ${faults.map(({ input }) => input).join(', ')}.`,
    detail: faults.map(describe).join('\n'),
  });
}

function failureOf({ input: _, meant: __, ...failure }: InputFault): Failure {
  return failure;
}

function describe(fault: InputFault): string {
  return [`- ${fault.message}`, ...factLines(fault).map(line => `    ${line}`)].join('\n');
}

/** A value as an error may show it: quoted, and cut when long. */
export function excerpt(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
