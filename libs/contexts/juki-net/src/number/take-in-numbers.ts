import { localDateInJapan } from '#kernel';
import type { Ctx } from '#platform';
import { emitResidentEvent } from '../resident/resident-event.js';
import { numberEvent } from '../resident/resident.js';
import type { NumberStore, TakenNumber } from './number.store.js';

/** A number as numbering tells it; `seq` counts the numbers of the person. */
export interface NumberLink {
  readonly personKey: string;
  readonly number: string;
  readonly seq: number;
}

/** Completes identity information with the numbers (reason 42; a later number of the person is 43 or 44). Known ones change nothing. */
export class NumberIntake {
  constructor(private readonly numbers: NumberStore) {}

  /** Takes numbers in, each dated `designatedAt`; returns how many were new. Runs in the caller's transaction. */
  async takeIn(ctx: Ctx, links: readonly NumberLink[], designatedAt: Date, later: '43' | '44' = '43'): Promise<number> {
    const holders = await this.numbers.lockHolders(ctx.db, links.map((link) => link.personKey));
    const day = localDateInJapan(designatedAt);
    const taken: TakenNumber[] = [];
    for (const { personKey, number, seq } of links) {
      const holder = holders.get(personKey);
      if (holder === undefined || (holder.number_seq ?? 0) >= seq) continue;
      const event = numberEvent(holder.fact_version + 1, { municipalityCode: holder.municipality_code, day, reason: holder.number_seq === null ? '42' : later });
      taken.push({ personKey, number, former: holder.individual_number, seq, factVersion: event.factVersion, day, reason: event.reason });
      emitResidentEvent(ctx, personKey, event);
    }
    await this.numbers.write(ctx.db, taken);
    return taken.length;
  }
}
