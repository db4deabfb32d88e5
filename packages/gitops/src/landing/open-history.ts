import { fetchHistory, type History, type HistoryRequest, readRemoteUrl } from '../repository/index.ts';
import { type AccessRequest, openGitAccess } from './access.ts';

export type HistoryQuestion = Omit<HistoryRequest, 'credentials'> & Omit<AccessRequest, 'url' | 'pullRequests'>;

/** The commits of a repository, read with the access that was given. Throws the errors of git and of GitHub. */
export async function openHistory(question: HistoryQuestion): Promise<History> {
  const url = await readRemoteUrl(question);
  const credentials = await openGitAccess({ ...question, url, pullRequests: false });
  return fetchHistory({ ...question, credentials });
}
