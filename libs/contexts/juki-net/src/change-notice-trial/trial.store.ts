import { addDays, localDateInJapan, type LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { PersonStatus } from '../resident/person-status.js';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import type { Content, SegmentState } from '../resident/segment.js';
import { tableOf } from '../statistics/statistics.js';
import type { StatisticsStore } from '../statistics/statistics.store.js';

/** The person of a code and their last record in one municipality. */
export interface TriedRecord extends Row {
  readonly status: PersonStatus;
  readonly nextStatus: PersonStatus | null;
  readonly nextStatusOn: string | null;
  readonly stay: number | null;
  readonly state: SegmentState | null;
  readonly content: Content;
}

export type StatisticsEffect = 'NONE' | 'DOMESTIC' | 'ABROAD' | 'REVERSED';

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const CANCELLATION = '26';
/** Notices that may have come in the same millisecond. */
const MOST_TOGETHER = 1_000;

/** Looks inside of the transaction that is rolled back. */
export class TrialStore {
  constructor(private readonly statistics: StatisticsStore) {}

  async recordOf(db: Db, codeIndex: Buffer, today: LocalDate, municipalityCode: string): Promise<TriedRecord | undefined> {
    return db.maybe<TriedRecord>(
      `SELECT ${EFFECTIVE_STATUS}, CASE WHEN p.next_status_on > $2::date THEN p.next_status END AS "nextStatus", p.next_status_on AS "nextStatusOn", s.stay, s.state,
         json_build_object('nameKanji', s.name_kanji, 'nameKana', s.name_kana, 'aliasName', s.alias_name, 'birthDate', s.birth_date, 'sex', s.sex,
           'address', s.address, 'townCode', s.town_code, 'postalCode', s.postal_code, 'formerSurname', s.former_surname) AS content
       FROM resident_code c JOIN person p ON p.person_key = c.person_key
       LEFT JOIN LATERAL (SELECT * FROM segment g WHERE g.person_key = p.person_key AND g.municipality_code = $3 ORDER BY g.stay DESC LIMIT 1) AS s ON true
       WHERE c.code_index = $1`,
      codeIndex, today, municipalityCode,
    );
  }

  /** The row of the migration report that the notice would make, by the query of the extract itself (JUKI-4.10). */
  async statisticsOf(db: Db, { noticeId, changeReason }: { noticeId: string; changeReason: string }, at: Date): Promise<StatisticsEffect> {
    const cancellations = changeReason === CANCELLATION;
    const looked = { which: cancellations ? 'CANCELLATIONS' : 'MOVES', since: at.toISOString(), receivedBefore: new Date(at.getTime() + 1), notifiedBefore: addDays(localDateInJapan(at), 1), limit: MOST_TOGETHER } as const;
    const received = await this.statistics.candidates(db, { at: at.toISOString(), noticeId: FIRST_ID }, looked);
    const move = received.find((candidate) => candidate.noticeId === noticeId);
    if (move === undefined) return 'NONE';
    if (!cancellations) return move.counted ? 'NONE' : (tableOf(move) ?? 'NONE');
    const counted = await db.maybe(
      'SELECT 1 FROM counted_move WHERE municipality_code = $1 AND person_key = $2 AND stay = $3 AND reversed_by IS NULL', move.municipalityCode, move.personKey, move.stay,
    );
    return counted === undefined ? 'NONE' : 'REVERSED';
  }
}
