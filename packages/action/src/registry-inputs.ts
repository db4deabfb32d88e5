import { ActionError } from '@eks-gitops/errors';
import { choice, text } from './input.ts';

/** How an action logs in to the registry of its image; shared by all actions that speak to a registry. */
export const registryInputs = {
  login: choice(
    {
      description:
        'How to log in to the registry. auto: with username and password when given, else with what the docker config holds for the registry (credential helpers too), else, for a private Amazon ECR registry, with a token that AWS gives to the credentials of the environment. ecr: always with a token from AWS. none: only with what the docker config holds.',
      default: 'auto',
    },
    ['auto', 'ecr', 'none'],
  ),
  username: text({ description: 'User name for the registry of the image; not needed for Amazon ECR.' }),
  password: text({ description: 'Password or access token that belongs to username.', secret: true }),
};

interface GivenUser {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** The user that the inputs name, if any. Throws INPUT_MISSING when only one of the two was given. */
export function givenUser({ username, password }: GivenUser): { username: string; password: string } | undefined {
  if (username !== undefined && password !== undefined) return { username, password };
  if (username === undefined && password === undefined) return undefined;
  throw new ActionError({
    code: 'INPUT_MISSING',
    message: `The input ${username === undefined ? 'username' : 'password'} is missing.`,
    expected: 'username and password together, or neither',
    found: username === undefined ? 'only password' : 'only username',
  });
}
