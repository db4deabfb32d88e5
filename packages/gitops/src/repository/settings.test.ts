import { expect, test } from '@jest/globals';
import { httpAccess } from './http-access.ts';
import { cloneEnvironment, settingVariables } from './settings.ts';
import { sshConfig } from './ssh-access.ts';

test('settings come after those that the environment holds already', () => {
  const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.proxy', GIT_CONFIG_VALUE_0: 'p' };
  const variables = {
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'http.proxy',
    GIT_CONFIG_VALUE_0: 'p',
    GIT_CONFIG_KEY_1: 'a.b',
    GIT_CONFIG_VALUE_1: '',
    GIT_CONFIG_KEY_2: 'a.b',
    GIT_CONFIG_VALUE_2: '1',
  };
  expect(
    settingVariables(
      [
        ['a.b', ''],
        ['a.b', '1'],
      ],
      env,
    ),
  ).toEqual(variables);
  expect(settingVariables([], { GIT_CONFIG_COUNT: 'x' })).toEqual({ GIT_CONFIG_COUNT: '0' });
});

test('variables that make git print what it sends, run programs or take templates are left out', () => {
  const env = { GIT_TRACE_CURL: '1', GIT_TRACE: '1', GIT_CURL_VERBOSE: '1', GIT_ALLOW_PROTOCOL: 'ext', GIT_TEMPLATE_DIR: '/t' };
  expect(cloneEnvironment({ ...env, PATH: '/bin', HTTPS_PROXY: 'p', GIT_SSL_CAINFO: 'c' })).toEqual({
    PATH: '/bin',
    HTTPS_PROXY: 'p',
    GIT_SSL_CAINFO: 'c',
  });
});

test('a login is in the environment alone, for the origin alone, with all other logins put out of force', () => {
  const remote = { kind: 'http', url: 'https://host:8443/o/r.git', origin: 'https://host:8443' } as const;
  const { config, env } = httpAccess(remote, { username: 'me', password: 'secret' });
  expect(JSON.stringify(config)).not.toContain('secret');
  expect(env).toMatchObject({ EKS_GITOPS_GIT_USERNAME: 'me', EKS_GITOPS_GIT_PASSWORD: 'secret' });
  expect(config).toEqual(
    expect.arrayContaining([
      ['http.https://host:8443/o/r.git.extraheader', ''],
      ['credential.helper', ''],
      ['credential.https://host:8443.helper', expect.any(String)],
    ]),
  );
});

test.each([
  [{ keyFile: '/a b/100%/key' }, ['IdentityFile "/a b/100%%/key"'], ['UserKnownHostsFile']],
  [{ keyFile: '/key', hostsFile: '/hosts' }, ['UserKnownHostsFile "/hosts"', 'GlobalKnownHostsFile /dev/null'], []],
])('the ssh configuration of %j trusts no new host and offers one key', (files, lines, absent) => {
  const config = sshConfig(files);
  for (const line of ['IdentitiesOnly yes', 'StrictHostKeyChecking yes', 'BatchMode yes', ...lines])
    expect(config).toContain(`${line}\n`);
  for (const name of absent) expect(config).not.toContain(name);
});
