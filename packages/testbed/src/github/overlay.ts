/** What is laid over an example: objects by their keys, anything else instead of what stands there. */
export function overlay(example: unknown, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = isRecord(example) ? { ...example } : {};
  for (const [key, value] of Object.entries(values)) {
    result[key] = isRecord(value) && isRecord(result[key]) ? overlay(result[key], value) : value;
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
