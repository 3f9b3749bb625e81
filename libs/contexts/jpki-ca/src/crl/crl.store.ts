import type { CrlEntry } from '#pki';
import { crlReasonOf } from '#pki';
import type { Db, Row } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { ListPlace } from '../profile/profiles.js';
import { ahead } from './ahead.js';
import { KEPT_ISSUES } from './crl.js';

/** Which certificates a list speaks for: a municipality's, or the authority's own. */
export type PartitionRow = {
  readonly id: string;
  readonly ca: CaId;
  readonly kind: 'CRL' | 'ARL';
  readonly municipality_code: string | null;
  readonly prefecture_romaji: string | null;
  readonly municipality_romaji: string | null;
  /** 1 for the first list of a municipality. */
  readonly part: number;
  readonly state: 'OPEN' | 'FROZEN' | 'CLOSED';
  readonly last_number: number;
  readonly current_number: number | null;
  readonly last_scheduled_at: Date | null;
};

export type CrlIssueRow = {
  readonly partition_id: string;
  readonly number: number;
  readonly generation: number;
  readonly scheduled: boolean;
  readonly this_update: Date;
  readonly next_update: Date;
  /** Certificates that ended until then are not in it. */
  readonly cutoff: Date;
  readonly entry_count: number;
};

/** What is known of a published list without its octets, which are many. */
export interface PublishedIssue extends CrlIssueRow {
  readonly sha256: string;
  readonly length: number;
  /** Octets before its first entry. */
  readonly head_length: number;
}

const COLUMNS = 'id, ca, kind, municipality_code, prefecture_romaji, municipality_romaji, part, state, last_number, current_number, last_scheduled_at';
const ISSUE = 'partition_id, number, generation, scheduled, this_update, next_update, cutoff, entry_count';
const PUBLISHED = `${ISSUE}, sha256, coalesce(length, octet_length(der)) AS length, coalesce(head_length, 0) AS head_length`;
const PAGE = 20_000;

/**
 * A page of entries in one value: serial, instant, reason and invalidity date, instants as PostgreSQL has them. To take four million texts of
 * columns apart, or to count the instants in another way there, would be the longest part of a large list.
 */
const PACKED_ENTRIES = `SELECT string_agg(int8send(serial) || timestamptz_send(revoked_at) || int2send(reason) || timestamptz_send(coalesce(invalidity_date, '-infinity')), '' ORDER BY serial) AS packed
  FROM (SELECT serial, revoked_at, reason, invalidity_date FROM revoked WHERE partition_id = $1 AND serial > $2 AND not_after > $3 ORDER BY serial LIMIT ${PAGE}) AS page`;
const PACKED = 26;

/** Eight octets as a number: bigints of a million instants take their time. */
function numberAt(page: Buffer, at: number): number {
  return page.readInt32BE(at) * 2 ** 32 + page.readUInt32BE(at + 4);
}

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

/** Microseconds of PostgreSQL as an instant. */
function instantAt(page: Buffer, at: number): Date {
  return new Date(POSTGRES_EPOCH_MS + Math.floor(numberAt(page, at) / 1_000));
}

function* unpacked(page: Buffer): Generator<CrlEntry, void, void> {
  for (let at = 0; at < page.length; at += PACKED) {
    const entry = { serial: page.readBigInt64BE(at), revokedAt: instantAt(page, at + 8), reason: crlReasonOf(page.readInt16BE(at + 16)) ?? 'unspecified' };
    const invalidityDate = instantAt(page, at + 18);
    // An infinite one is none.
    yield Number.isNaN(invalidityDate.getTime()) ? entry : { ...entry, invalidityDate };
  }
}

async function* packedPages(db: Db, id: string, cutoff: Date): AsyncGenerator<Buffer, void, void> {
  for (let after = 0; ; ) {
    const { packed } = await db.one<{ packed: Buffer | null }>(PACKED_ENTRIES, id, after, cutoff.toISOString());
    if (packed === null) return;
    yield packed;
    after = numberAt(packed, packed.length - PACKED);
    if (packed.length < PAGE * PACKED) return;
  }
}

/** What an id may look like in a path. */
export const PARTITION_ID = /^[a-z0-9-]{1,40}$/;

/** `sign-99001`: authority and municipality without check digit; `sign-99001-2` of its second list. */
export function partitionId(ca: CaId, municipalityCode: string, part = 1): string {
  return `${ca}-${municipalityCode.slice(0, 5)}${part === 1 ? '' : `-${part}`}`;
}

