/** Whether a system call failed with this code, such as ENOENT. Node's own errors may come from another realm than `Error`. */
export function hasCode(thrown: unknown, code: string): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === code;
}
