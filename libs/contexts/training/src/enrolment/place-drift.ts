import { z } from 'zod';
import { daily, log, useCase, type Ctx, type Db, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import type { PlaceStore } from './place.store.js';

const spec = useCase({
  action: 'training.place.check',
  kind: 'question',
  summary: 'Counters of places that are not what their rows say: none ever, unless there is a fault',
  input: z.strictObject({}),
  output: z.object({
    drifts: z.array(z.object({ sessionId: z.uuid(), bodyCode: z.string().nullable(), counter: z.enum(['TAKEN', 'WAITING', 'WAITING_NO']), counted: z.int(), rows: z.int() })),
  }),
  refusals: [],
});

export class CheckPlaces implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly places: PlaceStore) {}

  async execute(ctx: Ctx, _input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    return { drifts: await this.places.drifts(ctx.db) };
  }
}

/** Nightly (TRN-4.4). A drift is an alarm for an operator; nothing is put right by itself, since nobody knows which of both is true. */
export function placesNightly(places: PlaceStore): Schedule {
  return daily('place-drift', async (ctx) => {
    const drifts = await alarmDrifts(places, ctx.db);
    for (const { sessionId, counter, counted, rows } of drifts) ctx.audit({ object: `session:${sessionId}`, facts: { counter, counted, rows } });
  });
}

/** What every start of a process does too. */
export async function alarmDrifts(places: PlaceStore, db: Db): ReturnType<PlaceStore['drifts']> {
  const drifts = await places.drifts(db);
  if (drifts.length > 0) log.error('counters of places differ from their rows', { count: drifts.length });
  return drifts;
}
