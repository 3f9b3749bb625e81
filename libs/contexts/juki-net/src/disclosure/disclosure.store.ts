import { addDays, localDateInJapan, type LocalDate, startOfDayInJapan } from '#kernel';
import type { Db, Row } from '#platform';
import type { DisclosureRequest, Period, Stay, Use } from './disclosure.js';

export interface RecordedUse extends Use {
  readonly mode: string;
  readonly legalBasis: string;
  readonly keyKind: string;
  readonly items: readonly string[];
  /** The answer may not have arrived: it broke off, or no receipt was confirmed of the file that had it (JUKI-7). */
  readonly deliveryUnknown: boolean;
  /** Another context that provided it; the register itself where none is named. */
  readonly provider: string | null;
}

const COLUMNS = `request_id AS "requestId", kind, organisation, person_key AS "personKey", state, received_on AS "receivedOn", target_on AS "targetOn", due_on AS "dueOn",
  period_from AS "periodFrom", period_until AS "periodUntil", means, outcome, withheld, reason, decided_by AS "decidedBy"`;

/** The trail of what a batch, or a file of changes, told is its job. */
const OF_BATCH = "u.mode IN ('BATCH_LINE', 'CHANGE_FEED') AND u.provider IS NULL AND u.correlation_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'";

export class DisclosureStore {
  async add(db: Db, request: DisclosureRequest, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO disclosure_request (request_id, kind, organisation, person_key, state, received_on, target_on, due_on, period_from, period_until, withheld, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      request.requestId, request.kind, request.organisation, request.personKey, request.state, request.receivedOn, request.targetOn, request.dueOn,
      request.periodFrom, request.periodUntil, request.withheld, at.toISOString(),
    );
  }

  async find(db: Db, requestId: string): Promise<DisclosureRequest | undefined> {
    return db.maybe<DisclosureRequest & Row>(`SELECT ${COLUMNS} FROM disclosure_request WHERE request_id = $1`, requestId);
  }

  async lock(db: Db, requestId: string): Promise<DisclosureRequest | undefined> {
    return db.maybe<DisclosureRequest & Row>(`SELECT ${COLUMNS} FROM disclosure_request WHERE request_id = $1 FOR UPDATE`, requestId);
  }

  async save(db: Db, request: DisclosureRequest, at: Date): Promise<void> {
    await db.run(
      'UPDATE disclosure_request SET state = $2, means = $3, outcome = $4, withheld = $5, reason = $6, decided_by = $7, changed_at = $8 WHERE request_id = $1',
      request.requestId, request.state, request.means, request.outcome, request.withheld, request.reason, request.decidedBy, at.toISOString(),
    );
  }

  /** Not yet given though the day we meant to has passed, the longest first. */
  async overdue(db: Db, within: string, today: LocalDate, limit: number): Promise<DisclosureRequest[]> {
    return db.many<DisclosureRequest & Row>(
      `SELECT ${COLUMNS} FROM disclosure_request WHERE state <> 'GIVEN' AND starts_with(organisation, $1) AND target_on < $2 ORDER BY target_on, request_id LIMIT $3`,
      within, today, limit,
    );
  }

  /** Where the person lives and lived; entries by mistake were never a stay. */
  async stays(db: Db, personKey: string): Promise<Stay[]> {
    return db.many<Stay & Row>(
      `SELECT municipality_code AS "municipalityCode", entry_date AS "entryDate" FROM segment WHERE person_key = $1 AND state <> 'CLOSED_ERROR' AND NOT quarantined`, personKey,
    );
  }

  async uses(db: Db, personKey: string, { from, until }: Period): Promise<RecordedUse[]> {
    const rows = await db.many<Omit<RecordedUse, 'day'> & { readonly at: Date }>(
      `SELECT u.at, u.organisation, u.affair, u.mode, u.key_kind AS "keyKind", u.items, u.provider,
         u.result_code = 'DELIVERY_UNKNOWN' OR (b.batch_id IS NOT NULL AND b.receipted_at IS NULL)
           OR EXISTS (SELECT FROM delivery_unknown d WHERE d.person_key = u.person_key AND d.at = u.at AND d.use_id = u.use_id) AS "deliveryUnknown", coalesce(g.institution, u.institution, '') AS institution,
         coalesce(g.legal_basis, u.legal_basis, '') AS "legalBasis"
       FROM use_record u LEFT JOIN provision_grant g ON g.grant_id = u.grant_id
         LEFT JOIN job j ON j.id = CASE WHEN ${OF_BATCH} THEN u.correlation_id::uuid END LEFT JOIN provision_batch b ON b.batch_id = (j.parameters ->> 'batchId')::uuid
       WHERE u.person_key = $1 AND u.at >= $2 AND u.at < $3 ORDER BY u.at, u.use_id`,
      personKey, startOfDayInJapan(from).toISOString(), startOfDayInJapan(addDays(until, 1)).toISOString(),
    );
    return rows.map(({ at, ...use }) => ({ ...use, day: localDateInJapan(at) }));
  }
}
