import { Readable } from 'node:stream';
import type { CrlPieces } from '#pki';
import type { Db, OctetSource, Stretch } from '#platform';
import { ahead } from './ahead.js';
import type { PublishedIssue } from './crl.store.js';
import { serialsFile, serialsLength } from './serials-file.js';

type ListId = Pick<PublishedIssue, 'partition_id' | 'number'>;

/** The last piece that begins at a place or before it. */
const PIECE = 'SELECT place, octets FROM crl_piece WHERE partition_id = $1 AND number = $2 AND place <= $3 ORDER BY place DESC LIMIT 1';
/** Of a list that a process of before published. */
const WHOLE = 'SELECT 0 AS place, der AS octets FROM crl_issue WHERE partition_id = $1 AND number = $2 AND der IS NOT NULL';

/** Octets between two places, a piece at a time. Throws when the list is gone. */
async function* piecesBetween(db: Db, { partition_id: id, number }: ListId, { first, end }: Stretch): AsyncGenerator<Buffer, void, void> {
  for (let at = first; at < end; ) {
    const piece = (await db.maybe<{ place: number; octets: Buffer }>(PIECE, id, number, at)) ?? (await db.maybe<{ place: number; octets: Buffer }>(WHOLE, id, number));
    const octets = piece?.octets.subarray(at - piece.place, end - piece.place) ?? Buffer.alloc(0);
    if (octets.length === 0) throw new Error(`list ${id} ${number} has no octets at place ${at}`);
    yield octets;
    at += octets.length;
  }
}

const between = (db: Db, list: ListId, stretch: Stretch): AsyncGenerator<Buffer, void, void> => ahead(piecesBetween(db, list, stretch));

/** The pieces of a list that is being made, in the transaction that publishes it: who is killed leaves none. */
export class ListPieces implements CrlPieces {
  private first = 0;
  private end = 0;

  constructor(
    private readonly db: Db,
    private readonly list: ListId,
  ) {}

  async put(place: number, octets: Buffer): Promise<void> {
    await this.db.run('INSERT INTO crl_piece (partition_id, number, place, octets) VALUES ($1, $2, $3, $4)', this.list.partition_id, this.list.number, place, octets);
    [this.first, this.end] = [Math.min(this.first, place), Math.max(this.end, place + octets.length)];
  }

  read(): AsyncIterable<Buffer> {
    return between(this.db, this.list, { first: this.first, end: this.end });
  }
}

/** The octets of a published list, or some of them. */
export function listOctets(db: Db, issue: PublishedIssue, { first, end }: Stretch = { first: 0, end: issue.length }): AsyncGenerator<Buffer, void, void> {
  return between(db, issue, { first: first - issue.head_length, end: end - issue.head_length });
}

/** A published list for who asks for it. */
export function listSource(db: Db, issue: PublishedIssue): OctetSource {
  return { length: issue.length, read: (stretch) => Readable.from(listOctets(db, issue, stretch), { objectMode: false }) };
}

/** Its serials, made of its octets as they are sent. */
export function serialsSource(db: Db, issue: PublishedIssue, keyIdentifier: Buffer): OctetSource {
  const file = (): AsyncIterable<Buffer> => serialsFile({ keyIdentifier, number: issue.number, entryCount: issue.entry_count }, listOctets(db, issue));
  return { length: serialsLength(issue.entry_count), read: (stretch) => Readable.from(within(file(), stretch), { objectMode: false }) };
}

async function* within(octets: AsyncIterable<Buffer>, { first, end }: Stretch): AsyncGenerator<Buffer, void, void> {
  let at = 0;
  for await (const piece of octets) {
    if (at + piece.length > first) yield piece.subarray(Math.max(0, first - at), end - at);
    at += piece.length;
    if (at >= end) return;
  }
}
