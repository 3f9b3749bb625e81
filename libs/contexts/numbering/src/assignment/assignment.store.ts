import type { Db, FieldCipher, Row } from '#platform';
import type { AssignmentState, EarlierAssignment } from './assignment.js';

const CODE = 'code_number_link.code';
const NUMBER = 'code_number_link.number';

/** Rows of a batch are designated with the receipt of its result, all at one moment (番号法施行令2条); until then they are nobody's. */
export const PRESENT_STATE = `CASE WHEN a.state = 'GENERATED' AND b.designated_at IS NOT NULL THEN 'DESIGNATED'
  WHEN a.state = 'GENERATED' AND b.confirmed_at IS NOT NULL THEN 'TENTATIVE' ELSE a.state END`;

const LINKED = `assignment a LEFT JOIN generation_batch b ON b.batch_id = a.batch_id
  JOIN code_number_link l ON l.code_index = a.code_index AND l.seq = a.generation`;

/** A number as it is written: link row and assignment row belong together. */
export interface NewAssignment {
  readonly assignmentId: string;
  readonly personKey: string;
  readonly generation: number;
  readonly municipalityCode: string;
  readonly requestId: string;
  readonly code: Sealed;
  readonly number: string;
  /** As it is kept, where that was made before. */
  readonly sealedNumber?: Sealed | undefined;
  readonly state: AssignmentState;
  /** Instant as text, the same one for all rows of a batch's step. */
  readonly at: string;
  /** Where it is another one. */
  readonly designatedAt?: string;
  readonly batch?: { readonly batchId: string; readonly line: number };
}

/** A resident code or a number as it is kept: encrypted, with its blind index. */
export interface Sealed {
  readonly sealed: Buffer;
  readonly index: Buffer;
}

/** A person's number, in clear: for the answer to those who may have it, never for a log. */
export interface NumberLink {
  readonly personKey: string;
  readonly assignmentId: string;
  readonly number: string;
  readonly seq: number;
  readonly state: AssignmentState;
  readonly designatedAt: Date | null;
}

interface EarlierRow extends Row {
  readonly person_key: string;
  readonly assignment_id: string;
  readonly municipality_code: string;
  readonly request_id: string;
  readonly generation: number;
  readonly replaceable: boolean;
  readonly disputed: boolean;
  readonly shared_code: Buffer | null;
  readonly unreceived_in: string | null;
}

interface LinkRow extends Row {
  readonly person_key: string;
  readonly assignment_id: string;
  readonly number: Buffer;
  readonly seq: number;
  readonly state: AssignmentState;
  readonly designated_at: Date | null;
  readonly line: number;
}

/** Assignments and the code-number link. */
export class AssignmentStore {
  constructor(private readonly cipher: FieldCipher) {}

  sealCode(residentCode: string): Sealed {
    return { sealed: this.cipher.encrypt(CODE, residentCode), index: this.cipher.blindIndex('resident-code', residentCode) };
  }

  sealNumber(number: string): Sealed {
    return { sealed: this.cipher.encrypt(NUMBER, number), index: this.cipher.blindIndex('individual-number', number) };
  }

  openCode(sealed: Buffer): string {
    return this.cipher.decrypt(CODE, sealed);
  }

  openNumber(sealed: Buffer): string {
    return this.cipher.decrypt(NUMBER, sealed);
  }

