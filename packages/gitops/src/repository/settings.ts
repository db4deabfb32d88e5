import type { Environment } from '../git.ts';

/** One line of git's configuration; a name may stand several times, and the last one wins or adds. */
export type Setting = readonly [name: string, value: string];

/** What git is told by its environment alone: nothing of it stands in an argument, where every user of the machine could read it. */
export interface GitSettings {
  readonly config: readonly Setting[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What holds for every command in a private clone: no hooks, no monitors, no conversion of line ends, no signing, no upkeep in the
 * background, nothing with submodules, no transport that runs a program, and an end to connections that stand still.
 */
export const baseSettings: readonly Setting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.autocrlf', 'false'],
  ['core.symlinks', 'true'],
  ['core.sparseCheckoutCone', 'true'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['push.gpgSign', 'false'],
  ['push.followTags', 'false'],
  ['push.pushOption', ''],
  ['transfer.unpackLimit', '1'],
  ['fastimport.unpackLimit', '1'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '30'],
  ['protocol.allow', 'never'],
  ['protocol.https.allow', 'always'],
  ['protocol.http.allow', 'always'],
  ['protocol.ssh.allow', 'always'],
  ['protocol.file.allow', 'always'],
];

/** Variables that would change what a private clone is or does, or make git print what it sends (git(1), "Environment Variables"). */
const unwanted = /^GIT_(?:TRACE.*|CURL_VERBOSE|ALLOW_PROTOCOL|PROTOCOL_FROM_USER|TEMPLATE_DIR|DEFAULT_HASH|DEFAULT_REF_FORMAT)$/;

/** The environment without what has no say in a private clone. */
export function cloneEnvironment(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !unwanted.test(name)));
}

/**
 * Gives settings as the variables GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n (git-config(1), git 2.31 and newer),
 * after those that the environment holds already.
 */
export function settingVariables(settings: readonly Setting[], env: Environment): Record<string, string> {
  const before = givenSettings(env);
  const all = [...before, ...settings];
  const variables = all.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(all.length), ...Object.fromEntries(variables) };
}

function givenSettings(env: Environment): Setting[] {
  const count = /^\d{1,4}$/.test(env['GIT_CONFIG_COUNT'] ?? '') ? Number(env['GIT_CONFIG_COUNT']) : 0;
  return Array.from({ length: count }, (_, index) => index).flatMap((index): Setting[] => {
    const name = env[`GIT_CONFIG_KEY_${index}`];
    return name === undefined ? [] : [[name, env[`GIT_CONFIG_VALUE_${index}`] ?? '']];
  });
}
