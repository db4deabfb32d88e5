/** Reads JSON that may be none; undefined when it is not. What it holds is for a schema to say. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
