import type { LocalDate } from '#kernel';
import { CRL_REASON, crlReasonOf, type CrlEntry, type CrlReason } from '#pki';
import type { Db, FieldCipher, Row } from '#platform';
import { KEPT_FAULTS, keptThrough, type RecordStatus, type RevocationKind } from './migration-batch.js';
import { serialText, type MigratedRecord } from './migration-record.js';

export interface LoadedRecord extends MigratedRecord {
  readonly line: number;
  readonly reason: CrlReason | null;
}

export interface RecordRow extends Row {
  readonly serial: Buffer;
  readonly status: RecordStatus;
  readonly kind: RevocationKind | null;
  readonly recordedAt: Date | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly municipalityCode: string;
  readonly sourceMunicipality: string;
  readonly windowId: string;
  readonly keptThrough: LocalDate;
}

interface ListedRow extends Row {
  readonly serial: Buffer;
  readonly recordedAt: Date;
  readonly reason: number | null;
}

const SEALED_RECORD = 'migrated_record.sealed';
const ENTRY_PAGE = 5_000;
const DROP_PAGE = 5_000;

/** Revoked and not yet over at an instant: what a list of that time names. $1: prefecture, $2: certificates that end at or before it are left out. */
const LISTED = "SELECT serial, recorded_at, reason FROM migrated_record WHERE prefecture = $1 AND status = 'revoked' AND not_after > $2";

