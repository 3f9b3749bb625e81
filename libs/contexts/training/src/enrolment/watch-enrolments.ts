import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { useCase, type Ctx, type Db, type InputOf, type OutputOf, type UseCase } from '#platform';
import { visibleBody } from './enrolment-desk.js';
import type { EnrolmentStore } from './enrolment.store.js';
import { enrolmentView, enrolmentViewOf } from './enrolment-view.js';

/** A stream ends by itself: whoever hung up without a word holds nothing for longer. */
const MOST_SECONDS = 60;
const LOOK_MS = 500;
/** More than any session has. */
const MOST = 20_000;

const spec = useCase({
  action: 'training.enrolment.watch',
  kind: 'question',
  summary: 'The enrolments of a session, each once and again whenever it changes, without names',
  input: z.object({ sessionId: z.uuid(), seconds: z.int().min(1).max(MOST_SECONDS).default(MOST_SECONDS) }),
  output: enrolmentView,
  refusals: [],
});
type Seen = OutputOf<typeof spec>;

/** gRPC `Enrolments.Watch` (TRN-5). Compared is what was sent, so that nothing is missed in whatever order transactions commit. */
export class WatchEnrolments implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly store: EnrolmentStore) {}

  async execute(ctx: Ctx, { sessionId, seconds }: InputOf<typeof spec>): Promise<AsyncIterable<Seen>> {
    ctx.audit({ object: `session:${sessionId}`, facts: { watched: true } });
    return this.changes(ctx.db, { sessionId, bodyCode: visibleBody(ctx) }, performance.now() + seconds * 1_000);
  }

  private async *changes(db: Db, of: { readonly sessionId: string; readonly bodyCode: string | undefined }, until: number): AsyncGenerator<Seen> {
    const sent = new Map<string, Seen>();
    for (;;) {
      const all = await this.store.list(db, { ...of, limit: MOST });
      const ranks = await this.store.waitingRanks(db, all);
      for (const one of all) {
        const seen = enrolmentViewOf(one, ranks.get(one.id));
        if (isDeepStrictEqual(sent.get(one.id), seen)) continue;
        sent.set(one.id, seen);
        yield seen;
      }
      if (performance.now() + LOOK_MS > until) return;
      await setTimeout(LOOK_MS);
    }
  }
}
