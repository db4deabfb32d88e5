import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parsePrivateKey } from './private-key.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

test.each([
  ['as GitHub gives it', pkcs1],
  ['in PKCS #8', pkcs8],
  ['with spaces around', `  \n${pkcs1}\n\n`],
  ['with Windows line ends', pkcs1.replaceAll('\n', '\r\n')],
  ['on one line with \\n', pkcs1.replaceAll('\n', '\\n')],
  ['on one line with \\r\\n', pkcs1.replaceAll('\n', '\\r\\n')],
  ['in base64', Buffer.from(pkcs1).toString('base64')],
  [
    'in base64 broken into lines',
    Buffer.from(pkcs1)
      .toString('base64')
      .replaceAll(/(.{76})/g, '$1\n'),
  ],
  ['in base64 of one line with \\n', Buffer.from(pkcs1.replaceAll('\n', '\\n')).toString('base64')],
])('a key %s is read', (_, text) => {
  expect(createPublicKey(parsePrivateKey(text)).equals(publicKey)).toBe(true);
});

describe('what is no key of an App is refused without a word of it', () => {
  test.each([
    ['nothing', '', 'no PEM'],
    ['a password', 'hunter2hunter2hunter2', 'no PEM'],
    ['the first line alone', pkcs1.slice(0, 40), 'without its end'],
    ['a damaged key', pkcs1.replace(/\n[A-Za-z0-9+/]{20}/, '\n!!!!'), 'damaged'],
    ['a key that lost its line ends', pkcs1.replaceAll('\n', ' '), 'lost its line ends'],
    ['a public key', publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'a PEM PUBLIC KEY'],
    ['a key on a curve', curve, 'no RSA private key'],
  ])('%s', (_, text, found) => {
    const expected = { code: 'INPUT_INVALID', failure: expect.objectContaining({ found: expect.stringContaining(found) }) };
    expect(() => parsePrivateKey(text)).toThrow(expect.objectContaining(expected));
  });
});
