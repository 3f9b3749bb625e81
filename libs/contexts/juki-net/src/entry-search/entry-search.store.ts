import { kanjiKey, type LocalDate, toLocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { z } from 'zod';
import { type Candidate, type ConfirmedSearch, type EntrySearch, goodSince, type SearchState, type Sought, type Verdict } from './entry-search.js';

/** A search with what it asked and said, as its municipality reads it. */
export interface StoredSearch extends EntrySearch {
  readonly sought: Sought;
  readonly found: number;
  readonly nameIndex: Buffer;
  readonly candidates: readonly (Candidate & { readonly reason?: string | undefined })[];
}

export interface ListedSearch extends Row {
  readonly searchId: string;
  readonly state: SearchState;
  readonly found: number;
  readonly openedAt: Date;
}

interface SearchRow extends Row {
  readonly search_id: string;
  readonly municipality_code: string;
  readonly state: SearchState;
  readonly steps: number;
  readonly name_index: Buffer;
  readonly sealed: Buffer;
  readonly found: number;
  readonly opened_by: string;
}

interface CandidateRow extends Row {
  readonly candidate: number;
  readonly person_key: string;
  readonly verdict: Verdict | null;
  readonly sealed_reason: Buffer | null;
  readonly decided_by: string | null;
}

const SOUGHT = 'entry_search.sealed';
const REASON = 'entry_search_candidate.sealed_reason';
const sealedSought = z.object({ nameKanji: z.string(), nameKana: z.string().optional(), birthDate: z.string(), sex: z.string() });

/** Searches before entries of unknown origin or ex officio, with the persons found. */
export class EntrySearchStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Keyed digest by which an entry finds its search: the comparable form of the name and the birth date (JUKI-4.8). */
  indexOf({ nameKanji = '', birthDate = '' }: Partial<Pick<Sought, 'nameKanji' | 'birthDate'>>): Buffer {
    return this.cipher.blindIndex('entry-search', `${kanjiKey(nameKanji)}\u001f${birthDate}`);
  }

  /** Confirmed searches of a municipality that are still good, about these names or persons. */
  async confirmed(db: Db, municipalityCode: string, of: { indexes: readonly Buffer[]; personKeys: readonly string[]; today: LocalDate }): Promise<ConfirmedSearch[]> {
    return db.many<ConfirmedSearch & Row>(
      `SELECT name_index AS "searchIndex", NULL AS "samePersonKey" FROM entry_search
       WHERE municipality_code = $1 AND name_index = ANY($2::bytea[]) AND state = 'CONFIRMED' AND same_person_key IS NULL AND confirmed_on >= $4
       UNION ALL SELECT name_index, same_person_key::text FROM entry_search
       WHERE municipality_code = $1 AND same_person_key = ANY($3::uuid[]) AND state = 'CONFIRMED' AND confirmed_on >= $4`,
      municipalityCode, of.indexes, of.personKeys, goodSince(of.today),
    ).then((rows) => rows.map(({ searchIndex, samePersonKey }) => ({ searchIndex, samePersonKey: samePersonKey ?? undefined })));
  }

  async add(db: Db, { searchId, municipalityCode, state, steps, openedBy, sought, found, nameIndex, candidates }: StoredSearch, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO entry_search (search_id, municipality_code, state, steps, name_index, sealed, found, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      searchId, municipalityCode, state, steps, nameIndex, this.cipher.encrypt(SOUGHT, JSON.stringify(sought)), found, openedBy, at.toISOString(),
    );
    await db.run(
      'INSERT INTO entry_search_candidate (search_id, candidate, person_key) SELECT $1, * FROM unnest($2::smallint[], $3::uuid[])',
      searchId, candidates.map(({ candidate }) => candidate), candidates.map(({ personKey }) => personKey),
    );
  }

  async find(db: Db, searchId: string): Promise<StoredSearch | undefined> {
    return this.read(db, searchId, '');
  }

  async lock(db: Db, searchId: string): Promise<StoredSearch | undefined> {
    return this.read(db, searchId, 'FOR UPDATE');
  }

  /** From here on no notice of the municipality is taken in until the transaction ends; one under way ends first. */
  async shutOut(db: Db, municipalityCode: string): Promise<void> {
    await shutOut(db, municipalityCode);
  }

  async list(db: Db, municipalityCode: string, page: { state: SearchState | undefined; before: string | undefined; limit: number }): Promise<ListedSearch[]> {
    return db.many<ListedSearch>(
      `SELECT search_id AS "searchId", state, found, opened_at AS "openedAt" FROM entry_search
       WHERE municipality_code = $1 AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR search_id < $3) ORDER BY search_id DESC LIMIT $4`,
      municipalityCode, page.state ?? null, page.before ?? null, page.limit,
    );
  }

  async setState(db: Db, { searchId, state, steps }: EntrySearch): Promise<void> {
    await db.run('UPDATE entry_search SET state = $2, steps = $3 WHERE search_id = $1', searchId, state, steps);
  }

  async decide(db: Db, searchId: string, said: { candidate: number; verdict: Verdict; reason: string; officer: string; at: Date }): Promise<void> {
    await db.run(
      'UPDATE entry_search_candidate SET verdict = $3, sealed_reason = $4, decided_by = $5, decided_at = $6 WHERE search_id = $1 AND candidate = $2',
      searchId, said.candidate, said.verdict, this.cipher.encrypt(REASON, said.reason), said.officer, said.at.toISOString(),
    );
  }

  async confirm(db: Db, { searchId }: EntrySearch, by: { officer: string; on: LocalDate; samePersonKey: string | undefined }): Promise<void> {
    await db.run('UPDATE entry_search SET confirmed_by = $2, confirmed_on = $3, same_person_key = $4 WHERE search_id = $1', searchId, by.officer, by.on, by.samePersonKey ?? null);
  }

  async lockDuty(db: Db, municipalityCode: string): Promise<LocalDate | undefined> {
    await this.shutOut(db, municipalityCode);
    const row = await db.maybe<{ since: string }>('SELECT since FROM entry_search_duty WHERE municipality_code = $1', municipalityCode);
    return row === undefined ? undefined : toLocalDate(row.since);
  }

  async setDuty(db: Db, municipalityCode: string, since: LocalDate, by: { officer: string; at: Date }): Promise<void> {
    await db.run(
      `INSERT INTO entry_search_duty (municipality_code, since, set_by, set_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (municipality_code) DO UPDATE SET since = excluded.since, set_by = excluded.set_by, set_at = excluded.set_at`,
      municipalityCode, since, by.officer, by.at.toISOString(),
    );
  }

  private async read(db: Db, searchId: string, lock: '' | 'FOR UPDATE'): Promise<StoredSearch | undefined> {
    const row = await db.maybe<SearchRow>(`SELECT * FROM entry_search WHERE search_id = $1 ${lock}`, searchId);
    if (row === undefined) return undefined;
    const candidates = await db.many<CandidateRow>('SELECT * FROM entry_search_candidate WHERE search_id = $1 ORDER BY candidate', searchId);
    return {
      searchId, municipalityCode: row.municipality_code, state: row.state, steps: row.steps, openedBy: row.opened_by, found: row.found, nameIndex: row.name_index,
      sought: sealedSought.parse(JSON.parse(this.cipher.decrypt(SOUGHT, row.sealed))),
      candidates: candidates.map((each) => ({
        candidate: each.candidate, personKey: each.person_key, verdict: each.verdict ?? undefined, decidedBy: each.decided_by ?? undefined,
        reason: each.sealed_reason === null ? undefined : this.cipher.decrypt(REASON, each.sealed_reason),
      })),
    };
  }
}

