import { BlockList, isIPv6 } from 'node:net';

/** RFC 1918, the shared space of RFC 6598 and the unique local addresses of RFC 4193. */
const privateNets = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  privateNets.addSubnet(net, prefix);
}
privateNets.addSubnet('fc00::', 7, 'ipv6');

/** Whether an IP address is only reached from inside a network such as a VPC. */
export function isPrivateAddress(address: string): boolean {
  return privateNets.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