  /** The latest assignment of each of these people; those who have none are left out. */
  async earlier(db: Db, personKeys: readonly string[]): Promise<Map<string, EarlierAssignment>> {
    const rows = await db.many<EarlierRow>(
      // Person by person, so that each look-up goes to one partition: a list would be sought in all sixteen.
      `SELECT a.person_key, a.assignment_id, a.municipality_code, a.request_id, a.generation, b.batch_id AS unreceived_in,
         a.state = 'VOID' OR taken.shared_code IS NOT NULL AS replaceable, a.state = 'DISPUTED' AS disputed, taken.shared_code
       FROM unnest($1::uuid[]) AS asked (person_key)
       CROSS JOIN LATERAL (SELECT * FROM assignment WHERE person_key = asked.person_key ORDER BY generation DESC LIMIT 1) AS a
       LEFT JOIN generation_batch b ON b.batch_id = a.batch_id AND coalesce(b.designated_at, b.confirmed_at) IS NULL
       LEFT JOIN LATERAL (SELECT a.code_index AS shared_code FROM assignment_move m
         WHERE a.state = 'SUPERSEDED' AND m.assignment_id = a.assignment_id AND m.cause = 'SHARED_NUMBER' AND m.to_state = 'SUPERSEDED' LIMIT 1) AS taken ON true`,
      personKeys,
    );
    return new Map(rows.map((row) => [row.person_key, {
      assignmentId: row.assignment_id, municipalityCode: row.municipality_code, requestId: row.request_id, generation: row.generation, replaceable: row.replaceable,
      disputed: row.disputed, unreceivedIn: row.unreceived_in ?? undefined, sharedCode: row.shared_code ?? undefined,
    }]));
  }

  /** The person for whom the municipality made a single request under this id. */
  async requestedFor(db: Db, municipalityCode: string, requestId: string): Promise<string | undefined> {
    const row = await db.maybe<{ person_key: string }>(
      'SELECT person_key FROM assignment WHERE municipality_code = $1 AND request_id = $2 AND batch_id IS NULL LIMIT 1',
      municipalityCode, requestId,
    );
    return row?.person_key;
  }

  /** Writes new numbers; a person or code that has one meanwhile raises unique_violation and nothing is written. */
  async insert(db: Db, added: readonly NewAssignment[]): Promise<void> {
    await db.copyIn('code_number_link (code_index, seq, code, number_index, number, person_key, state, valid_from)', this.linkRows(added));
    await db.copyIn(
      'assignment (person_key, generation, assignment_id, municipality_code, request_id, batch_id, line, code_index, state, generated_at, designated_at)',
      assignmentRows(added),
    );
  }

  /** Present numbers of these people, whatever their state; those without one are left out. */
  async links(db: Db, personKeys: readonly string[]): Promise<NumberLink[]> {
    const rows = await db.many<LinkRow>(
      `SELECT a.person_key, a.assignment_id, l.number, l.seq, ${PRESENT_STATE} AS state, coalesce(a.designated_at, b.designated_at) AS designated_at
       FROM ${LINKED} WHERE a.person_key = ANY($1::uuid[]) AND l.state = 'OPEN'`,
      personKeys,
    );
    return rows.map((row) => this.toLink(row));
  }

  /** Numbers that a batch brought and that are still their people's, by line. */
  async batchLinks(db: Db, batchId: string, page: { after: number; limit: number }): Promise<(NumberLink & { line: number })[]> {
    const rows = await db.many<LinkRow>(
      `SELECT a.person_key, a.assignment_id, a.line, l.number, l.seq, ${PRESENT_STATE} AS state, coalesce(a.designated_at, b.designated_at) AS designated_at
       FROM ${LINKED} WHERE a.batch_id = $1 AND a.line > $2 AND a.state NOT IN ('SUPERSEDED', 'DISPUTED', 'VOID') ORDER BY a.line LIMIT $3`,
      batchId, page.after, page.limit,
    );
    return rows.map((row) => ({ ...this.toLink(row), line: row.line }));
  }

  private toLink(row: LinkRow): NumberLink {
    const { person_key: personKey, assignment_id: assignmentId, seq, state, designated_at: designatedAt } = row;
    return { personKey, assignmentId, number: this.openNumber(row.number), seq, state, designatedAt };
  }

  private *linkRows(added: readonly NewAssignment[]) {
    for (const { code, number, sealedNumber, personKey, generation, at } of added) {
      const { sealed, index } = sealedNumber ?? this.sealNumber(number);
      yield [code.index, generation, code.sealed, index, sealed, personKey, 'OPEN', at];
    }
  }
}

function* assignmentRows(added: readonly NewAssignment[]) {
  for (const { personKey, generation, assignmentId, municipalityCode, requestId, batch, code, state, at, designatedAt = at } of added) {
    yield [personKey, generation, assignmentId, municipalityCode, requestId, batch?.batchId ?? null, batch?.line ?? null, code.index, state, at, state === 'DESIGNATED' ? designatedAt : null];
  }
}
