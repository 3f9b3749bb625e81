import { z } from 'zod';
import type { LocalDate } from '#kernel';
import { END_REASONS, remindOn, renewableFrom, SUPPORT_STATES, type SupportMeasure, supportStateOn } from './support-measure.js';

/** What the municipality that keeps a measure is shown; the persons are in its own files. */
export const supportView = z.object({
  measureId: z.uuid(), state: z.enum(SUPPORT_STATES), appliedOn: z.string(), startsOn: z.string().optional(), endsOn: z.string().optional(), remindOn: z.string().optional(),
  renewableFrom: z.string().optional(), endReason: z.enum(END_REASONS).optional(),
});

export function viewOfMeasure(measure: SupportMeasure, today: LocalDate): z.input<typeof supportView> {
  const { measureId, appliedOn, startsOn, endsOn } = measure;
  const state = supportStateOn(measure, today);
  const endReason = measure.endReason ?? (state === 'ENDED' ? 'TERM' : null);
  return {
    measureId, state, appliedOn,
    ...(startsOn === null || endsOn === null ? {} : { startsOn, endsOn }),
    ...(state === 'ACTIVE' && endsOn !== null ? { remindOn: remindOn(endsOn), renewableFrom: renewableFrom(endsOn) } : {}),
    ...(endReason === null ? {} : { endReason }),
  };
}
