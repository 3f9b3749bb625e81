import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import { lastDayOfLeaving, latestBirths } from './unsettled-person.js';

export interface UnsettledPerson extends Row {
  readonly personKey: string;
  readonly status: 'IN_TRANSIT' | 'DELETED';
  readonly since: string;
  /** The municipality's own notice that ended the record. */
  readonly noticeId: string | null;
  readonly municipalSeq: number | null;
  readonly band: number;
}

interface BandCount extends Row {
  readonly band: number;
  readonly status: UnsettledPerson['status'];
  readonly count: number;
}

/** Those whose last record was in a municipality: $1 municipality, $2 today, $3 last day of leaving, $4 latest births of the bands. */
const UNSETTLED = `SELECT u.*, (SELECT count(*) FROM unnest($4::text[]) AS latest WHERE u.birth_date <= latest)::int AS band FROM (
  SELECT p.person_key AS "personKey", ${EFFECTIVE_STATUS}, s.state, s.closed_date AS since, s.closed_reason, s.birth_date
  FROM person p JOIN segment s ON s.person_key = p.person_key AND s.municipality_code = p.municipality_code AND s.stay = p.stay
  WHERE p.municipality_code = $1 AND (p.status IN ('IN_TRANSIT', 'DELETED') OR p.next_status = 'IN_TRANSIT')
) AS u WHERE (u.status = 'IN_TRANSIT' AND u.since <= $3::date) OR (u.status = 'DELETED' AND u.state = 'CLOSED_EX_OFFICIO')`;

export class UnsettledPersonStore {
  async counts(db: Db, municipalityCode: string, today: LocalDate): Promise<BandCount[]> {
    return db.many<BandCount>(`SELECT band, status, count(*) AS count FROM (${UNSETTLED}) AS found GROUP BY band, status`, ...asked(municipalityCode, today));
  }

  async list(db: Db, { municipalityCode, today, after, limit }: { municipalityCode: string; today: LocalDate; after: string | undefined; limit: number }): Promise<UnsettledPerson[]> {
    return db.many<UnsettledPerson>(
      `SELECT found."personKey", found.status, found.since, found.band, n.notice_id AS "noticeId", n.municipal_seq AS "municipalSeq" FROM (${UNSETTLED}) AS found
       LEFT JOIN LATERAL (SELECT c.notice_id, c.municipal_seq FROM change_notice c WHERE c.municipality_code = $1 AND c.person_key = found."personKey"
         AND c.change_reason = found.closed_reason AND c.state = 'APPLIED' ORDER BY c.person_seq DESC LIMIT 1) AS n ON true
       WHERE $5::uuid IS NULL OR found."personKey" > $5 ORDER BY found."personKey" LIMIT $6`,
      ...asked(municipalityCode, today), after ?? null, limit,
    );
  }

  /** Where a page ended, by the notice that was shown last. */
  async personOf(db: Db, municipalityCode: string, noticeId: string): Promise<string | undefined> {
    const row = await db.maybe<{ person_key: string }>('SELECT person_key FROM change_notice WHERE notice_id = $1 AND municipality_code = $2', noticeId, municipalityCode);
    return row?.person_key;
  }
}

function asked(municipalityCode: string, today: LocalDate): unknown[] {
  return [municipalityCode, today, lastDayOfLeaving(today), latestBirths(today)];
}
