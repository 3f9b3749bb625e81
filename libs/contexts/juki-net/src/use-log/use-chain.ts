import { createHash } from 'node:crypto';

/** Records of so long are sealed together, an hour after their end: what was begun in that time is written by then. */
export const WINDOW_MS = 600_000;
const WRITTEN_WITHIN_MS = 3_600_000;

/** The records that a server wrote from a moment on, for as long as a window. */
export interface Written {
  readonly server: string;
  readonly since: Date;
  readonly records: number;
  /** SHA-256 over those of the records, in the order of their time and id. */
  readonly digest: Buffer;
}

export interface Link extends Written {
  readonly seq: number;
  readonly hash: Buffer;
}

/** Up to which moment records can be sealed: the beginning of a window. */
export function sealableUntil(now: Date): Date {
  return windowOf(new Date(now.getTime() - WRITTEN_WITHIN_MS));
}

export function windowOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / WINDOW_MS) * WINDOW_MS);
}

/** h_n = SHA-256 of lines of text, each with a line feed at its end: h_{n-1} in hexadecimal, server, n, window, number and digest of its records (JUKI-3.9). */
export function nextLink(previous: Pick<Link, 'seq' | 'hash'> | undefined, { server, since, records, digest }: Written): Link {
  const [seq, before] = [(previous?.seq ?? 0) + 1, previous?.hash ?? createHash('sha256').update('kiban:use-record:v1').digest()];
  const text = [before.toString('hex'), server, seq, since.toISOString(), records, digest.toString('hex')].map((line) => `${line}\n`).join('');
  return { server, since, records, digest, seq, hash: createHash('sha256').update(text).digest() };
}

export const CHAIN_FAULTS = ['RECORD_MISSING', 'RECORD_ADDED', 'RECORD_DIFFERS', 'LINK_MISSING', 'LINK_DIFFERS'] as const;

export interface ChainFault {
  readonly server: string;
  readonly since: Date;
  readonly kind: (typeof CHAIN_FAULTS)[number];
}

/** Links in the order of their servers and numbers, each with the one before it in `before` or the list, that do not follow from each other. */
export function linkFaults(before: readonly Link[], links: readonly Link[]): ChainFault[] {
  const last = new Map(before.map((link) => [link.server, link]));
  return links.flatMap((link): ChainFault[] => {
    const { server, since, seq, hash } = link;
    const due = nextLink(last.get(server), link);
    last.set(server, link);
    return due.seq !== seq ? [{ server, since, kind: 'LINK_MISSING' }] : due.hash.equals(hash) ? [] : [{ server, since, kind: 'LINK_DIFFERS' }];
  });
}

/** Where the records that are there now are not those that the links stand for. */
export function recordFaults(links: readonly Written[], found: readonly Written[]): ChainFault[] {
  const keyOf = ({ server, since }: Written): string => `${server} ${since.toISOString()}`;
  const [sealed, present] = [new Map(links.map((link) => [keyOf(link), link])), new Map(found.map((written) => [keyOf(written), written]))];
  return [...new Map([...present, ...sealed])].flatMap(([key, { server, since }]): ChainFault[] => {
    const [then, now] = [sealed.get(key), present.get(key)];
    const more = (now?.records ?? 0) - (then?.records ?? 0);
    if (more !== 0) return [{ server, since, kind: more > 0 ? 'RECORD_ADDED' : 'RECORD_MISSING' }];
    return then !== undefined && now?.digest.equals(then.digest) === true ? [] : [{ server, since, kind: 'RECORD_DIFFERS' }];
  });
}
