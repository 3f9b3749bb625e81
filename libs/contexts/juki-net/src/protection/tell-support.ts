import { supportChanged } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx } from '#platform';
import type { SupportMeasureStore } from './support-measure.store.js';

/** Publishes whether measures of the persons stand now (JUKI-5.4); every reader of the stream sees it, so it says neither term nor grounds. */
export async function tellSupport(ctx: Ctx, measures: SupportMeasureStore, personKeys: readonly string[]): Promise<void> {
  if (personKeys.length === 0) return;
  for (const { person_key: personKey, sequence, active } of await measures.tell(ctx.db, personKeys, localDateInJapan(ctx.now))) {
    ctx.emit(supportChanged, { aggregateId: personKey, sequence, data: { personKey, active } });
  }
}