async function shutOut(db: Db, municipalityCode: string): Promise<void> {
  await db.run("SELECT pg_advisory_xact_lock(hashtextextended('entry-search/' || $1::text, 0))", municipalityCode);
}

/** The searches of municipalities that end are their successor's: what two officers confirmed lets its entries in, what is open goes on there (JUKI-5.4, 7). */
export async function passSearches(db: Db, ended: readonly string[], newCode: string): Promise<void> {
  await db.run('UPDATE entry_search SET municipality_code = $2 WHERE municipality_code = ANY($1::text[])', ended, newCode);
}

/** To whom municipalities pass, their duty passes too: the earliest of theirs and its own, because no change of municipalities undoes one (JUKI-5.4, 7). */
export async function passDuty(db: Db, codes: readonly string[], newCode: string): Promise<void> {
  await shutOut(db, newCode);
  await db.run(
    `INSERT INTO entry_search_duty (municipality_code, since, set_by, set_at)
     SELECT $2, since, set_by, set_at FROM entry_search_duty WHERE municipality_code = ANY($1::text[]) ORDER BY since LIMIT 1
     ON CONFLICT (municipality_code) DO UPDATE SET since = excluded.since, set_by = excluded.set_by, set_at = excluded.set_at WHERE excluded.since < entry_search_duty.since`,
    codes, newCode,
  );
}