/** Its names as they stand in certificates. */
export function placeOf({ prefecture_romaji: prefecture, municipality_romaji: municipality, part }: Pick<PartitionRow, 'prefecture_romaji' | 'municipality_romaji' | 'part'>): ListPlace {
  return { prefecture: prefecture ?? '', municipality: municipality ?? '', part: part === 1 ? '' : ` ${part}` };
}

/** The list of the authority's own certificates. */
export function arlId(ca: CaId): string {
  return `${ca}-arl`;
}

export class CrlStore {
  async openPartitions(db: Db, municipalityCodes: readonly string[]): Promise<PartitionRow[]> {
    return db.many<PartitionRow>(`SELECT ${COLUMNS} FROM crl_partition WHERE municipality_code = ANY($1::text[]) AND state = 'OPEN'`, municipalityCodes);
  }

  async findPartition(db: Db, id: string): Promise<PartitionRow | undefined> {
    return db.maybe<PartitionRow>(`SELECT ${COLUMNS} FROM crl_partition WHERE id = $1`, id);
  }

  /** Those of municipalities, closed ones too: their last lists stay readable. */
  async partitions(db: Db): Promise<PartitionRow[]> {
    return db.many<PartitionRow>(`SELECT ${COLUMNS} FROM crl_partition WHERE kind = 'CRL' ORDER BY id`);
  }

  async lockPartition(db: Db, id: string): Promise<PartitionRow> {
    return db.one<PartitionRow>(`SELECT ${COLUMNS} FROM crl_partition WHERE id = $1 FOR UPDATE`, id);
  }

  /** The partition after `after` that is still issued. */
  async nextPartition(db: Db, kind: 'CRL' | 'ARL', after: string): Promise<PartitionRow | undefined> {
    return db.maybe<PartitionRow>(`SELECT ${COLUMNS} FROM crl_partition WHERE kind = $1 AND id > $2 AND state <> 'CLOSED' ORDER BY id LIMIT 1`, kind, after);
  }

