import type { TallyRow } from './mailing-tally.store.js';

/** Figures of a day as the agency and the press counted them (CARD-6): cumulative, with their share of the envelopes in per cent, one decimal. */
export interface MailingFigures {
  readonly envelopes: number;
  readonly posted: number;
  readonly delivered: number;
  readonly deliveredShare: number;
  readonly returned: number;
  readonly returnedShare: number;
  readonly investigated: number;
  readonly collected: number;
  readonly discarded: number;
  readonly thatDay: { readonly posted: number; readonly delivered: number; readonly returned: number; readonly investigated: number };
}

/** CARD-6: envelopes withdrawn before printing do not count. */
export function figuresOf(rows: readonly TallyRow[]): MailingFigures {
  const row = (state: string): TallyRow => rows.find((one) => one.state === state) ?? { state, entered: 0, leaving: 0, enteredThatDay: 0 };
  const envelopes = rows.filter(({ state }) => state !== 'CANCELLED').reduce((sum, { entered, leaving }) => sum + entered - leaving, 0);
  const [delivered, returned] = [row('DELIVERED').entered, row('RETURNED').entered];
  return {
    envelopes, posted: row('POSTED').entered,
    delivered, deliveredShare: shareOf(delivered, envelopes), returned, returnedShare: shareOf(returned, envelopes),
    investigated: row('INVESTIGATING').entered, collected: row('COLLECTED_AT_COUNTER').entered, discarded: row('DISCARDED').entered,
    thatDay: { posted: row('POSTED').enteredThatDay, delivered: row('DELIVERED').enteredThatDay, returned: row('RETURNED').enteredThatDay, investigated: row('INVESTIGATING').enteredThatDay },
  };
}

/** Per cent with one decimal, halves up; 0 of nothing. */
export function shareOf(count: number, total: number): number {
  return total === 0 ? 0 : Math.round((count * 1_000) / total) / 10;
}
