import { createPrivateKey } from 'node:crypto';
import { ActionError } from '@eks-gitops/errors';

/**
 * Reads a GitHub App's private key as secrets hold it: PEM, PEM on one line with `\n` for its line ends, or either in base64. Gives PEM
 * in PKCS #8. Throws INPUT_INVALID for what is no RSA key, saying what it looks like and nothing of it.
 */
export function parsePrivateKey(text: string): string {
  const pem = unfold(text);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // OpenSSL's words say nothing to a user; what follows does.
  }
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: 'The private key of the GitHub App cannot be read.',
    expected: 'the .pem file that GitHub gave (an RSA key), as it is, with \\n for its line ends, or in base64',
    found: describe(pem),
    remedy: 'Make a new private key on the App’s page and put the whole file into the secret.',
  });
}

function unfold(text: string): string {
  const trimmed = text.trim();
  const plain = trimmed.includes('-----BEGIN') ? trimmed : Buffer.from(trimmed, 'base64').toString('utf8').trim();
  return `${plain.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r\n', '\n')}\n`;
}

function describe(pem: string): string {
  const [, label] = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem) ?? [];
  if (label === undefined) return 'no PEM';
  if (!pem.includes(`-----END ${label}-----`)) return `the beginning of a PEM ${label}, without its end`;
  return `a PEM ${label} that is no RSA private key, is damaged, or has lost its line ends`;
}
