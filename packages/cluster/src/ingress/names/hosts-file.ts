import { readFile } from 'node:fs/promises';

/** Where the machine itself names addresses. */
export const hostsFile = '/etc/hosts';

/** The addresses that the text of a hosts file gives a name, in its order. */
export function addressesIn(text: string, host: string): readonly string[] {
  return text.split('\n').flatMap(line => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return names.some(name => name.toLowerCase() === host.toLowerCase()) ? [address] : [];
  });
}

/** A machine without such a file names no addresses. */
export async function readHosts(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
