import { fileURLToPath } from 'node:url';
import { ActionError } from '@eks-gitops/errors';
import { type BareRepository, readFiles, startGitServer } from '@eks-gitops/testbed';
import { runCommand } from './lab-command.ts';
import type { LabPlan } from './lab-plan.ts';
import type { Release } from './lab-release.ts';

const sample = fileURLToPath(new URL('../workflows-examples/gitops', import.meta.url));
const login = { username: 'x-access-token', password: 'the-lab-gitops-token' };

/** What was committed to the GitOps repository, read back from it. */
export interface Deployed {
  readonly url: string;
  /** The commits of setup-flux-image and of bump-flux-image. */
  readonly setup: string;
  readonly bump: string;
  /** The second one, as git shows it. */
  readonly shown: readonly string[];
}

export interface DeployOptions {
  readonly plan: LabPlan;
  readonly released: Release;
  readonly env: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Serves the sample GitOps repository over HTTP, sets it up, and brings the tag just published into it. */
export async function deploy({ plan, released, env, report, signal }: DeployOptions): Promise<Deployed> {
  const server = await startGitServer({ login });
  try {
    const repository = await server.createRepository('gitops.git', await readFiles(sample));
    const { url } = repository;
    const own = { ...env, INPUT_TOKEN: login.password };
    const run = (label: string, args: readonly string[]) =>
      runCommand({ label, args, cwd: plan.checkout, env: own, report, signal });
    const place = [`--repository=${url}`, '--path=apps'];
    const { commit: setup = '' } = await run('setup', [
      'setup-flux-image',
      ...place,
      '--policy=flux-system:ui',
      `--image=${released.image}`,
      '--current-image=public.ecr.aws/aws-containers/retail-store-sample-ui',
      '--automation=action',
    ]);
    const args = ['bump-flux-image', ...place, '--policy=flux-system:ui', `--record=${plan.record}`];
    const { commit: bump = '' } = await run('bump', args);
    const again = await run('again', args);
    if (again['changed'] !== 'false' || again['commit'] !== bump) throw notTheSame(bump, again);
    await verify({ repository, released, bump });
    report(`read back ${bump} from ${url}`);
    const shown = await repository.git('show', '--format=%h %an: %s%n%n%b', '--unified=0', bump);
    return { url, setup, bump, shown: shown.split('\n').filter(line => !/^(?:diff|index|---|@@)/.test(line)) };
  } finally {
    await server.stop();
  }
}

interface Verification {
  readonly repository: BareRepository;
  readonly released: Release;
  readonly bump: string;
}

async function verify({ repository, released, bump }: Verification): Promise<void> {
  const head = await repository.git('rev-parse', 'main');
  const manifest = await repository.read('apps/ui/deployment.yaml');
  const expected = `${released.image}:${released.index.tag}`;
  if (head === bump && manifest.includes(expected)) return;
  throw new ActionError({
    code: 'UNEXPECTED',
    message: 'The GitOps repository does not hold what was committed.',
    expected: `${expected} in apps/ui/deployment.yaml of ${bump}`,
    found: `${head}:\n${manifest}`,
  });
}

function notTheSame(bump: string, { changed, commit }: Readonly<Record<string, string>>): ActionError {
  return new ActionError({
    code: 'UNEXPECTED',
    message: 'Bumped again, the GitOps repository was changed again.',
    expected: `changed=false, commit=${bump}`,
    found: `changed=${changed}, commit=${commit}`,
  });
}
