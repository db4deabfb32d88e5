const hostForm = /^git-codecommit(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws|amazonaws\.eu)$/;

/** The AWS region of a CodeCommit repository's HTTPS URL; undefined for any other URL. */
export function codeCommitRegion(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'https:' ? hostForm.exec(parsed.hostname)?.[1] : undefined;
}

/** Whether a URL is CodeCommit's, over HTTPS or in git-remote-codecommit's forms. */
export function isCodeCommit(url: string): boolean {
  return url.startsWith('codecommit:') || codeCommitRegion(url) !== undefined;
}
