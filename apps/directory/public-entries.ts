import { z } from 'zod';
import { dnOf, dnOfDer, nameText, parseCertificatesOnly, parseDn, subjectKeyIdentifierOf, type Name } from '#pki';
import type { HeldList, Placed } from './tree.js';

/** Octets of a path of the estate's HTTP; undefined where nothing is there. */
export type PublicReader = (path: string) => Promise<Buffer | undefined>;

const JPKI = '/api/jpki-ca/v1';
const BRIDGE = '/api/bridge-ca/v1';
const CAS = ['sign', 'auth'] as const;

const partitionsAnswer = z.object({ partitions: z.array(z.object({ partitionId: z.string(), ca: z.enum(CAS), name: z.base64() })) });
const authoritiesAnswer = z.object({ authorities: z.array(z.object({ authorityId: z.string(), kind: z.string(), name: z.string(), generations: z.array(z.object({ generation: z.number() })) })) });

async function json<T>(read: PublicReader, path: string, answer: z.ZodType<T>): Promise<T> {
  return answer.parse(JSON.parse((await read(path))?.toString('utf8') ?? '{}'));
}

/** The agency's two authorities with their own lists, and those of the municipalities (JPKI-4.3, 4.8): each key of an authority signs a list of its own. */
export async function jpkiEntries(read: PublicReader): Promise<Placed[]> {
  const placed: Placed[] = [];
  const keys = new Map<string, readonly string[]>();
  for (const ca of CAS) {
    const certificates = parseCertificatesOnly((await read(`${JPKI}/cas/${ca}/certificates`)) ?? Buffer.alloc(0));
    const [root] = certificates;
    if (root === undefined) continue;
    const identifiers = new Set(certificates.flatMap((certificate) => subjectKeyIdentifierOf(certificate)?.toString('hex') ?? []));
    keys.set(ca, [...identifiers]);
    const lists = [{ attribute: 'authorityRevocationList', paths: [...identifiers].map((key) => `${JPKI}/cas/${ca}/arl?keyId=${key}`) }] as const;
    placed.push({ dn: dnOfDer(root.subjectDer), role: 'authority', values: { cACertificate: certificates.map(({ der }) => der) }, lists });
  }
  const { partitions } = await json(read, `${JPKI}/crl-partitions`, partitionsAnswer);
  for (const { partitionId, ca, name } of partitions) {
    const paths = (keys.get(ca) ?? []).map((key) => `${JPKI}/crl-partitions/${partitionId}/current.crl?keyId=${key}`);
    placed.push({ dn: dnOfDer(Buffer.from(name, 'base64')), role: 'list', values: {}, lists: [{ attribute: 'certificateRevocationList', paths }] });
  }
  return placed;
}

const HOLDER_LIST: Name = [{ type: 'CN', value: 'CRL' }];

/** The bridge, the authorities of prefectures and those of others, with what is public of them; below those of prefectures the lists of holders (JPKI-4.3, 4.10). */
export async function bridgeEntries(read: PublicReader): Promise<Placed[]> {
  const ldif = await read(`${BRIDGE}/repository/directory?base=C%3DJP&scope=sub`);
  if (ldif === undefined) return [];
  const { authorities } = await json(read, `${BRIDGE}/authorities`, authoritiesAnswer);
  const byName = new Map(authorities.map((authority) => [authority.name, authority]));
  return ldifRecords(ldif.toString('utf8')).flatMap(({ dn: text, values }): Placed[] => {
    const dn = parseDn(text);
    if (dn === undefined) return [];
    const own: Placed = { dn, role: 'authority', values, lists: [] };
    const authority = byName.get(nameText(dn.name));
    if (authority?.kind !== 'PREFECTURAL' || authority.generations.length === 0) return [own];
    const paths = authority.generations.map(({ generation }) => `${BRIDGE}/repository/${authority.authorityId}/crl?generation=${generation}`);
    const lists: HeldList[] = [{ attribute: 'certificateRevocationList', paths }];
    return [own, { dn: dnOf([...dn.name, ...HOLDER_LIST]), role: 'list', values: {}, lists }];
  });
}

interface LdifRecord {
  readonly dn: string;
  readonly values: Placed['values'];
}

const LDIF_ATTRIBUTES = ['cACertificate', 'crossCertificatePair', 'authorityRevocationList'] as const;

/** Content records of RFC 2849, of the attributes of an authority. */
export function ldifRecords(text: string): LdifRecord[] {
  return text.replaceAll('\n ', '').split(/\n{2,}/).flatMap((record): LdifRecord[] => {
    const lines = record.split('\n').flatMap((line) => {
      const [, name = '', isBase64, value = ''] = /^([^:]+):(:?) ?(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [{ name: name.replace(/;binary$/, ''), octets: isBase64 === ':' ? Buffer.from(value, 'base64') : Buffer.from(value, 'utf8') }];
    });
    const dn = lines.find(({ name }) => name === 'dn');
    if (dn === undefined) return [];
    const held = LDIF_ATTRIBUTES.map((attribute) => [attribute, lines.filter(({ name }) => name === attribute).map(({ octets }) => octets)] as const);
    return [{ dn: dn.octets.toString('utf8'), values: Object.fromEntries(held.filter(([, values]) => values.length > 0)) }];
  });
}
