import { afterEach, describe, expect, test } from '@jest/globals';
import { addressesIn } from './hosts-file.ts';
import { openNames } from './names.ts';
import { zonesAbove } from './own-servers.ts';
import { startZoneServer, type Zone, type ZoneServer } from './zone-server.ts';

const host = 'k8s-ui-ui-1.us-west-2.elb.example';

const servers: ZoneServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.stop()));
});

/** A resolver on one address, which knows where the zone is served, and the zone's own server on another, at the same port. */
async function startNames(zone: Zone | undefined): Promise<{ resolver: ZoneServer; own: ZoneServer }> {
  const resolver = await startZoneServer({
    'us-west-2.elb.example': { NS: 'ns.elb.example' },
    'shop.example': { NS: 'ns.elb.example' },
    'ns.elb.example': { A: '127.0.0.2' },
  });
  const own = await startZoneServer(zone, '127.0.0.2', resolver.port);
  servers.push(resolver, own);
  return { resolver, own };
}

function optionsFor({ port }: ZoneServer, signal = new AbortController().signal) {
  return { signal, resolvers: [`127.0.0.1:${port}`], port };
}

describe('a name', () => {
  test('is asked of its own servers alone until it is there, so that no resolver remembers that it was not', async () => {
    const { resolver, own } = await startNames({});
    const names = openNames(optionsFor(resolver));
    expect(await names.resolve(host)).toMatchObject({ kind: 'absent', by: 'own servers' });
    own.serve({ [host]: { A: '127.0.0.9' } });
    expect(await names.resolve(host)).toEqual({ kind: 'found', by: 'own servers', addresses: ['127.0.0.9'] });
    expect(resolver.asked).toEqual(['us-west-2.elb.example NS', 'ns.elb.example A', 'ns.elb.example AAAA']);
  });

  test('has addresses of both kinds, those of IPv4 first', async () => {
    const six = '2001:0db8:0000:0000:0000:0000:0000:0009';
    const { resolver, own } = await startNames({ [host]: { A: '127.0.0.9', AAAA: six } });
    const names = openNames(optionsFor(resolver));
    expect(await names.resolve(host)).toMatchObject({ addresses: ['127.0.0.9', '2001:db8::9'] });
    own.serve({ [host]: { AAAA: six } });
    expect(await names.resolve(host)).toMatchObject({ by: 'own servers', addresses: ['2001:db8::9'] });
  });

  test('that is an alias is followed to the servers of the other zone', async () => {
    const { resolver } = await startNames({ 'www.shop.example': { CNAME: host }, [host]: { A: '127.0.0.9' } });
    expect(await openNames(optionsFor(resolver)).resolve('www.shop.example')).toMatchObject({
      kind: 'found',
      addresses: ['127.0.0.9'],
    });
  });

  test('is asked of the system once its own servers refuse', async () => {
    const { resolver, own } = await startNames(undefined);
    const names = openNames(optionsFor(resolver));
    expect(await names.resolve('ui.us-west-2.elb.example')).toMatchObject({ kind: 'absent', by: 'system' });
    const asked = own.asked.length;
    await names.resolve('ui.us-west-2.elb.example');
    expect(own.asked).toHaveLength(asked);
  });

  test('is asked of the system too when its own servers have long known none', async () => {
    const { resolver } = await startNames({});
    const names = openNames({ ...optionsFor(resolver), systemAfter: 0 });
    expect(await names.resolve(host)).toMatchObject({ kind: 'absent', by: 'system' });
  });

  test('that is an address is itself', async () => {
    const { resolver } = await startNames({});
    expect(await openNames(optionsFor(resolver)).resolve('::1')).toMatchObject({ kind: 'found', addresses: ['::1'] });
    expect(resolver.asked).toEqual([]);
  });

  test('is no longer waited for after a cancel', async () => {
    const { resolver, own } = await startNames({});
    await own.stop();
    servers.pop();
    const cancel = new AbortController();
    const resolving = openNames(optionsFor(resolver, cancel.signal)).resolve(host);
    cancel.abort(new Error('enough'));
    await expect(resolving).rejects.toThrow('enough');
  });
});

test('the zones above a name are asked for from below', () => {
  expect(zonesAbove('a.us-west-2.elb.amazonaws.com')).toEqual([
    'us-west-2.elb.amazonaws.com',
    'elb.amazonaws.com',
    'amazonaws.com',
  ]);
  expect(zonesAbove('localhost')).toEqual([]);
});

test('a hosts file gives a name its addresses', () => {
  const text = '127.0.0.1 localhost\n# 10.0.0.1 shop.example\n10.0.0.2\tother.example Shop.example # here\n';
  expect(addressesIn(text, 'shop.example')).toEqual(['10.0.0.2']);
});
