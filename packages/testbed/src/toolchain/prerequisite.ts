import { ActionError } from '@eks-gitops/errors';
import { execa } from 'execa';
import { findVersion, isAtLeast } from './version.ts';

/** A program of the machine that the toolchain cannot bring by itself. */
export interface Prerequisite {
  readonly program: string;
  readonly versionArgs: readonly string[];
  readonly atLeast?: string;
  readonly remedy: string;
}

export const go: Prerequisite = {
  program: 'go',
  versionArgs: ['version'],
  atLeast: '1.26',
  remedy: 'Install Go 1.26 or newer and put it on PATH.',
};
export const apt: Prerequisite = {
  program: 'apt-get',
  versionArgs: ['--version'],
  remedy: 'Use a Debian machine, or put the tool on PATH.',
};
export const python: Prerequisite = {
  program: 'python3',
  versionArgs: ['--version'],
  atLeast: '3.10',
  remedy: 'Install Python 3.10 or newer and put it on PATH.',
};

/** Rejects with TOOL_MISSING when the program is not on PATH, or too old. */
export async function demand({ program, versionArgs, atLeast, remedy }: Prerequisite, purpose: string): Promise<void> {
  const { all, failed } = await execa(program, versionArgs, { all: true, reject: false, stdin: 'ignore' });
  const version = failed ? undefined : findVersion(all);
  if (version !== undefined && (atLeast === undefined || isAtLeast(version, atLeast))) return;
  throw new ActionError({
    code: 'TOOL_MISSING',
    message: `${program} is needed to bring ${purpose}.`,
    expected: atLeast === undefined ? `${program} on PATH` : `${program} ${atLeast} or newer on PATH`,
    found: version === undefined ? 'none' : `version ${version}`,
    remedy,
  });
}
