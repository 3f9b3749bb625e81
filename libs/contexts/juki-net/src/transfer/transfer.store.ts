import { type LocalDate, toLocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import { ResidentStore } from '../resident/resident.store.js';
import type { Route, Transfer, TransferState } from './transfer.js';

interface TransferRow extends Row {
  readonly transfer_id: string;
  readonly person_key: string;
  readonly event_seq: number;
  readonly from_code: string | null;
  readonly to_code: string | null;
  readonly pointed_to: string | null;
  readonly route: Route | null;
  readonly planned_on: string | null;
  readonly living_since: string | null;
  readonly certificate: 'REQUESTED' | 'SENT' | null;
  readonly out_on: string | null;
  readonly out_version: number | null;
  readonly in_on: string | null;
  readonly in_version: number | null;
  readonly in_at: Date | null;
  readonly notice_on: string | null;
  readonly exit_state: 'EXPIRED' | 'WITHDRAWN' | null;
  readonly exit_at: Date | null;
  readonly reminded_on: string | null;
  readonly in_transit_on: string | null;
}

/** A case as it is to be written: with the state of the day and the next time to look at it. */
export interface KeptTransfer {
  readonly transfer: Transfer;
  readonly state: TransferState;
  readonly wakeAt: Date | undefined;
}

/** A person as far as a municipality's notification of a move needs it. */
export interface Mover extends Row {
  readonly person_key: string;
  readonly superseded: boolean;
  readonly is_resident: boolean;
}

export interface TransferFilter {
  readonly municipalityCode: string;
  readonly state?: TransferState | undefined;
  readonly isTask: boolean;
  readonly after?: string | undefined;
  readonly limit: number;
}

const TYPES = {
  transfer_id: 'uuid', person_key: 'uuid', event_seq: 'int', from_code: 'text', to_code: 'text', pointed_to: 'text', route: 'text', planned_on: 'date', living_since: 'date', certificate: 'text',
  out_on: 'date', out_version: 'int', in_on: 'date', in_version: 'int', in_at: 'timestamptz', notice_on: 'date', exit_state: 'text', exit_at: 'timestamptz',
  reminded_on: 'date', in_transit_on: 'date', state: 'text', wake_at: 'timestamptz',
} as const;
const COLUMNS = Object.keys(TYPES);
const CERTIFICATE = 'transfer_certificate.sealed';
const OPEN = "state NOT IN ('OUT_CLOSED', 'WITHDRAWN')";

const UPSERT = `INSERT INTO transfer_case (${COLUMNS.join(', ')})
  SELECT * FROM unnest(${Object.values(TYPES).map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
  ON CONFLICT (transfer_id) DO UPDATE SET ${COLUMNS.slice(2).map((column) => `${column} = excluded.${column}`).join(', ')}`;

/** Open cases of one side of a municipality, in the order of their ids. */
const ofSide = (side: 'from_code' | 'to_code'): string => `(SELECT * FROM transfer_case WHERE ${side} = $1 AND ${OPEN} AND ($2::text IS NULL OR state = $2)
  AND (NOT $3 OR ('${side}' = 'from_code' AND state = 'IN_NOTICE_SENT' AND reminded_on IS NOT NULL)) AND ($4::uuid IS NULL OR transfer_id > $4) ORDER BY transfer_id LIMIT $5)`;

/** Cases of moves, and the certificate information on its way. */
export class TransferStore {
  readonly residents: ResidentStore;
  constructor(private readonly cipher: FieldCipher) {
    this.residents = new ResidentStore(cipher);
  }

  /** The person of a code, and whether the municipality has a record of it that is open. */
  async mover(db: Db, residentCode: string, municipalityCode: string): Promise<Mover | undefined> {
    return db.maybe<Mover>(
      `SELECT c.person_key, c.superseded, EXISTS (
         SELECT FROM segment s WHERE s.person_key = c.person_key AND s.municipality_code = $2 AND s.state IN ('LIVE', 'OUT_PLANNED') AND NOT s.quarantined) AS is_resident
       FROM resident_code c JOIN person p ON p.person_key = c.person_key WHERE c.code_index = $1`,
      this.cipher.blindIndex('resident-code', residentCode), municipalityCode,
    );
  }

  /** All cases of a person, the newest first; whoever else decides about a move of the person waits. */
  async lockPerson(db: Db, personKey: string): Promise<Transfer[]> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('transfer-person:' || $1::text, 0))", personKey);
    return (await db.many<TransferRow>('SELECT * FROM transfer_case WHERE person_key = $1 ORDER BY transfer_id DESC FOR UPDATE', personKey)).map(toTransfer);
  }

  async lock(db: Db, transferId: string): Promise<Transfer | undefined> {
    const row = await db.maybe<TransferRow>('SELECT * FROM transfer_case WHERE transfer_id = $1 FOR UPDATE', transferId);
    return row === undefined ? undefined : toTransfer(row);
  }

  async find(db: Db, transferId: string): Promise<Transfer | undefined> {
    const row = await db.maybe<TransferRow>('SELECT * FROM transfer_case WHERE transfer_id = $1', transferId);
    return row === undefined ? undefined : toTransfer(row);
  }

  async isDue(db: Db, now: Date): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM transfer_case WHERE wake_at <= $1 LIMIT 1', now.toISOString())) !== undefined;
  }

  /** Cases to which time has something to do; those that another transaction holds are left to it. */
  async lockDue(db: Db, now: Date, limit: number): Promise<Transfer[]> {
    return (await db.many<TransferRow>('SELECT * FROM transfer_case WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED', now.toISOString(), limit)).map(toTransfer);
  }

  /** Writes new and changed cases; certificate information does not outlive its case. */
  async write(db: Db, kept: readonly KeptTransfer[]): Promise<void> {
    if (kept.length === 0) return;
    const rows = kept.map(valuesOf);
    await db.run(UPSERT, ...COLUMNS.map((_column, index) => rows.map((row) => row[index])));
    const ended = kept.filter(({ transfer, state }) => transfer.certificate === 'SENT' && (state === 'OUT_CLOSED' || state === 'WITHDRAWN' || state === 'EXPIRED'));
    if (ended.length > 0) await db.run('DELETE FROM transfer_certificate WHERE transfer_id = ANY($1::uuid[])', ended.map(({ transfer }) => transfer.transferId));
  }

  async list(db: Db, { municipalityCode, state, isTask, after, limit }: TransferFilter): Promise<Transfer[]> {
    const rows = await db.many<TransferRow>(
      `SELECT * FROM (${ofSide('from_code')} UNION ALL ${ofSide('to_code')}) AS side ORDER BY transfer_id LIMIT $5`,
      municipalityCode, state ?? null, isTask, after ?? null, limit,
    );
    return rows.map(toTransfer);
  }

  /** Cases of those who left a municipality and are still under way, of which it was told. */
  async inTransit(db: Db, filter: { municipalityCode: string; today: LocalDate; after: string | undefined; limit: number }): Promise<Transfer[]> {
    const rows = await db.many<TransferRow>(
      `SELECT t.* FROM transfer_case t CROSS JOIN LATERAL (SELECT ${EFFECTIVE_STATUS} FROM person p WHERE p.person_key = t.person_key) AS register
       WHERE t.from_code = $1 AND t.${OPEN} AND t.in_transit_on IS NOT NULL AND t.in_on IS NULL AND t.notice_on IS NULL AND register.status = 'IN_TRANSIT'
         AND ($3::uuid IS NULL OR t.transfer_id > $3) ORDER BY t.transfer_id LIMIT $4`,
      filter.municipalityCode, filter.today, filter.after ?? null, filter.limit,
    );
    return rows.map(toTransfer);
  }

  async keepCertificate(db: Db, transferId: string, certificate: string, at: Date): Promise<void> {
    const sealed = this.cipher.encrypt(CERTIFICATE, certificate);
    await db.run('INSERT INTO transfer_certificate (transfer_id, sealed, sent_at) VALUES ($1, $2, $3)', transferId, sealed, at.toISOString());
  }

  async certificate(db: Db, transferId: string): Promise<string | undefined> {
    const row = await db.maybe<{ sealed: Buffer }>('SELECT sealed FROM transfer_certificate WHERE transfer_id = $1', transferId);
    return row === undefined ? undefined : this.cipher.decrypt(CERTIFICATE, row.sealed);
  }
}

