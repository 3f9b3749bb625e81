import { IndividualNumber, ResidentCode } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import { isReserved, numberOf } from '../construction/construction.js';
import type { OpenedLink } from './uniqueness.js';

interface LinkRow extends Row, Pick<OpenedLink, 'open' | 'assignmentState' | 'present'> {
  readonly codeIndex: string;
  readonly code: Buffer;
  readonly numberIndex: string;
  readonly number: Buffer;
  readonly personKey: string;
}

/** A row of the link; `opened` and `base11` are missing where its contents cannot be read. */
export interface PassedLink {
  readonly codeIndex: string;
  readonly personKey: string;
  readonly open: boolean;
  readonly opened?: OpenedLink;
  readonly base11?: number;
}

/** A number that stands oddly in ledger or link. */
export interface Suspect extends Row {
  readonly base11: number;
  readonly entered: boolean;
  readonly linked: boolean;
  readonly open: number;
  readonly owners: number;
}

/** Who has a number now. */
export interface Holder extends Row {
  readonly base11: number;
  readonly personKey: string;
  readonly open: boolean;
}

export interface PassedAssignment extends Row {
  readonly personKey: string;
  readonly generation: number;
  readonly linked: boolean;
}

/** Reads everything that an independent pass needs, page by page, and opens it. */
export class UniquenessStore {
  constructor(
    private readonly cipher: FieldCipher,
    private readonly assignments: AssignmentStore,
    private readonly isTraining: boolean,
  ) {}

  /** Link rows in the order of their code index; each row's assignment is looked up by itself, so that no plan joins the whole tables. */
  async links(db: Db, page: { after: string; limit: number }): Promise<PassedLink[]> {
    const rows = await db.many<LinkRow>(
      `SELECT encode(l.code_index, 'hex') AS "codeIndex", l.code, encode(l.number_index, 'hex') AS "numberIndex", l.number, l.person_key AS "personKey", l.state = 'OPEN' AS open,
         a.state AS "assignmentState", coalesce(a.code_index = l.code_index, false) AS present
       FROM (SELECT * FROM code_number_link WHERE code_index > decode($1, 'hex') ORDER BY code_index, seq LIMIT $2) AS l
       LEFT JOIN LATERAL (SELECT state, code_index FROM assignment WHERE person_key = l.person_key AND generation = l.seq LIMIT 1) AS a ON true
       ORDER BY l.code_index, l.seq`,
      page.after, page.limit,
    );
    return rows.map((row) => this.open(row));
  }

  private open({ codeIndex, code, numberIndex, number, personKey, open, assignmentState, present }: LinkRow): PassedLink {
    const read = this.read(code, number);
    if (read === undefined) return { codeIndex, personKey, open };
    const formFault = ResidentCode.fault(read.code) !== undefined || IndividualNumber.fault(read.number) !== undefined || isReserved(read.number) !== this.isTraining;
    const codeAgrees = this.cipher.blindIndex('resident-code', read.code).toString('hex') === codeIndex;
    const numberAgrees = this.cipher.blindIndex('individual-number', read.number).toString('hex') === numberIndex;
    return { codeIndex, personKey, open, opened: { open, codeAgrees, numberAgrees, formFault, assignmentState, present }, base11: Number(read.number.slice(0, 11)) };
  }

  private read(code: Buffer, number: Buffer): { code: string; number: string } | undefined {
    try {
      return { code: this.assignments.openCode(code), number: this.assignments.openNumber(number) };
    } catch {
      return undefined;
    }
  }

  /** Lays numbers ready for the merge; `owner` tells people apart in this run only. */
  async layReady(db: Db, runId: string, links: readonly PassedLink[]): Promise<void> {
    const rows = links.flatMap(({ base11, personKey, open }) => (base11 === undefined ? [] : [[runId, base11, this.cipher.blindIndex(`uniqueness-run/${runId}`, personKey), open]]));
    await db.copyIn('uniqueness_number (run_id, base11, owner, open)', rows);
  }

  async assignmentsAfter(db: Db, page: { after: string; generation: number; limit: number }): Promise<PassedAssignment[]> {
    return db.many<PassedAssignment>(
      `SELECT a.person_key AS "personKey", a.generation, l.linked IS NOT NULL AS linked
       FROM (SELECT * FROM assignment WHERE (person_key, generation) > ($1, $2) ORDER BY person_key, generation LIMIT $3) AS a
       LEFT JOIN LATERAL (SELECT true AS linked FROM code_number_link WHERE code_index = a.code_index AND seq = a.generation AND person_key = a.person_key LIMIT 1) AS l ON true
       ORDER BY a.person_key, a.generation`,
      page.after, page.generation, page.limit,
    );
  }

