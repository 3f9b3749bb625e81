import type { Ctx } from '#platform';
import { entryEvent } from '../change-notice/waiting-notice.js';
import { isTied, standingOf } from '../resident/person-status.js';
import { emitResidentEvent } from '../resident/resident-event.js';
import type { ResidentStore } from '../resident/resident.store.js';
import { isOpen, isSameStay } from '../resident/segment.js';

/** Transfer cases of these persons point elsewhere now: where two entries of one day wait for it, the current address follows (JUKI-4.5.2). */
export async function settleTies(ctx: Ctx, residents: ResidentStore, personKeys: readonly string[]): Promise<void> {
  for (const stored of (await residents.lockPersons(ctx, personKeys)).values()) {
    const { personKey, resident, present } = stored;
    const standing = isTied(resident.segments) ? standingOf(resident.segments, resident.pointers) : undefined;
    if (standing === undefined) continue;
    const { current } = standing;
    const isNews = isOpen(current) && standing.status !== 'DECEASED' && !isSameStay(current, present);
    const factVersion = resident.factVersion + (isNews ? 1 : 0);
    // Of a person on record the code is not written.
    await residents.write(ctx.db, [{ personKey, residentCode: '', resident: { ...resident, factVersion }, standing, notified: [], stored }]);
    if (isNews) emitResidentEvent(ctx, personKey, entryEvent(current, present, factVersion));
  }
}
