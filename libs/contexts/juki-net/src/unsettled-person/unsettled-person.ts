import { addDays, addYears, type LocalDate } from '#kernel';

/** Ages at which a band begins, after the first: school, its end, full age, the two stages of the care of the elderly. */
const BAND_STARTS = [6, 15, 18, 65, 75] as const;
/** Who left longer ago and is recorded nowhere is to be looked for (JUKI-4.4). */
const IN_TRANSIT_DAYS = 30;

/** Names of the age bands, the youngest first. */
export const AGE_BANDS: readonly string[] = [0, ...BAND_STARTS].map((start, index) => {
  const next = BAND_STARTS[index];
  return next === undefined ? `${start}-` : `${start}-${next - 1}`;
});

/** Latest birth dates (YYYYMMDD) of each band but the first; unknown months and days count as the earliest there are. */
export function latestBirths(today: LocalDate): string[] {
  return BAND_STARTS.map((start) => addYears(today, -start).replaceAll('-', ''));
}

/** Last day of leaving from which a person counts as lost on the way. */
export function lastDayOfLeaving(today: LocalDate): LocalDate {
  return addDays(today, -IN_TRANSIT_DAYS - 1);
}
