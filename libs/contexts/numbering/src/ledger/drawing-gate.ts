import { z } from 'zod';
import { Refusal } from '#kernel';
import { numberingProblems } from '#contracts/numbering';
import { log, uuidv7, type Ctx, type Database, type Db, type Mark, type Marks } from '#platform';
import { reserveNumbers, type Candidates, type Reserved } from '../construction/reserve-numbers.js';
import type { KeyCustody } from '../custody/key-custody.js';
import { compareHeads, type LedgerHead } from './ledger-head.js';
import type { LedgerHeadStore, OwnHead } from './ledger-head.store.js';

const keptHead = z.object({ drawn: z.number().int(), mark: z.uuid() });

/** Both heads; the kept one was read first, so that a running ledger is never found behind it. */
export interface Heads {
  readonly seen: Mark | undefined;
  readonly kept: LedgerHead | undefined;
  readonly own: OwnHead;
}

/**
 * Where every drawing passes (NUM-7). The head of the ledger is kept outside of the database before any number leaves the context,
 * so that a database restored from before it is found behind: then nothing is drawn, and look-ups go on.
 */
export class DrawingGate {
  private lastKept = '';
  /** A fault of the generator that is not noted yet. */
  private faulty = false;

  constructor(
    readonly heads: LedgerHeadStore,
    private readonly marks: Marks,
    readonly custody: KeyCustody,
  ) {}

  /** At the start; a ledger that is behind is no reason not to answer look-ups. */
  async prepare({ db }: Database): Promise<void> {
    await this.marks.prepare();
    const heads = await this.read(db);
    if (compareHeads(heads.own, heads.kept) === 'BEHIND') log.error('alarm: the ledger is behind what was issued; nothing is drawn', { action: 'numbering.ledger', count: missingOf(heads) });
  }

  async read(db: Db): Promise<Heads> {
    const { ledgerId } = await this.heads.read(db);
    const seen = await this.marks.read(nameOf(ledgerId));
    return { seen, kept: seen && keptHead.parse(JSON.parse(seen.text)), own: await this.heads.read(db) };
  }

  /** Before each drawing. Refuses DRAWING_HALTED, KEY_NOT_ACTIVE, LEDGER_BEHIND, and UNAVAILABLE while the head or the key cannot be asked for. */
  async permit(ctx: Ctx): Promise<void> {
    const runId = await this.heads.haltingRun(ctx.db);
    if (runId !== undefined || this.faulty) throw numberingProblems.refuse('DRAWING_HALTED', { facts: runId === undefined ? {} : { runId } });
    await this.custody.permit(ctx);
    const heads = await this.agree(ctx.db);
    if (compareHeads(heads.own, heads.kept) === 'BEHIND') throw numberingProblems.refuse('LEDGER_BEHIND', { facts: { missing: missingOf(heads) } });
  }

  /** The same for a job, which waits while it is false. What its last step has drawn is kept by this look, before it is delivered. */
  async admits(ctx: Ctx): Promise<boolean> {
    await this.noteFault(ctx);
    return (await this.refusal(ctx)) === undefined;
  }

  /** Why nothing may be drawn now. */
  async refusal(ctx: Ctx): Promise<Refusal | undefined> {
    try {
      await this.permit(ctx);
      return undefined;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error;
    }
  }

  /** Enters a number for each line. Attempts that are used up mean a bug (NUM-4.5): from then on this process draws nothing, and no other once that is noted. */
  async reserve(db: Db, lines: readonly Candidates[]): Promise<Reserved> {
    try {
      return await reserveNumbers(db, lines);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'GENERATOR_FAULT') {
        this.faulty = true;
        log.error('alarm: the number generator is at fault; nothing is drawn', { action: 'numbering.generator', code: error.code });
      }
      throw error;
    }
  }

  /** The same for one line, whose candidates end with it: a transaction that is repeated draws anew. */
  async reserveOne(db: Db, others: Candidates['others']): Promise<string> {
    try {
      const { bodies: [body = ''] } = await this.reserve(db, [{ others }]);
      return body;
    } finally {
      others.return?.();
    }
  }

  /** In a transaction of its own, since that of the drawing is lost. Nothing is drawn until two officers have cleared it (NUM-7). */
  async noteFault(ctx: Ctx): Promise<void> {
    if (!this.faulty) return;
    await ctx.transaction(async (tx) => {
      const runId = uuidv7();
      if (await this.heads.haltForGenerator(tx.db, runId, tx.now)) tx.audit({ object: `uniqueness-run:${runId}`, facts: { state: 'VIOLATED', alarm: 'GENERATOR_FAULT' } });
    });
    this.faulty = false;
  }

  /** After the commit and before the number leaves: keeps the head, unless it is known to be kept. What a ledger that is behind still knows may be told again. */
  async keep(db: Db): Promise<void> {
    const { mark } = await this.heads.read(db);
    if (mark !== this.lastKept) await this.agree(db);
  }

  /** The heads, of which the kept one has followed the ledger if it was ahead. */
  private async agree(db: Db): Promise<Heads> {
    for (;;) {
      const heads = await this.read(db);
      const { ledgerId, drawn, mark } = heads.own;
      const finding = compareHeads(heads.own, heads.kept);
      if (finding === 'BEHIND') return heads;
      // Somebody else was faster: what is kept may be newer than this look at the ledger.
      if (finding === 'AHEAD' && !(await this.marks.replace(nameOf(ledgerId), JSON.stringify({ drawn, mark }), heads.seen))) continue;
      this.lastKept = mark;
      return { ...heads, kept: heads.own };
    }
  }
}

/** Numbers that were drawn and are not in this ledger. */
export function missingOf({ own, kept }: Heads): number {
  return Math.max(0, (kept?.drawn ?? 0) - own.drawn);
}

/** Each ledger has its own mark; a restored one has that of its past. */
function nameOf(ledgerId: string): string {
  return `numbering.${ledgerId}`;
}
