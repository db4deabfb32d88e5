/** Output variables by namespace, as `#{namespace.NAME}` names them. */
export type Variables = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Puts the values of `#{namespace.NAME}` into a text ("Working with variables", AWS CodePipeline User Guide). Throws where there is none:
 * CodePipeline fails an action whose variable cannot be resolved.
 */
export function fillVariables(text: string, variables: Variables): string {
  return text.replace(/#\{([^.{}]+)\.([^{}]+)\}/g, (written, namespace: string, name: string) => {
    const value = variables.get(namespace)?.[name];
    if (value === undefined) throw new Error(`The variable ${written} has no value.`);
    return value;
  });
}
