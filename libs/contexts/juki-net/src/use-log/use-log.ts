import type { appendedUse } from '#contracts/juki-net';
import type { z } from 'zod';

export type AppendedUse = z.output<typeof appendedUse>;

/** A context that was cut off has so long to tell; a clock may be so far ahead (JUKI-7). */
const LATEST_DAYS = 31;
const SKEW_MS = 2_000;

/** Whether the time of a use can be told of now. */
export function useTimeFault({ at }: Pick<AppendedUse, 'at'>, now: Date): 'USE_RECORD_TIME' | undefined {
  const age = now.getTime() - Date.parse(at);
  return age < -SKEW_MS || age > LATEST_DAYS * 86_400_000 ? 'USE_RECORD_TIME' : undefined;
}

/** What a record says, in one form: the same id with other words is refused. */
export function textOfUse({ recordId, at, personKey, institution, organisation, affair, legalBasis, mode, keyKind, items, resultCode }: AppendedUse): string {
  return JSON.stringify([recordId, new Date(at).toISOString(), personKey, institution, organisation, affair, legalBasis, mode, keyKind, items, resultCode]);
}
