import type { CopyValue, Db, FieldCipher } from '#platform';
import type { CaId, CertificateType } from '../ca/ca.js';
import type { IssuanceChannel, IssuanceState } from './issuance.js';

/** A request as recorded; `tbs` and `record` are kept until the certificate is. */
export type IssuanceRow = {
  readonly id: string;
  readonly request_key: string;
  readonly request_hash: Buffer;
  readonly channel: IssuanceChannel;
  readonly type: CertificateType;
  readonly state: IssuanceState;
  readonly code: string | null;
  readonly ca: CaId;
  readonly serial: number | null;
  readonly generation: number | null;
  readonly card_serial: string;
  readonly person_key: string;
  readonly municipality_code: string;
  readonly partition_id: string | null;
  readonly window_id: string;
  readonly production_batch_id: string | null;
  readonly fact_version: number | null;
  readonly not_before: Date | null;
  readonly not_after: Date | null;
  readonly tbs: Buffer | null;
  readonly record: string | null;
};

type SealedRow = Omit<IssuanceRow, 'tbs' | 'record'> & { readonly tbs: Buffer | null; readonly record: Buffer | null };

const COLUMNS = `id, request_key, request_hash, channel, type, state, code, ca, serial, generation, card_serial, person_key, municipality_code, partition_id, window_id,
  production_batch_id, fact_version, not_before, not_after, tbs, record`;
const TBS = 'issuance_request.tbs';
const RECORD = 'issuance_request.record';

export class IssuanceStore {
  constructor(private readonly cipher: FieldCipher) {}

  async byKeys(db: Db, requestKeys: readonly string[]): Promise<Map<string, IssuanceRow>> {
    const rows = await db.many<SealedRow>(`SELECT ${COLUMNS} FROM issuance_request WHERE request_key = ANY($1::text[])`, requestKeys);
    return new Map(rows.map((row) => [row.request_key, this.opened(row)]));
  }

  async find(db: Db, id: string): Promise<IssuanceRow | undefined> {
    const row = await db.maybe<SealedRow>(`SELECT ${COLUMNS} FROM issuance_request WHERE id = $1`, id);
    return row === undefined ? undefined : this.opened(row);
  }

  /** Only inside a transaction. */
  async insertMany(db: Db, rows: readonly IssuanceRow[], at: Date): Promise<void> {
    const instant = at.toISOString();
    await db.copyIn(
      `issuance_request (${COLUMNS}, received_at, changed_at)`,
      rows.map((row): CopyValue[] => [
        row.id, row.request_key, row.request_hash, row.channel, row.type, row.state, row.code, row.ca, row.serial, row.generation, row.card_serial, row.person_key,
        row.municipality_code, row.partition_id, row.window_id, row.production_batch_id, row.fact_version, row.not_before?.toISOString() ?? null, row.not_after?.toISOString() ?? null,
        row.tbs === null ? null : this.cipher.encryptOctets(TBS, row.tbs),
        row.record === null ? null : this.cipher.encrypt(RECORD, row.record),
        instant, instant,
      ]),
    );
  }

  /** Forgets requests that were to be signed by a key that issues no more, and that they have these keys; their serial numbers stay unused. */
  async withdraw(db: Db, ids: readonly string[], hashes: readonly Buffer[]): Promise<void> {
    await db.run("DELETE FROM issuance_request WHERE id = ANY($1::uuid[]) AND state = 'LINTED'", ids);
    await db.run('DELETE FROM issued_key WHERE modulus_hash = ANY($1::bytea[]) AND issuance_request_id = ANY($2::uuid[]) AND NOT EXISTS (SELECT 1 FROM issuance_request WHERE id = issuance_request_id)', hashes, ids);
  }

  /** Notes keys as used, in an order that all keep; returns the requests whose key nobody had before. */
  async takeKeys(db: Db, keys: readonly { readonly hash: Buffer; readonly requestId: string }[]): Promise<Set<string>> {
    const rows = await db.many<{ issuance_request_id: string }>(
      `INSERT INTO issued_key (modulus_hash, issuance_request_id) SELECT hash, id FROM unnest($1::bytea[], $2::uuid[]) AS used (hash, id) ORDER BY hash
       ON CONFLICT DO NOTHING RETURNING issuance_request_id`,
      keys.map(({ hash }) => hash), keys.map(({ requestId }) => requestId),
    );
    return new Set(rows.map((row) => row.issuance_request_id));
  }

  /** Turns LINTED into SIGNED; returns the ids for which this was the first time. */
  async markSigned(db: Db, ids: readonly string[], at: Date): Promise<Set<string>> {
    const rows = await db.many<{ id: string }>(
      "UPDATE issuance_request SET state = 'SIGNED', tbs = NULL, record = NULL, changed_at = $2 WHERE id = ANY($1::uuid[]) AND state = 'LINTED' RETURNING id",
      ids, at.toISOString(),
    );
    return new Set(rows.map((row) => row.id));
  }

  async setState(db: Db, id: string, state: IssuanceState, at: Date): Promise<void> {
    await db.run('UPDATE issuance_request SET state = $2, changed_at = $3 WHERE id = $1', id, state, at.toISOString());
  }

  /** Requests of windows whose certificate was not confirmed since `before`. */
  async undelivered(db: Db, before: Date, limit: number): Promise<IssuanceRow[]> {
    const rows = await db.many<SealedRow>(
      `SELECT ${COLUMNS} FROM issuance_request WHERE state = 'SIGNED' AND channel = 'WINDOW' AND changed_at < $1 ORDER BY changed_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      before.toISOString(), limit,
    );
    return rows.map((row) => this.opened(row));
  }

  private opened(row: SealedRow): IssuanceRow {
    return {
      ...row,
      tbs: row.tbs === null ? null : this.cipher.decryptOctets(TBS, row.tbs),
      record: row.record === null ? null : this.cipher.decrypt(RECORD, row.record),
    };
  }
}