function valuesOf({ transfer, state, wakeAt }: KeptTransfer): readonly unknown[] {
  const { transferId, personKey, eventSeq, from, to, pointedTo, route, plannedOn, livingSince, certificate, out, moveIn, noticeOn, exit, remindedOn, inTransitOn } = transfer;
  return [
    transferId, personKey, eventSeq, from, to, pointedTo, route, plannedOn, livingSince, certificate, out?.on, out?.version, moveIn?.on, moveIn?.version, moveIn?.at.toISOString(),
    noticeOn, exit?.state, exit?.at.toISOString(), remindedOn, inTransitOn, state, wakeAt?.toISOString(),
  ];
}

function toTransfer(row: TransferRow): Transfer {
  const day = (text: string | null): LocalDate | undefined => (text === null ? undefined : toLocalDate(text));
  return {
    transferId: row.transfer_id, personKey: row.person_key, eventSeq: row.event_seq, from: row.from_code ?? undefined, to: row.to_code ?? undefined, pointedTo: row.pointed_to ?? undefined, route: row.route ?? undefined,
    plannedOn: day(row.planned_on), livingSince: day(row.living_since), certificate: row.certificate ?? undefined,
    out: row.out_version === null ? undefined : { on: day(row.out_on), version: row.out_version },
    moveIn: row.in_on === null || row.in_version === null || row.in_at === null ? undefined : { on: toLocalDate(row.in_on), version: row.in_version, at: row.in_at },
    noticeOn: day(row.notice_on),
    exit: row.exit_state === null || row.exit_at === null ? undefined : { state: row.exit_state, at: row.exit_at },
    remindedOn: day(row.reminded_on), inTransitOn: day(row.in_transit_on),
  };
}
