import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CodeCommit, requireTool, type StackPlace } from '@eks-gitops/testbed';
import { execa } from 'execa';

const repository = 'shop';

/** An image of either architecture, without a base that would have to be pulled: its step runs on it. */
export const dockerfile = `FROM scratch
ARG TARGETARCH
COPY --chmod=755 busybox-\${TARGETARCH} /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox uname -m > /machine"]
CMD ["/bin/busybox", "cat", "/machine"]
`;

/** The repository of the lab's options, with one commit. */
export async function createSource(codecommit: CodeCommit): Promise<void> {
  const [amd64, arm64] = await Promise.all(
    [requireTool('busybox-amd64'), requireTool('busybox-arm64')].map(async file => readFile(await file)),
  );
  if (amd64 === undefined || arm64 === undefined) throw new Error('There is no busybox.');
  await codecommit.createRepository(`v1/repos/${repository}`, {
    'src/ui/Dockerfile': dockerfile,
    'src/ui/busybox-amd64': amd64,
    'src/ui/busybox-arm64': arm64,
  });
}

interface PushedChange {
  readonly codecommit: CodeCommit;
  readonly checkout: string;
  readonly files: Readonly<Record<string, string>>;
  readonly branch: string;
}

/** Commits and pushes over HTTPS, as a developer does; gives the commit. */
export async function pushChange({ codecommit, checkout, files, branch }: PushedChange): Promise<string> {
  const path = `/v1/repos/${repository}`;
  const { username, password } = codecommit.login(path);
  const env = {
    ...codecommit.env,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  };
  const identity = ['-c', 'user.name=A Developer', '-c', 'user.email=developer@example.com'];
  const git = (...args: string[]) => execa('git', [...identity, ...args], { cwd: checkout, env });
  await rm(checkout, { recursive: true, force: true });
  await execa('git', ['clone', '--quiet', '--', `${codecommit.url}${path}`, checkout], { env });
  for (const [name, content] of Object.entries(files)) await writeFile(join(checkout, name), content);
  await git('add', '.');
  await git('commit', '--quiet', '--allow-empty', '--message=Change the page');
  await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  return (await git('rev-parse', 'HEAD')).stdout;
}

/** https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html, "referenceUpdated". */
export function changeEvent({ commit, branch, place }: { commit: string; branch: string; place: StackPlace }): unknown {
  return {
    version: '0',
    'detail-type': 'CodeCommit Repository State Change',
    source: 'aws.codecommit',
    account: place.account,
    region: place.region,
    resources: [`arn:aws:codecommit:${place.region}:${place.account}:${repository}`],
    detail: {
      event: 'referenceUpdated',
      repositoryName: repository,
      referenceType: 'branch',
      referenceName: branch,
      referenceFullName: `refs/heads/${branch}`,
      commitId: commit,
    },
  };
}
