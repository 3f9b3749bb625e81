import { candidateDelivered, numberDesignated } from '#contracts/numbering';
import type { Ctx, Schedule } from '#platform';
import { WITHDRAWN } from '../batch/batch.store.js';
import { EFFECTIVE_FROM } from './assignment.js';

interface SingleRow extends Record<string, unknown> {
  readonly assignment_id: string;
  readonly person_key: string;
  readonly municipality_code: string;
  readonly generation: number;
}

interface BatchOfTentative extends Record<string, unknown> {
  readonly batch_id: string;
  readonly municipality_code: string;
  readonly count: number;
}

const RECEIVED = 'confirmed_at IS NOT NULL AND designated_at IS NULL';

/**
 * On the day on which the Act came into force the candidates that had been received became the people's numbers, all at once
 * (NUM-3.1). It goes on looking: what was answered just before may be committed just after.
 */
export const designateTentative: Schedule = {
  name: 'designate-tentative',
  due: (last, now) => {
    const minute = now.toISOString().slice(0, 16);
    return now.toISOString() < EFFECTIVE_FROM || last === minute ? undefined : minute;
  },
  hasWork: async (ctx) => (await ctx.db.maybe(`SELECT WHERE EXISTS (SELECT FROM assignment WHERE state = 'TENTATIVE') OR EXISTS (SELECT FROM generation_batch WHERE ${RECEIVED})`)) !== undefined,
  run: async (ctx) => {
    await designateSingles(ctx, EFFECTIVE_FROM);
    await designateBatches(ctx, EFFECTIVE_FROM);
  },
};

async function designateSingles(ctx: Ctx, at: string): Promise<void> {
  const rows = await ctx.db.many<SingleRow>(
    `UPDATE assignment SET state = 'DESIGNATED', designated_at = $1 WHERE state = 'TENTATIVE'
     RETURNING assignment_id, person_key, municipality_code, generation`,
    at,
  );
  for (const { assignment_id: assignmentId, person_key: personKey, municipality_code: municipalityCode, generation } of rows) {
    ctx.emit(numberDesignated, { aggregateId: assignmentId, sequence: 1, data: { assignmentId, personKey, municipalityCode, designatedAt: at, generation } });
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey] });
  }
}

async function designateBatches(ctx: Ctx, at: string): Promise<void> {
  const rows = await ctx.db.many<BatchOfTentative>(
    `UPDATE generation_batch b SET designated_at = $1 WHERE ${RECEIVED}
     RETURNING batch_id, municipality_code, designated - repeated - ${WITHDRAWN} AS count`,
    at,
  );
  for (const { batch_id: batchId, municipality_code: municipalityCode, count } of rows) {
    ctx.emit(candidateDelivered, { aggregateId: batchId, sequence: 2, data: { batchId, municipalityCode, count, mode: 'DESIGNATED' } });
    ctx.audit({ object: `batch:${batchId}`, facts: { count } });
  }
}
