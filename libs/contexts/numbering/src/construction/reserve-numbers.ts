import type { Db } from '#platform';
import { numberingProblems } from '#contracts/numbering';

/** One line that needs a number. */
export interface Line {
  readonly candidates: Iterator<string, void, void>;
}

/** The body that each line won, and how many rounds it took. */
export interface Reserved<L extends Line> {
  readonly bodies: ReadonlyMap<L, string>;
  readonly rounds: number;
}

/**
 * Enters a number for every line into the ledger, inside the caller's transaction: all lines draw, the ledger keeps what is new,
 * the losers draw again (NUM-4.6). Throws GENERATOR_FAULT when a line has used up its attempts.
 */
export async function reserveNumbers<L extends Line>(db: Db, lines: readonly L[]): Promise<Reserved<L>> {
  const bodies = new Map<L, string>();
  let pending = lines;
  let rounds = 0;
  for (; pending.length > 0; rounds += 1) {
    const holders = new Map<number, { line: L; body: string }>();
    const losers: L[] = [];
    for (const line of pending) {
      const body = nextBody(line);
      // Two lines of one round that drew the same body: the first has it.
      if (holders.has(Number(body))) losers.push(line);
      else holders.set(Number(body), { line, body });
    }
    const taken = await enterIntoLedger(db, [...holders.keys()]);
    for (const [base11, { line, body }] of holders) {
      if (taken.has(base11)) losers.push(line);
      else bodies.set(line, body);
    }
    pending = losers;
  }
  return { bodies, rounds };
}

function nextBody(line: Line): string {
  const { value } = line.candidates.next();
  if (value === undefined) throw numberingProblems.refuse('GENERATOR_FAULT');
  return value;
}

/**
 * Tells which numbers were there before. Written in the order of the index: nearly sequential, and two batches that meet do not
 * deadlock. The answer names the few losers, not the many winners.
 */
async function enterIntoLedger(db: Db, bases: readonly number[]): Promise<Set<number>> {
  const rows = await db.many<{ base11: number }>(
    `WITH drawn AS MATERIALIZED (SELECT base11 FROM unnest($1::bigint[]) AS d (base11) ORDER BY base11),
       entered AS (INSERT INTO number_ledger (base11) SELECT base11 FROM drawn ON CONFLICT DO NOTHING RETURNING base11)
     SELECT base11 FROM drawn EXCEPT SELECT base11 FROM entered`,
    bases,
  );
  return new Set(rows.map((row) => row.base11));
}