/** Statutory records that came from the prefectures: certificates encrypted, what their lists are made of beside (JPKI-4.12). */
export class RecordStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Adds them; returns the lines whose serial was there before. */
  async add(db: Db, prefecture: string, records: readonly LoadedRecord[]): Promise<number[]> {
    const added = await db.many<{ line: number }>(
      `INSERT INTO migrated_record (prefecture, serial, line, status, kind, reason, recorded_at, not_before, not_after, source_municipality, municipality_code, window_id, sealed, kept_through)
       SELECT $1, * FROM unnest($2::bytea[], $3::int[], $4::text[], $5::text[], $6::smallint[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::date[])
       ON CONFLICT DO NOTHING RETURNING line`,
      prefecture, records.map(({ serial }) => serial), records.map(({ line }) => line), records.map(({ status }) => status), records.map(({ kind }) => kind),
      records.map(({ reason }) => (reason === null ? null : CRL_REASON[reason])), records.map(({ recordedAt }) => recordedAt?.toISOString() ?? null),
      records.map(({ notBefore }) => notBefore.toISOString()), records.map(({ notAfter }) => notAfter.toISOString()), records.map(({ sourceMunicipality }) => sourceMunicipality),
      records.map(({ municipalityCode }) => municipalityCode), records.map(({ windowId }) => windowId),
      records.map(({ der }) => this.cipher.encryptOctets(SEALED_RECORD, der)), records.map(({ notAfter }) => keptThrough(notAfter)),
    );
    const fresh = new Set(added.map(({ line }) => line));
    return records.map(({ line }) => line).filter((line) => !fresh.has(line));
  }

  async find(db: Db, prefecture: string, serial: Buffer): Promise<RecordRow | undefined> {
    return db.maybe<RecordRow>(
      `SELECT serial, status, kind, recorded_at AS "recordedAt", not_before AS "notBefore", not_after AS "notAfter", municipality_code AS "municipalityCode",
         source_municipality AS "sourceMunicipality", window_id AS "windowId", kept_through AS "keptThrough" FROM migrated_record WHERE prefecture = $1 AND serial = $2`,
      prefecture, serial,
    );
  }

  /** False when it is not valid, or ends before. */
  async revoke(db: Db, record: { prefecture: string; serial: Buffer; kind: RevocationKind; reason: CrlReason | undefined; at: Date }): Promise<boolean> {
    const changed = await db.run(
      "UPDATE migrated_record SET status = 'revoked', kind = $3, reason = $4, recorded_at = $5 WHERE prefecture = $1 AND serial = $2 AND status = 'valid' AND not_after > $5",
      record.prefecture, record.serial, record.kind, record.reason === undefined ? null : CRL_REASON[record.reason], record.at.toISOString(),
    );
    return changed === 1;
  }

  async perStatus(db: Db, prefecture: string): Promise<Record<RecordStatus, number>> {
    const rows = await db.many<{ status: RecordStatus; count: number }>('SELECT status, count(*) FROM migrated_record WHERE prefecture = $1 GROUP BY status', prefecture);
    const of = (status: RecordStatus): number => rows.find((row) => row.status === status)?.count ?? 0;
    return { valid: of('valid'), revoked: of('revoked'), expired: of('expired') };
  }

  /** Ascending. */
  async serials(db: Db, prefecture: string, after: Buffer, limit: number): Promise<Buffer[]> {
    const rows = await db.many<{ serial: Buffer }>('SELECT serial FROM migrated_record WHERE prefecture = $1 AND serial > $2 ORDER BY serial LIMIT $3', prefecture, after, limit);
    return rows.map(({ serial }) => serial);
  }

  /** Replaces what the batch was compared with before; inside a transaction. */
  async takeFormerList(db: Db, batchId: string, entries: Iterable<CrlEntry & { readonly octets: Buffer }>): Promise<number> {
    await db.run('DELETE FROM former_list_entry WHERE batch_id = $1', batchId);
    let count = 0;
    function* rows(): Generator<(string | number | Buffer | null)[]> {
      for (const { octets, revokedAt, reason } of entries) {
        count += 1;
        yield [batchId, octets, revokedAt.toISOString(), reason === undefined ? null : CRL_REASON[reason]];
      }
    }
    await db.copyIn('former_list_entry(batch_id, serial, revoked_at, reason)', rows());
    return count;
  }

  /** The former system's reasons are taken over: what it listed goes on to be listed the same way. */
  async takeReasons(db: Db, batchId: string, prefecture: string): Promise<void> {
    await db.run(
      "UPDATE migrated_record r SET reason = l.reason FROM former_list_entry l WHERE l.batch_id = $1 AND r.prefecture = $2 AND r.serial = l.serial AND r.status = 'revoked'", batchId, prefecture,
    );
  }

  /**
   * What is not the same in the former system's list and in the records, entry by entry and both ways (JPKI-4.12). Entries of certificates
   * that have ended may still be in its list (RFC 5280 3.3).
   */
  async differences(db: Db, { batchId, prefecture, listAt }: { batchId: string; prefecture: string; listAt: Date }): Promise<{ total: number; first: { serial: string; line: number | null; code: string }[] }> {
    const rows = await db.manyPlanned<{ serial: Buffer; line: number | null; code: string; total: number }>(
      `SELECT serial, line, code, count(*) OVER () AS total FROM (
         SELECT coalesce(l.serial, r.serial) AS serial, o.line,
           CASE WHEN l.serial IS NULL THEN 'NOT_IN_FORMER_LIST' WHEN o.serial IS NULL THEN 'NOT_IN_RECORDS'
             WHEN l.revoked_at <> date_trunc('second', o.recorded_at) THEN 'REVOCATION_DATE_DIFFERS' WHEN l.reason IS DISTINCT FROM o.reason THEN 'REASON_DIFFERS' END AS code
         FROM (SELECT * FROM former_list_entry WHERE batch_id = $3) l FULL JOIN (${LISTED} AND recorded_at <= $2) r ON r.serial = l.serial
         LEFT JOIN migrated_record o ON o.prefecture = $1 AND o.status = 'revoked' AND o.serial = coalesce(l.serial, r.serial)
       ) AS compared WHERE code IS NOT NULL ORDER BY serial LIMIT $4`,
      prefecture, listAt.toISOString(), batchId, KEPT_FAULTS,
    );
    return { total: rows[0]?.total ?? 0, first: rows.map(({ serial, line, code }) => ({ serial: serialText(serial), line, code })) };
  }

  /** Entries of a list, ascending, read by pages. */
  async *entries(db: Db, prefecture: string, cutoff: Date): AsyncGenerator<CrlEntry> {
    for (let after: Buffer = Buffer.alloc(0); ;) {
      const rows = await db.many<ListedRow>(
        `SELECT serial, recorded_at AS "recordedAt", reason FROM (${LISTED}) AS listed WHERE serial > $3 ORDER BY serial LIMIT $4`, prefecture, cutoff.toISOString(), after, ENTRY_PAGE,
      );
      for (const { serial, recordedAt, reason } of rows) {
        const known = reason === null ? undefined : crlReasonOf(reason);
        yield { serial: BigInt(`0x${serial.toString('hex')}`), revokedAt: recordedAt, ...(known === undefined ? {} : { reason: known }) };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < ENTRY_PAGE) return;
      after = last.serial;
    }
  }

  async countEntries(db: Db, prefecture: string, cutoff: Date): Promise<number> {
    const { count } = await db.one<{ count: number }>(`SELECT count(*) FROM (${LISTED}) AS listed`, prefecture, cutoff.toISOString());
    return count;
  }

  /** Whether a certificate ends after the instant: until then a list is due. */
  async hasLaterEnd(db: Db, prefecture: string, at: Date): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM migrated_record WHERE prefecture = $1 AND not_after > $2 LIMIT 1', prefecture, at.toISOString())) !== undefined;
  }

  /** End of the last certificate whose lists the moved key of the prefecture has to sign; undefined where another key does. */
  async lastEnd(db: Db, authorityId: string): Promise<Date | undefined> {
    const row = await db.maybe<{ at: Date | null }>(
      `SELECT max(r.not_after) AS at FROM migrated_record r JOIN migration_batch b ON b.prefecture = r.prefecture AND b.state <> 'REJECTED' AND b.continuity = 'KEY_MOVED'
       JOIN authority a ON a.prefecture = r.prefecture WHERE a.id = $1`, authorityId,
    );
    return row?.at ?? undefined;
  }

  /** Some of a batch that is rejected; 0 when nothing is left. */
  async drop(db: Db, prefecture: string): Promise<number> {
    return db.run('DELETE FROM migrated_record WHERE (prefecture, serial) IN (SELECT prefecture, serial FROM migrated_record WHERE prefecture = $1 LIMIT $2)', prefecture, DROP_PAGE);
  }

  /** Some whose last day of keeping is over; 0 when nothing is left. */
  async dropKept(db: Db, today: LocalDate): Promise<number> {
    return db.run('DELETE FROM migrated_record WHERE (prefecture, serial) IN (SELECT prefecture, serial FROM migrated_record WHERE kept_through < $1 LIMIT $2)', today, DROP_PAGE);
  }
}