  /** The next part of the ledger in the order of its numbers: how many rows, and up to which number. */
  async ledgerPart(db: Db, page: { after: number; limit: number }): Promise<{ rows: number; upTo: number | null }> {
    return db.one('SELECT count(*) AS rows, max(base11) AS "upTo" FROM (SELECT base11 FROM number_ledger WHERE base11 > $1 ORDER BY base11 LIMIT $2) AS page', page.after, page.limit);
  }

  /** Merges a part of the ledger with the numbers of the link and gives those that do not match one to one, at most `limit`. */
  async merge(db: Db, runId: string, part: { after: number; upTo: number; limit: number }): Promise<Suspect[]> {
    return db.manyPlanned<Suspect>(
      `SELECT coalesce(e.base11, l.base11) AS base11, e.base11 IS NOT NULL AS entered, l.base11 IS NOT NULL AS linked, coalesce(l.open, 0) AS open, coalesce(l.owners, 0) AS owners
       FROM (SELECT base11 FROM number_ledger WHERE base11 > $2 AND base11 <= $3) AS e
       FULL JOIN (SELECT base11, count(*) FILTER (WHERE open) AS open, count(DISTINCT owner) AS owners FROM uniqueness_number
         WHERE run_id = $1 AND base11 > $2 AND base11 <= $3 GROUP BY base11) AS l ON l.base11 = e.base11
       WHERE e.base11 IS NULL OR l.base11 IS NULL OR l.open > 1 OR l.owners > 1 LIMIT $4`,
      runId, part.after, part.upTo, part.limit,
    );
  }

  async merged(db: Db, runId: string, upTo: number): Promise<void> {
    await db.run('DELETE FROM uniqueness_number WHERE run_id = $1 AND base11 <= $2', runId, upTo);
  }

  /** Who has these numbers at this moment: the pass takes a while, and numbers are drawn and codes changed meanwhile. */
  async holders(db: Db, bases: readonly number[]): Promise<Holder[]> {
    const byIndex = new Map(bases.map((base11) => [this.cipher.blindIndex('individual-number', numberOf(String(base11).padStart(11, '0'))).toString('hex'), base11]));
    const rows = await db.many<{ index: string; personKey: string; open: boolean }>(
      ['OPEN', 'CLOSED'].map((state) => `SELECT encode(number_index, 'hex') AS index, person_key AS "personKey", state = 'OPEN' AS open FROM code_number_link
         WHERE state = '${state}' AND number_index = ANY($1::bytea[])`).join(' UNION ALL '),
      [...byIndex.keys()].map((index) => Buffer.from(index, 'hex')),
    );
    return rows.map(({ index, personKey, open }) => ({ base11: byIndex.get(index) ?? 0, personKey, open }));
  }

  /** Rows of the ledger that are gone, counted on the table and not on its index; numbers that came back without a link. */
  async balance(db: Db): Promise<{ lost: number; unlinked: number }> {
    for (const scan of ['indexscan', 'indexonlyscan', 'bitmapscan']) await db.run(`SET LOCAL enable_${scan} = off`);
    return db.one(`SELECT greatest(0, drawn - never_issued - (SELECT count(*) FROM number_ledger)) AS lost,
      (SELECT coalesce(sum(unlinked), 0) FROM ledger_catch_up) AS unlinked FROM ledger_head`);
  }

  /** Whether all but one of these lost the number by a resolved dispute with another of them (NUM-4.8); their closed rows stay. */
  async isSettled(db: Db, holders: readonly Holder[]): Promise<boolean> {
    const rightful = await db.many(
      `SELECT DISTINCT person FROM unnest($1::uuid[], $2::boolean[]) AS h (person, open) WHERE open OR NOT EXISTS (SELECT FROM dispute
         WHERE kind = 'SHARED_NUMBER' AND state = 'RESOLVED' AND person_keys @> ARRAY[person] AND person_keys <@ $1::uuid[] AND kept IS DISTINCT FROM person)`,
      holders.map(({ personKey }) => personKey), holders.map(({ open }) => open),
    );
    return rightful.length <= 1;
  }

  /** Whether officers have these two before them already. */
  async inDispute(db: Db, personKeys: readonly string[]): Promise<boolean> {
    return (await db.maybe("SELECT FROM dispute WHERE kind = 'SHARED_NUMBER' AND state <> 'RESOLVED' AND person_keys @> $1::uuid[]", personKeys)) !== undefined;
  }
}
