import { z } from 'zod';
import { uuidv7, type CopyValue, type Db, type FieldCipher } from '#platform';
import type { CaId, CertificateType } from '../ca/ca.js';
import type { HolderIdentity } from '../profile/four-attributes.js';
import type { CertificateState, CertificateStatus } from './certificate.js';
import type { ReasonCode } from './revocation-cause.js';

/** A certificate of the register without its octets. `reason` is that of its entry in the status table. */
export type CertificateRow = {
  readonly ca: CaId;
  readonly serial: number;
  readonly generation: number;
  readonly type: CertificateType;
  readonly person_key: string;
  readonly card_serial: string;
  readonly municipality_code: string;
  readonly partition_id: string;
  readonly channel: string;
  readonly window_id: string;
  readonly production_batch_id: string | null;
  readonly issuance_request_id: string;
  readonly fact_version: number;
  readonly not_before: Date;
  readonly not_after: Date;
  readonly state: CertificateState;
  readonly version: number;
  readonly issued_at: Date;
  readonly reason: ReasonCode | null;
  readonly revoked_at: Date | null;
};

export interface NewCertificate extends Omit<CertificateRow, 'reason' | 'revoked_at' | 'version' | 'state'> {
  readonly der: Buffer;
  /** Statutory record as JSON text. */
  readonly record: string;
}

export interface IssuedPage {
  readonly ca: CaId;
  readonly from: Date;
  readonly until: Date;
  readonly after: number;
  readonly limit: number;
}

export interface RevocationEntry {
  readonly kind: string;
  readonly cause: string;
  readonly reason: ReasonCode;
  readonly recordedAt: Date;
  readonly invalidityDate?: Date | undefined;
  readonly sourceRef: string;
}

const COLUMNS = `c.ca, c.serial, c.generation, c.type, c.person_key, c.card_serial, c.municipality_code, c.partition_id, c.channel, c.window_id, c.production_batch_id,
  c.issuance_request_id, c.fact_version, c.not_before, c.not_after, c.state, c.version, c.issued_at, r.reason, r.revoked_at`;
const FROM = 'FROM certificate c LEFT JOIN revoked r ON r.ca = c.ca AND r.serial = c.serial';
const DER = 'certificate.der';
const RECORD = 'issuance_record.record';
const recordedIdentity = z.object({ nameKanji: z.string(), aliasName: z.string().optional(), birthDate: z.string(), sex: z.string(), address: z.string(), foreignResident: z.boolean() });

/** What the decide functions of `certificate.ts` look at. */
export function statusOf(row: CertificateRow): CertificateStatus {
  return { type: row.type, state: row.state, notAfter: row.not_after, reason: row.reason ?? undefined };
}

