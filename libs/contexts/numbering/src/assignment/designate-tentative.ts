import { candidateDelivered, numberDesignated } from '#contracts/numbering';
import type { Ctx, Schedule } from '#platform';
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

/** On the day on which the Act came into force the candidates that had been delivered became the people's numbers, all at once (NUM-3.1). */
export const designateTentative: Schedule = {
  name: 'designate-tentative',
  due: (last, now) => (last === undefined && now.toISOString() >= EFFECTIVE_FROM ? EFFECTIVE_FROM : undefined),
  run: async (ctx, occasion) => {
    await designateSingles(ctx, occasion);
    await designateBatches(ctx, occasion);
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
    `UPDATE generation_batch SET designated_at = $1 WHERE delivered_at IS NOT NULL AND designated_at IS NULL
     RETURNING batch_id, municipality_code, designated - repeated AS count`,
    at,
  );
  for (const { batch_id: batchId, municipality_code: municipalityCode, count } of rows) {
    ctx.emit(candidateDelivered, { aggregateId: batchId, sequence: 2, data: { batchId, municipalityCode, count, mode: 'DESIGNATED' } });
    ctx.audit({ object: `batch:${batchId}`, facts: { count } });
  }
}
