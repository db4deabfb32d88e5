/**
 * Whether an event fits a rule's pattern: each field that the pattern names must be there, with one of the values that it lists ("Amazon
 * EventBridge event patterns"). Values alone are compared; of the operators, only `prefix`.
 */
export function matchesPattern(event: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some(wanted => fits(event, wanted));
  if (!isObject(pattern) || !isObject(event)) return false;
  return Object.entries(pattern).every(([field, wanted]) => matchesPattern(event[field], wanted));
}

function fits(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value)) return value.some(one => fits(one, wanted));
  if (!isObject(wanted)) return value === wanted;
  const [operator, operand] = Object.entries(wanted)[0] ?? [];
  if (operator === 'prefix') return typeof value === 'string' && value.startsWith(String(operand));
  throw new Error(`This does not know the operator ${operator} of event patterns.`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
