import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import { takeLock } from '../lock.ts';
import { awsHosts } from '../sandbox/aws-hosts.ts';
import { currentSandbox } from '../sandbox/current.ts';
import { type GitServer, startGitServer } from './git-server.ts';

/** The git side of AWS CodeCommit; repositories are named `v1/repos/NAME`. */
export interface CodeCommit extends GitServer {
  /** Credentials that AWS clients take from the environment, and the authority that git must trust. */
  readonly env: Readonly<Record<string, string>>;
  /** What git shows for a path such as `/v1/repos/NAME`; good for 15 minutes. */
  readonly login: (path: string) => { readonly username: string; readonly password: string };
  /** User names that were shown with a good signature. */
  readonly users: () => readonly string[];
}

const keys = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', session: 'a/session+token==' };
const region = 'us-west-2';
const validity = 15 * 60_000;

/**
 * Serves git under CodeCommit's own host name by TLS, and demands a user name and a password as git-remote-codecommit makes them, by a
 * reckoning of its own. In a sandbox only; there is one at a time, so a second caller waits for the first to stop it.
 */
export async function startCodeCommit(): Promise<CodeCommit> {
  const { authority, certificateFile, folder } = await currentSandbox();
  const turn = await takeLock({ file: join(folder, 'codecommit.lock'), ifHeld: 'wait' });
  const { name, address } = awsHosts.codecommit;
  const users: string[] = [];
  const server = await startGitServer({
    tls: await authority.issue([name]),
    address,
    port: 443,
    name,
    login: ({ authorization, path }) => {
      const [user = '', password = ''] = Buffer.from(authorization?.split(' ')[1] ?? '', 'base64')
        .toString()
        .split(':');
      const good = user === `${keys.id}%${keys.session}` && isSigned(password, /^\/v1\/repos\/[^/?]+/.exec(path)?.[0] ?? '');
      if (good) users.push(user);
      return good;
    },
  });
  return {
    ...server,
    env: {
      AWS_ACCESS_KEY_ID: keys.id,
      AWS_SECRET_ACCESS_KEY: keys.secret,
      AWS_SESSION_TOKEN: keys.session,
      GIT_SSL_CAINFO: certificateFile,
    },
    login: path => {
      const time = new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '');
      return { username: `${keys.id}%${keys.session}`, password: `${time}Z${sign(time, path)}` };
    },
    users: () => [...users],
    stop: async () => {
      await server.stop();
      await turn?.release();
    },
  };
}

function isSigned(password: string, path: string): boolean {
  const [, time = '', signature = ''] = /^(\d{8}T\d{6})Z([0-9a-f]{64})$/.exec(password) ?? [];
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)$/.exec(time) ?? [];
  const age = Date.now() - Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Math.abs(age) < validity && signature === sign(time, path);
}

/** Signature Version 4 by hand ("Create a signed AWS API request"). */
function sign(time: string, path: string): string {
  const date = time.slice(0, 8);
  const request = `GIT\n${path}\n\nhost:${awsHosts.codecommit.name}\n\nhost\n`;
  const hash = createHash('sha256').update(request).digest('hex');
  const text = `AWS4-HMAC-SHA256\n${time}\n${date}/${region}/codecommit/aws4_request\n${hash}`;
  const key = [date, region, 'codecommit', 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${keys.secret}`),
  );
  return createHmac('sha256', key).update(text).digest('hex');
}
