import { trainingProblems } from '#contracts/training';
import { found, type Ctx, type Db } from '#platform';
import { placesOf } from '../session/session.js';
import type { SessionRecord } from '../session/session.store.js';
import type { SessionPlaces } from '../session/session-steps.js';
import type { PlaceParts, WaitingList } from './waiting-list.js';

/** The places of sessions as their planners see them (TRN-4.4). */
export class KeptPlaces implements SessionPlaces {
  constructor(
    private readonly parts: PlaceParts,
    private readonly waitingList: WaitingList,
  ) {}

  async taken(db: Db, sessionId: string): Promise<number> {
    return (await this.parts.places.find(db, sessionId))?.taken ?? 0;
  }

  /** More places go to those who wait, in their order. Refuses BELOW_TAKEN, and NOT_FOUND or NOT_IN_STATE for a removal. */
  async resize(ctx: Ctx, session: SessionRecord, removals: readonly string[]): Promise<void> {
    const { places, store } = this.parts;
    const limits = { capacity: placesOf(session), bodyQuota: session.bodyQuota };
    await places.open(ctx.db, session.id, limits);
    const removed = [];
    for (const id of new Set(removals)) {
      const enrolment = found(await store.find(ctx.db, id));
      if (enrolment.sessionId !== session.id) throw trainingProblems.refuse('NOT_IN_STATE');
      removed.push(enrolment);
    }
    await this.waitingList.withdraw(ctx, session, 'REMOVE', removed);
    if (!(await places.resize(ctx.db, session.id, limits))) throw trainingProblems.refuse('BELOW_TAKEN', { facts: { taken: await this.taken(ctx.db, session.id) } });
    await this.waitingList.promote(ctx, session);
  }
}