  /** False when it exists; its names stay those of the certificates already issued. */
  async addPartition(db: Db, row: Pick<PartitionRow, 'id' | 'ca' | 'kind' | 'municipality_code' | 'prefecture_romaji' | 'municipality_romaji' | 'part'>): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO crl_partition (id, ca, kind, municipality_code, prefecture_romaji, municipality_romaji, part, state) VALUES ($1, $2, $3, $4, $5, $6, $7, 'OPEN') ON CONFLICT DO NOTHING`,
      row.id, row.ca, row.kind, row.municipality_code, row.prefecture_romaji, row.municipality_romaji, row.part,
    );
    return added === 1;
  }

  /** Opens the list after an open one, which goes on without further certificates (JPKI 3.7, 4.8); undefined when that one was not open, or not any more. */
  async openNext(db: Db, id: string, now: Date): Promise<string | undefined> {
    const former = await db.maybe<PartitionRow>(`UPDATE crl_partition SET state = 'FROZEN', frozen_at = $2 WHERE id = $1 AND state = 'OPEN' RETURNING ${COLUMNS}`, id, now.toISOString());
    if (former === undefined) return undefined;
    const part = former.part + 1;
    const next = { ...former, id: partitionId(former.ca, former.municipality_code ?? '', part), part };
    await this.addPartition(db, next);
    return next.id;
  }

  /** Adds what was issued in a stretch of time to the lists' certificates; answers with the lists that this made longer. */
  async countIssued(db: Db, from: Date, until: Date): Promise<{ id: string; issued: number }[]> {
    return db.many<{ id: string; issued: number }>(
      `UPDATE crl_partition SET issued = issued + count FROM (SELECT partition_id, count(*) FROM certificate WHERE issued_at >= $1 AND issued_at < $2 GROUP BY partition_id) AS new
       WHERE id = partition_id RETURNING id, issued`,
      from.toISOString(), until.toISOString(),
    );
  }

  /** The list of the partition that a generation published last. */
  async current(db: Db, id: string, generation: number): Promise<PublishedIssue | undefined> {
    return db.maybe<PublishedIssue & Row>(`SELECT ${PUBLISHED} FROM crl_issue WHERE partition_id = $1 AND generation = $2 AND state = 'PUBLISHED'`, id, generation);
  }

  /** By its number, of whichever generation, if it was published and is kept. */
  async issue(db: Db, id: string, number: number): Promise<PublishedIssue | undefined> {
    return db.maybe<PublishedIssue & Row>(`SELECT ${PUBLISHED} FROM crl_issue WHERE partition_id = $1 AND number = $2 AND state <> 'FAILED'`, id, number);
  }

  /** By serial, when these holds were released. A hold is known by its date, which counts to the second. */
  async releases(db: Db, ca: CaId, holds: readonly CrlEntry[]): Promise<Map<number, Date>> {
    if (holds.length === 0) return new Map();
    const rows = await db.many<{ serial: number; at: Date }>(
      `SELECT h.serial, min(r.recorded_at) AS at FROM unnest($2::bigint[], $3::timestamptz[]) AS h (serial, held_at)
       JOIN revocation_record r ON r.ca = $1 AND r.serial = h.serial AND r.kind = 'RELEASE' AND r.recorded_at >= h.held_at GROUP BY h.serial`,
      ca, holds.map(({ serial }) => String(serial)), holds.map(({ revokedAt }) => revokedAt.toISOString()),
    );
    return new Map(rows.map(({ serial, at }) => [serial, at]));
  }

  /** Entries of the authority's own list: link certificates to or from a key that was compromised. */
  async linkEntries(db: Db, ca: CaId, cutoff: Date): Promise<CrlEntry[]> {
    const rows = await db.many<{ serial: number; revoked_at: Date }>(
      'SELECT serial, revoked_at FROM ca_link_certificate WHERE ca = $1 AND revoked_at IS NOT NULL AND not_after > $2 ORDER BY serial',
      ca, cutoff.toISOString(),
    );
    return rows.map(({ serial, revoked_at: revokedAt }) => ({ serial: BigInt(serial), revokedAt, reason: 'cACompromise' }));
  }

  /** Entries in ascending order of serial, page by page. */
  async *entries(db: Db, id: string, cutoff: Date): AsyncGenerator<Iterable<CrlEntry>, void, void> {
    for await (const page of ahead(packedPages(db, id, cutoff))) yield unpacked(page);
  }

  /** Entries of the former list that went for a known reason: certificate ended, or hold released since. */
  async explained(db: Db, previous: CrlIssueRow, cutoff: Date): Promise<number> {
    const { count } = await db.one<{ count: number }>(
      `SELECT (SELECT count(*) FROM revoked WHERE partition_id = $1 AND not_after > $2 AND not_after <= $3)
            + (SELECT count(*) FROM revocation_record WHERE partition_id = $1 AND kind = 'RELEASE' AND recorded_at >= $4) AS count`,
      previous.partition_id, previous.cutoff.toISOString(), cutoff.toISOString(), previous.this_update.toISOString(),
    );
    return count;
  }

  /** Moves the pointer to a list whose pieces are there, and lets the oldest of its generation go. */
  async publish(db: Db, crl: PublishedIssue): Promise<void> {
    await db.run("UPDATE crl_issue SET state = 'SUPERSEDED' WHERE partition_id = $1 AND generation = $2 AND state = 'PUBLISHED'", crl.partition_id, crl.generation);
    await db.run(
      `INSERT INTO crl_issue (${ISSUE}, state, sha256, length, head_length) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'PUBLISHED', $9, $10, $11)`,
      crl.partition_id, crl.number, crl.generation, crl.scheduled, crl.this_update.toISOString(), crl.next_update.toISOString(), crl.cutoff.toISOString(), crl.entry_count, crl.sha256, crl.length,
      crl.head_length,
    );
    await db.run(
      'UPDATE crl_partition SET last_number = $2, current_number = $2, last_scheduled_at = CASE WHEN $3 THEN $4::timestamptz ELSE last_scheduled_at END WHERE id = $1',
      crl.partition_id, crl.number, crl.scheduled, crl.this_update.toISOString(),
    );
    await db.run(
      `DELETE FROM crl_issue WHERE partition_id = $1 AND generation = $2 AND state <> 'PUBLISHED'
         AND number <= (SELECT number FROM crl_issue WHERE partition_id = $1 AND generation = $2 AND state <> 'FAILED' ORDER BY number DESC OFFSET ${KEPT_ISSUES} LIMIT 1)`,
      crl.partition_id, crl.generation,
    );
  }

  /** Notes a list that was not published; its number is used up and the former list stays. */
  async fail(db: Db, issue: CrlIssueRow, fault: string): Promise<void> {
    await db.run('DELETE FROM crl_piece WHERE partition_id = $1 AND number = $2', issue.partition_id, issue.number);
    await db.run(
      `INSERT INTO crl_issue (${ISSUE}, state, fault) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'FAILED', $9)`,
      issue.partition_id, issue.number, issue.generation, issue.scheduled, issue.this_update.toISOString(), issue.next_update.toISOString(), issue.cutoff.toISOString(), issue.entry_count, fault,
    );
    await db.run('UPDATE crl_partition SET last_number = $2 WHERE id = $1', issue.partition_id, issue.number);
  }
}
