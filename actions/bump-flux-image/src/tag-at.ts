/** For tests: the tag of a commit at a minute of an hour. */
export function tagAt(minute: number, sha8 = 'ac8730e8'): string {
  return `i202611231017${String(minute).padStart(2, '0')}-${sha8}`;
}
