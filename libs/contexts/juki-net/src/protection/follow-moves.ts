import { residentMovedIn, residentMovedOut, type ResidentFact } from '#contracts/juki-net';
import { addDays, localDateInJapan, toLocalDate } from '#kernel';
import { onEvent, type Ctx, type EventHandler, type Schedule, type Subscription } from '#platform';
import { afterMove, reapplyBy } from './support-measure.js';
import type { Mover, SupportMeasureStore } from './support-measure.store.js';
import { tellSupport } from './tell-support.js';

/** Somebody left the municipality that keeps their measure: it lasts until they had the time to apply at the new place. */
export function onResidentLeft(measures: SupportMeasureStore): EventHandler {
  return onEvent(residentMovedOut, async (ctx, { data, time }) => markMoved(ctx, measures, { fact: data, time, left: data.municipalityCode }));
}

/** Somebody arrived elsewhere; the notice of moving out may come later or never. */
export function onResidentArrived(measures: SupportMeasureStore): EventHandler {
  return onEvent(residentMovedIn, async (ctx, { data, time }) => markMoved(ctx, measures, { fact: data, time, arrived: data.municipalityCode }));
}

/** Most of those who move have no measure. */
export function leaveOutOthers(measures: SupportMeasureStore, moved: typeof residentMovedIn | typeof residentMovedOut): NonNullable<Subscription['together']> {
  return async (ctx, events) => {
    const personKeys = events.map(({ data }) => moved.data.parse(data).personKey);
    const holders = await measures.holders(ctx.db, personKeys);
    return events.filter((_event, index) => holders.has(personKeys[index] ?? ''));
  };
}

interface Move {
  readonly fact: ResidentFact;
  readonly time: string;
  readonly left?: string;
  readonly arrived?: string;
}

async function markMoved(ctx: Ctx, measures: SupportMeasureStore, { fact, time, left, arrived }: Move): Promise<void> {
  const { personKey } = fact;
  const movedOn = toLocalDate(fact.factDate);
  const lastDay = reapplyBy(movedOn, localDateInJapan(new Date(time)));
  for (const measureId of await measures.markMoved(ctx.db, { personKey, left, arrived, movedOn, reapplyBy: lastDay })) {
    ctx.audit({ object: `support-measure:${measureId}`, subjects: [personKey], facts: { reapplyBy: lastDay } });
  }
}

/** Once a day: measures of those who moved away and did not apply again, then terms that have passed (JUKI-3.8). */
export function endSupportMeasures(measures: SupportMeasureStore): Schedule {
  return {
    name: 'support-measure.end-passed',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx, occasion) => {
      const today = toLocalDate(occasion);
      const movers = await measures.moversDue(ctx.db, today);
      const those = (outcome: ReturnType<typeof afterMove>): Mover[] => movers.filter((mover) => afterMove(mover) === outcome);
      const gone = those('ENDS');
      await measures.settleMovers(ctx.db, those('STAYS'), undefined);
      await measures.settleMovers(ctx.db, gone, addDays(today, -1));
      const ended = await measures.endPassed(ctx.db, today, ctx.now);
      const personKeys = [...new Set([...gone.map((mover) => mover.person_key), ...ended])].sort();
      await tellSupport(ctx, measures, personKeys);
      if (personKeys.length > 0) ctx.audit({ object: 'support-measures', subjects: personKeys, facts: { movedOut: gone.length, term: ended.length } });
    },
  };
}
