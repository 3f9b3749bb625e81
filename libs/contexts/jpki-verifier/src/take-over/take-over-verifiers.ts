import { z } from 'zod';
import { formerVerifiers } from '#contracts/jpki-ca';
import { queueJob, stillWaiting, whenAnswered, type Ctx, type Db, type FieldCipher, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import { CONTACTS } from '../verifier/verifier.store.js';
import type { TakenOver } from './taken-over.js';

const TAKE_OVER = 'take-over-verifiers';
type Page = z.output<typeof formerVerifiers.output>;
const cursorOf = z.object({ after: z.uuid() });

/** Once, at the first start. */
export const takeOverOnce: Schedule = {
  name: TAKE_OVER,
  due: (last) => (last === undefined ? 'once' : undefined),
  run: async (ctx) => void (await queueJob(ctx, TAKE_OVER, {})),
};

/**
 * Takes over what jpki-ca kept before verifiers had a context of their own: a page a step, in the transaction that moves the cursor; it waits while
 * jpki-ca is away. Rows that are here already are left alone.
 */
export class TakeOverVerifiers implements JobKind<Page | undefined> {
  readonly kind = TAKE_OVER;

  constructor(private readonly parts: { readonly cipher: FieldCipher; readonly peers: Peers; readonly takenOver: TakenOver }) {}

  async prepare({ correlationId, traceparent }: Ctx, job: Job): Promise<Page | undefined> {
    return whenAnswered(() => this.parts.peers.call(formerVerifiers, { correlationId, traceparent }, cursorOf.nullish().parse(job.cursor) ?? {}));
  }

  async step(ctx: Ctx, job: Job, page: Page | undefined): Promise<StepOutcome> {
    if (page === undefined) return stillWaiting(job);
    for (const { record, contacts } of page.verifiers) {
      const sealed = contacts === undefined ? null : `\\x${this.parts.cipher.encrypt(CONTACTS, contacts).toString('hex')}`;
      await insert(ctx.db, record, sealed);
    }
    if (page.verifiers.length > 0) ctx.audit({ object: 'verifiers', facts: { takenOver: page.verifiers.length } });
    const done = job.done + page.verifiers.length;
    if (page.next !== undefined) return { cursor: { after: page.next }, done };
    await continueStatements(ctx);
    await this.parts.takenOver.note(ctx.db, ctx.now);
    return { cursor: job.cursor, done, result: { verifiers: done } };
  }
}

/** The columns of both tables have the same names. The first version is 1: to its neighbours it is news. */
async function insert(db: Db, record: string, contacts: string | null): Promise<void> {
  await db.run(
    `INSERT INTO verifier SELECT (jsonb_populate_record(NULL::verifier, $1::jsonb || jsonb_build_object('version', 1, 'contacts', $2::text))).* ON CONFLICT DO NOTHING`,
    record, contacts,
  );
  await db.run(
    `INSERT INTO signature_confirmer SELECT r.* FROM jsonb_populate_recordset(NULL::signature_confirmer, $1::jsonb -> 'confirmers') r ON CONFLICT DO NOTHING`, record,
  );
  await db.run(`INSERT INTO usage_statement SELECT r.* FROM jsonb_populate_recordset(NULL::usage_statement, $1::jsonb -> 'statements') r ON CONFLICT DO NOTHING`, record);
  await db.run(`INSERT INTO statement_line SELECT r.* FROM jsonb_populate_recordset(NULL::statement_line, $1::jsonb -> 'lines') r ON CONFLICT DO NOTHING`, record);
}

/** Months after the last one that was stated follow; where none was, the newest one is the first. */
async function continueStatements({ db, now }: Ctx): Promise<void> {
  await db.run(
    "INSERT INTO cursor (name, value, moved_at) SELECT 'schedule:usage-statements', max(month), $1::timestamptz FROM usage_statement HAVING max(month) IS NOT NULL ON CONFLICT DO NOTHING",
    now.toISOString(),
  );
}