export class CertificateStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Issue and revoke of the same people wait for each other, always in the same order (JPKI 4.7). */
  async lockPersons(db: Db, personKeys: readonly string[]): Promise<void> {
    const keys = [...new Set(personKeys)].sort();
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('person:' || key, 0)) FROM unnest($1::text[]) WITH ORDINALITY AS person (key, place) ORDER BY place", keys);
  }

  /** What a question finds once nobody else changes the people that it found before. */
  async locked(db: Db, ask: () => Promise<CertificateRow[]>): Promise<CertificateRow[]> {
    const persons = new Set((await ask()).map((row) => row.person_key));
    await this.lockPersons(db, [...persons]);
    return (await ask()).filter((row) => persons.has(row.person_key));
  }

  async find(db: Db, ca: CaId, serial: number): Promise<CertificateRow | undefined> {
    return db.maybe<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.ca = $1 AND c.serial = $2`, ca, serial);
  }

  async findMany(db: Db, ca: CaId, serials: readonly number[]): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.ca = $1 AND c.serial = ANY($2::bigint[])`, ca, serials);
  }

  /** Of a generation, in the order of serials. */
  async ofGeneration(db: Db, { ca, generation, after, limit }: { readonly ca: CaId; readonly generation: number; readonly after: number; readonly limit: number }): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.ca = $1 AND c.generation = $2 AND c.serial > $3 ORDER BY c.serial LIMIT $4`, ca, generation, after, limit);
  }

  async countOfGeneration(db: Db, ca: CaId, generation: number): Promise<number> {
    const { count } = await db.one<{ count: number }>('SELECT count(*) AS count FROM certificate WHERE ca = $1 AND generation = $2', ca, generation);
    return count;
  }

  async ofCard(db: Db, cardSerial: string): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.card_serial = $1 ORDER BY c.ca DESC, c.serial`, cardSerial);
  }

  async ofCards(db: Db, cardSerials: readonly string[]): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.card_serial = ANY($1::text[]) ORDER BY c.card_serial, c.ca DESC, c.serial`, cardSerials);
  }

  async ofRequest(db: Db, requestId: string): Promise<CertificateRow | undefined> {
    return db.maybe<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.issuance_request_id = $1`, requestId);
  }

  /** In force or on hold, and over; those that ended first. */
  async ended(db: Db, now: Date, limit: number): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.state IN ('VALID', 'HELD') AND c.not_after < $1 ORDER BY c.not_after LIMIT $2`, now.toISOString(), limit);
  }

  /** In force or on hold, and ending between two moments. */
  async ending(db: Db, { from, until, after, limit }: { from: Date; until: Date; after: { ca: string; serial: number } | null; limit: number }): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(
      `SELECT ${COLUMNS} ${FROM} WHERE c.state IN ('VALID', 'HELD') AND c.not_after >= $1 AND c.not_after < $2 AND (c.ca, c.serial) > ($3, $4) ORDER BY c.ca, c.serial LIMIT $5`,
      from.toISOString(), until.toISOString(), after?.ca ?? '', after?.serial ?? 0, limit,
    );
  }

  /** Certificates of these people that are not final. */
  async unfinishedOf(db: Db, personKeys: readonly string[]): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.person_key = ANY($1::uuid[]) AND c.state IN ('ISSUED_INACTIVE', 'VALID', 'HELD')`, personKeys);
  }

  /** Of these people or on these cards. */
  async unfinishedConcerning(db: Db, { personKeys, cardSerials }: { readonly personKeys: readonly string[]; readonly cardSerials: readonly string[] }): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(
      `SELECT ${COLUMNS} ${FROM} WHERE (c.person_key = ANY($1::uuid[]) OR c.card_serial = ANY($2::text[])) AND c.state IN ('ISSUED_INACTIVE', 'VALID', 'HELD')`,
      personKeys, cardSerials,
    );
  }

  async unfinishedOfCard(db: Db, cardSerial: string): Promise<CertificateRow[]> {
    return db.many<CertificateRow>(`SELECT ${COLUMNS} ${FROM} WHERE c.card_serial = $1 AND c.state IN ('ISSUED_INACTIVE', 'VALID', 'HELD')`, cardSerial);
  }

  /** Notes a stop or resumption of a card; false when a later one was followed before. */
  async followCard(db: Db, { cardSerial, sequence, stopped }: { readonly cardSerial: string; readonly sequence: number; readonly stopped: boolean }): Promise<boolean> {
    const moved = await db.run(
      `INSERT INTO card_progress (card_serial, sequence, stop_sequence) VALUES ($1, $2, $3)
       ON CONFLICT (card_serial) DO UPDATE SET sequence = excluded.sequence, stop_sequence = excluded.stop_sequence WHERE card_progress.sequence < excluded.sequence`,
      cardSerial, sequence, stopped ? sequence : null,
    );
    return moved === 1;
  }

  async isCardStopped(db: Db, cardSerial: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 AS stopped FROM card_progress WHERE card_serial = $1 AND stop_sequence = sequence', cardSerial)) !== undefined;
  }

  async ders(db: Db, rows: readonly Pick<CertificateRow, 'ca' | 'serial'>[]): Promise<Map<string, Buffer>> {
    const found = await db.many<{ ca: CaId; serial: number; der: Buffer }>(
      'SELECT c.ca, c.serial, c.der FROM certificate c JOIN unnest($1::text[], $2::bigint[]) AS wanted (ca, serial) ON c.ca = wanted.ca AND c.serial = wanted.serial',
      rows.map(({ ca }) => ca), rows.map(({ serial }) => serial),
    );
    return new Map(found.map(({ ca, serial, der }) => [`${ca}:${serial}`, this.cipher.decryptOctets(DER, der)]));
  }

  /** Recorded in this stretch of time, in the order of serials. */
  async issued(db: Db, { ca, from, until, after, limit }: IssuedPage): Promise<{ serial: number; personKey: string; der: Buffer }[]> {
    const found = await db.many<{ serial: number; personKey: string; der: Buffer }>(
      'SELECT serial, person_key AS "personKey", der FROM certificate WHERE ca = $1 AND issued_at >= $2 AND issued_at < $3 AND serial > $4 ORDER BY serial LIMIT $5',
      ca, from.toISOString(), until.toISOString(), after, limit,
    );
    return found.map((row) => ({ ...row, der: this.cipher.decryptOctets(DER, row.der) }));
  }

  /** Certificates of a span of time, each as likely as any other. */
  async sampleIssued(db: Db, { ca, from, until, most }: { ca: CaId; from: Date; until: Date; most: number }): Promise<(Pick<CertificateRow, 'serial' | 'type' | 'generation'> & { readonly der: Buffer })[]> {
    const found = await db.many<{ serial: number; type: CertificateType; generation: number; der: Buffer }>(
      `SELECT serial, type, generation, der FROM certificate WHERE ca = $1 AND serial IN (SELECT serial FROM certificate WHERE ca = $1 AND issued_at >= $2 AND issued_at < $3 ORDER BY random() LIMIT $4)`,
      ca, from.toISOString(), until.toISOString(), most,
    );
    return found.map((row) => ({ ...row, der: this.cipher.decryptOctets(DER, row.der) }));
  }

  /** By serial: what signature certificates were made of, from their statutory records. */
  async identitiesShown(db: Db, rows: readonly Pick<CertificateRow, 'serial'>[]): Promise<Map<number, HolderIdentity>> {
    const found = await db.many<{ serial: number; record: Buffer }>("SELECT serial, record FROM issuance_record WHERE ca = 'sign' AND serial = ANY($1::bigint[])", rows.map(({ serial }) => serial));
    return new Map(found.map(({ serial, record }) => [serial, recordedIdentity.parse(JSON.parse(this.cipher.decrypt(RECORD, record)))]));
  }

  /** All start as ISSUED_INACTIVE. Only inside a transaction. */
  async insertMany(db: Db, rows: readonly NewCertificate[]): Promise<void> {
    await db.copyIn(
      `certificate (ca, serial, generation, type, person_key, card_serial, municipality_code, partition_id, channel, window_id, production_batch_id,
         issuance_request_id, fact_version, not_before, not_after, state, version, issued_at, der)`,
      rows.map((row): CopyValue[] => [
        row.ca, row.serial, row.generation, row.type, row.person_key, row.card_serial, row.municipality_code, row.partition_id, row.channel, row.window_id, row.production_batch_id,
        row.issuance_request_id, row.fact_version, row.not_before.toISOString(), row.not_after.toISOString(), 'ISSUED_INACTIVE', 1, row.issued_at.toISOString(),
        this.cipher.encryptOctets(DER, row.der),
      ]),
    );
    await db.copyIn(
      'issuance_record (ca, serial, record, recorded_at)',
      rows.map((row): CopyValue[] => [row.ca, row.serial, this.cipher.encrypt(RECORD, row.record), row.issued_at.toISOString()]),
    );
  }

  /** Returns the new version; a row changed in between is a fault of locking. `activatedAt` where this brings it into force for the first time. */
  async setState(db: Db, row: CertificateRow, state: CertificateState, activatedAt?: Date): Promise<number> {
    const { version } = await db.one<{ version: number }>(
      `UPDATE certificate SET state = $3, version = version + 1, activated_at = coalesce($5, activated_at) WHERE ca = $1 AND serial = $2 AND version = $4
       RETURNING version`,
      row.ca, row.serial, state, row.version, activatedAt?.toISOString() ?? null,
    );
    return version;
  }

  async record(db: Db, row: CertificateRow, entry: RevocationEntry): Promise<void> {
    await db.run(
      `INSERT INTO revocation_record (id, ca, serial, kind, cause, reason, recorded_at, invalidity_date, source_ref, municipality_code, partition_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      uuidv7(), row.ca, row.serial, entry.kind, entry.cause, entry.reason, entry.recordedAt.toISOString(), entry.invalidityDate?.toISOString() ?? null,
      entry.sourceRef, row.municipality_code, row.partition_id,
    );
  }

  /**
   * Puts a certificate on its list. A hold that becomes final, and a reason that becomes graver, keep the date from which the
   * certificate had no effect (X.509 certificateHold; JPKI 3.5).
   */
  async list(db: Db, row: CertificateRow, entry: RevocationEntry): Promise<void> {
    await db.run(
      `INSERT INTO revoked (ca, serial, revoked_at, reason, invalidity_date, partition_id, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (ca, serial) DO UPDATE SET reason = excluded.reason, invalidity_date = excluded.invalidity_date`,
      row.ca, row.serial, entry.recordedAt.toISOString(), entry.reason, entry.invalidityDate?.toISOString() ?? null, row.partition_id, row.not_after.toISOString(),
    );
  }

  /** Revokes many at once as `record`, `list` and `setState` do one. */
  async revokeMany(db: Db, rows: readonly CertificateRow[], entry: RevocationEntry): Promise<void> {
    const [cas, serials] = [rows.map(({ ca }) => ca), rows.map(({ serial }) => serial)];
    const at = entry.recordedAt.toISOString();
    await db.run(
      `INSERT INTO revocation_record (id, ca, serial, kind, cause, reason, recorded_at, source_ref, municipality_code, partition_id)
       SELECT chosen.id, c.ca, c.serial, $4, $5, $6, $7, $8, c.municipality_code, c.partition_id FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS chosen (id, ca, serial) JOIN certificate c USING (ca, serial)`,
      rows.map(() => uuidv7()), cas, serials, entry.kind, entry.cause, entry.reason, at, entry.sourceRef,
    );
    await db.run(
      `INSERT INTO revoked (ca, serial, revoked_at, reason, partition_id, not_after)
       SELECT c.ca, c.serial, $3, $4, c.partition_id, c.not_after FROM unnest($1::text[], $2::bigint[]) AS chosen (ca, serial) JOIN certificate c USING (ca, serial)
       ON CONFLICT (ca, serial) DO UPDATE SET reason = excluded.reason, invalidity_date = NULL`,
      cas, serials, at, entry.reason,
    );
    await db.run(
      "UPDATE certificate c SET state = 'REVOKED', version = c.version + 1 FROM unnest($1::text[], $2::bigint[]) AS chosen (ca, serial) WHERE c.ca = chosen.ca AND c.serial = chosen.serial",
      cas, serials,
    );
  }

  /** Each as `setState` does one; without a state it stays as it is. */
  async moveOn(db: Db, rows: readonly CertificateRow[], state?: CertificateState): Promise<void> {
    await db.run(
      'UPDATE certificate c SET state = coalesce($3, c.state), version = c.version + 1 FROM unnest($1::text[], $2::bigint[]) AS chosen (ca, serial) WHERE c.ca = chosen.ca AND c.serial = chosen.serial',
      rows.map(({ ca }) => ca), rows.map(({ serial }) => serial), state ?? null,
    );
  }

  async unlist(db: Db, row: CertificateRow): Promise<void> {
    await db.run('DELETE FROM revoked WHERE ca = $1 AND serial = $2', row.ca, row.serial);
  }
}
