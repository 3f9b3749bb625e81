import type { Db } from '#platform';
import { numberingProblems } from '#contracts/numbering';

/** Successive bodies for one line, of which the ledger accepts the first that is new; `first` was drawn before. */
export interface Candidates {
  readonly first?: string | undefined;
  readonly others: Iterator<string, void, void>;
}

/** The body that each line won, in the order of the lines, and how many rounds it took. */
export interface Reserved {
  readonly bodies: readonly string[];
  readonly rounds: number;
}

/**
 * Enters a number for every line into the ledger, inside the caller's transaction: all lines draw, the ledger keeps what is new,
 * the losers draw again (NUM-4.6). Throws GENERATOR_FAULT when a line has used up its attempts.
 */
export async function reserveNumbers(db: Db, lines: readonly Candidates[]): Promise<Reserved> {
  const bodies: string[] = [];
  let pending = [...lines.keys()];
  let rounds = 0;
  for (; pending.length > 0; rounds += 1) {
    const holders = new Map<number, number>();
    const losers: number[] = [];
    for (const line of pending) {
      const body = nextBody(lines[line], rounds);
      bodies[line] = body;
      // Two lines of one round that drew the same body: the first has it.
      if (holders.has(Number(body))) losers.push(line);
      else holders.set(Number(body), line);
    }
    const taken = await enterIntoLedger(db, [...holders.keys()]);
    for (const base11 of taken) losers.push(holders.get(base11) ?? 0);
    pending = losers;
  }
  return { bodies, rounds };
}

function nextBody(candidates: Candidates | undefined, round: number): string {
  const body = (round === 0 ? candidates?.first : undefined) ?? candidates?.others.next().value;
  if (body === undefined) throw numberingProblems.refuse('GENERATOR_FAULT');
  return body;
}

/**
 * Tells which numbers were there before. Written in the order of the index: nearly sequential, and two batches that meet do not
 * deadlock. The answer names the few losers, not the many winners.
 */
async function enterIntoLedger(db: Db, bases: readonly number[]): Promise<number[]> {
  const rows = await db.many<{ base11: number }>(
    `WITH drawn AS MATERIALIZED (SELECT base11 FROM unnest($1::bigint[]) AS d (base11) ORDER BY base11),
       entered AS (INSERT INTO number_ledger (base11) SELECT base11 FROM drawn ON CONFLICT DO NOTHING RETURNING base11)
     SELECT base11 FROM drawn EXCEPT SELECT base11 FROM entered`,
    bases,
  );
  return rows.map((row) => row.base11);
}
