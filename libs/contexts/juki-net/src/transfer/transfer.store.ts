import { type LocalDate, toLocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import { ResidentStore } from '../resident/resident.store.js';
import type { RecordsOfCase } from './records-of-case.js';
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
  readonly requested_at: Date | null;
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
  /** First day of the municipality's last record of it, and the day on which that was closed as moved out. */
  readonly entered_on: string | null;
  readonly left_on: string | null;
}

export interface TransferFilter {
  readonly municipalityCode: string;
  readonly state?: TransferState | undefined;
  readonly isTask: boolean;
  readonly after?: string | undefined;
  readonly limit: number;
}

const TYPES = {
  transfer_id: 'uuid', person_key: 'uuid', event_seq: 'int', from_code: 'text', to_code: 'text', pointed_to: 'text', route: 'text', planned_on: 'date', living_since: 'date', certificate: 'text', requested_at: 'timestamptz',
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

/** The entry that the case is about was cancelled (26), and no later one stands. */
const IS_MISTAKEN = `(EXISTS (SELECT FROM segment s WHERE s.person_key = t.person_key AND s.municipality_code = t.to_code AND s.entry_date = t.in_on AND s.state = 'CLOSED_ERROR')
  AND NOT EXISTS (SELECT FROM segment s WHERE s.person_key = t.person_key AND s.municipality_code = t.to_code AND s.entry_date >= t.in_on AND s.state <> 'CLOSED_ERROR'))`;

/** Cases of moves, and the certificate information on its way. */
export class TransferStore {
  readonly residents: ResidentStore;
  constructor(private readonly cipher: FieldCipher) {
    this.residents = new ResidentStore(cipher);
  }

  /** The person of a code, and whether the municipality has a record of it that is open, or when it had one. */
  async mover(db: Db, residentCode: string, municipalityCode: string): Promise<Mover | undefined> {
    return db.maybe<Mover>(
      `SELECT c.person_key, c.superseded, coalesce(s.state IN ('LIVE', 'OUT_PLANNED'), false) AS is_resident, s.entry_date AS entered_on,
         CASE WHEN s.state = 'CLOSED_MOVED' THEN s.closed_date END AS left_on
       FROM resident_code c JOIN person p ON p.person_key = c.person_key
       LEFT JOIN LATERAL (SELECT state, entry_date, closed_date FROM segment WHERE segment.person_key = c.person_key AND segment.municipality_code = $2
         AND NOT quarantined AND state <> 'CLOSED_ERROR' ORDER BY stay DESC LIMIT 1) AS s ON true WHERE c.code_index = $1`,
      this.cipher.blindIndex('resident-code', residentCode), municipalityCode,
    );
  }

  /** All cases of people, each one's newest first; whoever else decides about a move of one of them waits. */
  async lockPersons(db: Db, personKeys: readonly string[]): Promise<Transfer[]> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('transfer-person:' || key, 0)) FROM unnest($1::text[]) AS key", [...new Set(personKeys)].sort());
    return (await db.many<TransferRow>('SELECT * FROM transfer_case WHERE person_key = ANY($1::uuid[]) ORDER BY transfer_id DESC FOR UPDATE', personKeys)).map(toTransfer);
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
    // In the order of the index: without one, the planner reads all cases to find that none is due.
    return (await db.maybe('SELECT 1 FROM transfer_case WHERE wake_at <= $1 ORDER BY wake_at LIMIT 1', now.toISOString())) !== undefined;
  }

  /** Cases to which time has something to do, with what became of their records; those that another transaction holds are left to it. */
  async lockDue(db: Db, now: Date, limit: number): Promise<{ readonly transfer: Transfer; readonly records: RecordsOfCase }[]> {
    const rows = await db.many<TransferRow & { ended_reason: string | null; ended_on: string | null; is_mistaken: boolean }>(
      `SELECT t.*, f.closed_reason AS ended_reason, f.closed_date AS ended_on, ${IS_MISTAKEN} AS is_mistaken
       FROM transfer_case t LEFT JOIN LATERAL (SELECT s.closed_reason, s.closed_date, s.state FROM segment s WHERE s.person_key = t.person_key AND s.municipality_code = t.from_code
         ORDER BY s.stay DESC LIMIT 1) AS f ON f.state LIKE 'CLOSED\\_%' AND f.closed_reason NOT IN ('21', '22')
       WHERE t.wake_at <= $1 ORDER BY t.wake_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED`,
      now.toISOString(), limit,
    );
    return rows.map((row) => {
      const { ended_reason: reason, ended_on: on } = row;
      return { transfer: toTransfer(row), records: { ended: reason === null || on === null ? undefined : { reason, on: toLocalDate(on) }, isMistaken: row.is_mistaken } };
    });
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

  /** Open cases of arrivals from nobody knew where, of persons whose record in a municipality a change of municipalities ended with the arrival. */
  async joinedArrivals(db: Db, ended: string, joining: readonly string[], limit: number): Promise<Transfer[]> {
    const rows = await db.many<TransferRow>(
      `SELECT t.* FROM transfer_case t WHERE t.to_code = ANY($2::text[]) AND t.to_code <> $1 AND t.from_code IS NULL AND t.${OPEN} AND EXISTS (
         SELECT FROM segment s WHERE s.person_key = t.person_key AND s.municipality_code = $1 AND s.state = 'CLOSED_MOVED' AND s.closed_date = t.in_on) LIMIT $3`,
      ended, joining, limit,
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

/** A municipality ended records otherwise than by a move: the open cases of these persons there are looked at (JUKI-3.4). */
export async function wakeTransfers(db: Db, municipalityCode: string, personKeys: readonly string[], at: Date): Promise<void> {
  if (personKeys.length === 0) return;
  await db.run(`UPDATE transfer_case SET wake_at = $3 WHERE person_key = ANY($2::uuid[]) AND $1 IN (from_code, to_code) AND ${OPEN}`, municipalityCode, personKeys, at.toISOString());
}

function valuesOf({ transfer, state, wakeAt }: KeptTransfer): readonly unknown[] {
  const { transferId, personKey, eventSeq, from, to, pointedTo, route, plannedOn, livingSince, certificate, requestedAt, out, moveIn, noticeOn, exit, remindedOn, inTransitOn } = transfer;
  return [
    transferId, personKey, eventSeq, from, to, pointedTo, route, plannedOn, livingSince, certificate, requestedAt?.toISOString(), out?.on, out?.version, moveIn?.on, moveIn?.version, moveIn?.at.toISOString(),
    noticeOn, exit?.state, exit?.at.toISOString(), remindedOn, inTransitOn, state, wakeAt?.toISOString(),
  ];
}

function toTransfer(row: TransferRow): Transfer {
  const day = (text: string | null): LocalDate | undefined => (text === null ? undefined : toLocalDate(text));
  return {
    transferId: row.transfer_id, personKey: row.person_key, eventSeq: row.event_seq, from: row.from_code ?? undefined, to: row.to_code ?? undefined, pointedTo: row.pointed_to ?? undefined, route: row.route ?? undefined,
    plannedOn: day(row.planned_on), livingSince: day(row.living_since), certificate: row.certificate ?? undefined, requestedAt: row.requested_at ?? undefined,
    out: row.out_version === null ? undefined : { on: day(row.out_on), version: row.out_version },
    moveIn: row.in_on === null || row.in_version === null || row.in_at === null ? undefined : { on: toLocalDate(row.in_on), version: row.in_version, at: row.in_at },
    noticeOn: day(row.notice_on),
    exit: row.exit_state === null || row.exit_at === null ? undefined : { state: row.exit_state, at: row.exit_at },
    remindedOn: day(row.reminded_on), inTransitOn: day(row.in_transit_on),
  };
}
