import type { CopyValue, Db, FieldCipher, Row } from '#platform';
import type { CaseState } from './initial-match.js';
import { type NormalisedRow, sealedRow } from './initial-match.store.js';
import type { MatchRow } from './match-row.js';
import type { MatchDecision, Outcome, Tier } from './match-tier.js';

/** A row with what was decided about it. */
export interface DecidedRow extends NormalisedRow {
  readonly decision: MatchDecision;
}

export interface MatchCase {
  readonly line: number;
  readonly outcome: Outcome;
  readonly tier?: Tier | undefined;
  readonly state?: CaseState | undefined;
  /** Whom the rules or the officers found. */
  readonly personKey?: string | undefined;
  readonly decidedBy?: string | undefined;
  readonly row: MatchRow;
}

/** A person shown with a case; one without tier is a hint. */
export interface CaseCandidate {
  readonly line: number;
  readonly candidate: number;
  readonly personKey: string;
  readonly tier?: Tier | undefined;
}

interface CaseRow extends Row {
  readonly line: number;
  readonly outcome: Outcome;
  readonly tier: Tier | null;
  readonly state: CaseState | null;
  readonly person_key: string | null;
  readonly decided_by: string | null;
  readonly sealed: Buffer;
}

interface CandidateRow extends Row {
  readonly line: number;
  readonly candidate: number;
  readonly person_key: string;
  readonly tier: Tier | null;
}

interface ResultRow extends CaseRow {
  readonly resident_code: Buffer | null;
  readonly individual_number: Buffer | null;
}

const SEALED = 'match_case.sealed';
const COLUMNS = 'c.line, c.outcome, c.tier, c.state, c.person_key, c.decided_by, c.sealed';
/** No fishing: of more persons only the best are kept (JUKI-4.7). */
const MOST_CANDIDATES = 10;

/** Cases of a matching, with the rows of the agency encrypted, and the persons proposed for them. */
export class MatchCaseStore {
  constructor(private readonly cipher: FieldCipher) {}

  refIndex(matchId: string, ref: string): Buffer {
    return this.cipher.blindIndex('initial-match-ref', `${matchId}/${ref}`);
  }

  /** References of rows that are cases already, as they stand in the index. */
  async knownRefs(db: Db, matchId: string, refs: readonly Buffer[]): Promise<Set<string>> {
    const rows = await db.manyPlanned<{ ref_index: Buffer }>(
      'SELECT c.ref_index FROM unnest($2::bytea[]) AS asked (ref_index) JOIN match_case c ON c.match_id = $1 AND c.ref_index = asked.ref_index', matchId, refs,
    );
    return new Set(rows.map((row) => row.ref_index.toString('latin1')));
  }

  async add(db: Db, matchId: string, rows: readonly (DecidedRow & { readonly refIndex: Buffer })[]): Promise<void> {
    const cases = rows.map(({ line, row, refIndex, decision: { outcome, tier, found } }): CopyValue[] => [
      matchId, line, refIndex, outcome, tier ?? null, outcome === 'REVIEW' ? 'OPEN' : null, outcome === 'AUTO' ? (found[0]?.personKey ?? null) : null,
      this.cipher.encrypt(SEALED, JSON.stringify(row)),
    ]);
    await db.copyIn('match_case(match_id, line, ref_index, outcome, tier, state, person_key, sealed)', cases);
    const candidates = rows.flatMap(({ line, decision: { outcome, found } }) =>
      outcome === 'AUTO' ? [] : found.slice(0, MOST_CANDIDATES).map(({ personKey, likeness }, index): CopyValue[] => [matchId, line, index + 1, personKey, likeness === 'HINT' ? null : likeness]));
    if (candidates.length > 0) await db.copyIn('match_candidate(match_id, line, candidate, person_key, tier)', candidates);
  }

  async page(db: Db, matchId: string, asked: { outcome: Outcome; after: number; limit: number }): Promise<MatchCase[]> {
    const rows = await db.many<CaseRow>(
      `SELECT ${COLUMNS} FROM match_case c WHERE c.match_id = $1 AND c.outcome = $2 AND c.line > $3 ORDER BY c.line LIMIT $4`, matchId, asked.outcome, asked.after, asked.limit,
    );
    return rows.map((row) => this.toCase(row));
  }

  /** All cases in the order of the file, with the encrypted code and number of whom they ended with. */
  async results(db: Db, matchId: string, asked: { after: number; limit: number }): Promise<(MatchCase & { readonly residentCode: () => string; readonly individualNumber: () => string })[]> {
    const rows = await db.many<ResultRow>(
      `SELECT ${COLUMNS}, p.resident_code, p.individual_number FROM match_case c LEFT JOIN person p ON p.person_key = c.person_key WHERE c.match_id = $1 AND c.line > $2 ORDER BY c.line LIMIT $3`,
      matchId, asked.after, asked.limit,
    );
    const read = (field: string, sealed: Buffer | null) => (): string => (sealed === null ? '' : this.cipher.decrypt(field, sealed));
    return rows.map((row) => ({ ...this.toCase(row), residentCode: read('person.resident_code', row.resident_code), individualNumber: read('person.individual_number', row.individual_number) }));
  }

  async lock(db: Db, matchId: string, line: number): Promise<MatchCase | undefined> {
    const row = await db.maybe<CaseRow>(`SELECT ${COLUMNS} FROM match_case c WHERE c.match_id = $1 AND c.line = $2 FOR UPDATE`, matchId, line);
    return row === undefined ? undefined : this.toCase(row);
  }

  async candidates(db: Db, matchId: string, lines: readonly number[]): Promise<CaseCandidate[]> {
    const rows = await db.many<CandidateRow>('SELECT line, candidate, person_key, tier FROM match_candidate WHERE match_id = $1 AND line = ANY($2::int[]) ORDER BY line, candidate', matchId, lines);
    return rows.map((row) => ({ line: row.line, candidate: row.candidate, personKey: row.person_key, tier: row.tier ?? undefined }));
  }

  async setState(db: Db, matchId: string, { line, state, personKey, decidedBy }: Pick<MatchCase, 'line' | 'state' | 'personKey' | 'decidedBy'>): Promise<void> {
    await db.run('UPDATE match_case SET state = $3, person_key = $4, decided_by = $5 WHERE match_id = $1 AND line = $2', matchId, line, state ?? null, personKey ?? null, decidedBy ?? null);
  }

  /** Everything that the agency sent, and whom it was compared with. */
  async purge(db: Db, matchId: string): Promise<void> {
    await db.run('DELETE FROM match_candidate WHERE match_id = $1', matchId);
    await db.run('DELETE FROM match_case WHERE match_id = $1', matchId);
  }

  private toCase(row: CaseRow): MatchCase {
    return {
      line: row.line, outcome: row.outcome, tier: row.tier ?? undefined, state: row.state ?? undefined, personKey: row.person_key ?? undefined,
      decidedBy: row.decided_by ?? undefined, row: sealedRow.parse(JSON.parse(this.cipher.decrypt(SEALED, row.sealed))),
    };
  }
}
