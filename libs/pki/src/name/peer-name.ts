import { isIP } from 'node:net';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { NAME_TAG, alternativeNamesOf } from './alternative-name.js';
import { hostOf, wildcardParentOf } from './host.js';

/** Octets of an IPv4 address in the form that `isIP` accepts. */
function ipv4Octets(text: string): number[] {
  return text.split('.').map(Number);
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return ipv4Octets(group);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Octets of an IPv6 address in the form that `isIP` accepts; `::` stands for the zeros that are missing. */
function ipv6Octets(text: string): number[] {
  const [head = [], tail = []] = text.split('::').map(groupsOf);
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** Undefined for what is no address; one with a zone is none, as its octets do not tell the peer. */
function addressOf(text: string): Buffer | undefined {
  const family = isIP(text);
  if (family === 4) return Buffer.from(ipv4Octets(text));
  return family === 6 && !text.includes('%') ? Buffer.from(ipv6Octets(text)) : undefined;
}

/**
 * Whether the certificate names the DNS name or IP address (RFC 9525): only by dNSName and iPAddress of subjectAltName, never by its
 * subject. International names are given as A-labels; one final dot of `peerName` is left out. A wildcard is the whole left-most label
 * and stands for exactly one label; how many must follow is not asked, as no clause says and no list of public suffixes is at hand.
 * What is neither a host name nor an address is not named by anything. Faults `BAD_CERTIFICATE`.
 */
export function isNamed(certificate: ParsedCertificate, peerName: string): boolean {
  const names = alternativeNamesOf(certificate);
  const address = addressOf(peerName);
  if (address !== undefined) return names.some(({ tag, content }) => tag === NAME_TAG.ipAddress && content.equals(address));
  const host = hostOf(peerName.endsWith('.') ? peerName.slice(0, -1) : peerName);
  if (host === undefined) return false;
  const dot = host.indexOf('.');
  const parent = dot < 0 ? undefined : host.slice(dot + 1);
  return names
    .filter(({ tag }) => tag === NAME_TAG.dnsName)
    .map(({ content }) => content.toString('latin1'))
    .some((text) => hostOf(text) === host || (parent !== undefined && wildcardParentOf(text) === parent));
}
