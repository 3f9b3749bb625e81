import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx, Job, JobKind, StepOutcome } from '#platform';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isUnderRule, type Lot } from './retention.js';
import type { Purged, RetentionStore } from './retention.store.js';

export const PURGE_JOB = 'juki-net.retention-purge';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const CHUNK = 5_000;
/** Persons a step: each may have several records. */
const PERSONS = 1_000;
const parameters = z.object({ lotId: z.uuid() });
const position = z.object({ place: z.string().default(''), person: z.string(), at: z.string(), use: z.string(), rows: z.number().int(), sha256: z.string() });
type Position = z.output<typeof position>;
const START: Position = { place: '', person: NOBODY, at: '-infinity', use: NOBODY, rows: 0, sha256: '' };

/** Purges an approved lot, a chunk a step, and certifies what went: how many rows and a hash over their keys (JUKI-3.9). */
export class PurgeLot implements JobKind {
  readonly kind = PURGE_JOB;
  constructor(private readonly lots: RetentionStore) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const lot = await this.lots.lock(ctx.db, parameters.parse(job.parameters).lotId);
    if (lot?.state !== 'APPROVED') throw jukiNetProblems.refuse('RETENTION_STATE');
    if (!isUnderRule(lot, localDateInJapan(ctx.now))) throw jukiNetProblems.refuse('RETENTION_RULE_CHANGED');
    const before = job.cursor === null ? START : position.parse(job.cursor);
    const purged = await this.purge(ctx, lot, before);
    const rows = before.rows + purged.rows;
    const sha256 = createHash('sha256').update(before.sha256).update(purged.digest).digest('hex');
    if (purged.last !== undefined) return { cursor: { ...START, ...purged.last, rows, sha256 }, done: rows, total: lot.rows };
    await this.lots.certify(ctx.db, lot, { rows, sha256 }, ctx.now);
    ctx.audit({ object: `retention-lot:${lot.lotId}`, facts: { rows, sha256 } });
    return { cursor: null, done: rows, total: rows, result: { lotId: lot.lotId, rows, sha256 } };
  }

  private async purge(ctx: Ctx, lot: Lot, after: Position): Promise<Purged<{ readonly person: string }>> {
    if (lot.kind === 'USE_RECORD') return this.lots.purgeUses(ctx.db, lot, after, CHUNK);
    if (lot.kind === 'SUPERSEDED') return this.lots.purgeSuperseded(ctx.db, lot, after, PERSONS);
    const { last, ...purged } = await this.lots.purgeRecords(ctx.db, lot, after.person, PERSONS);
    return { ...purged, last: last === undefined ? undefined : { person: last } };
  }
}
