import type { Resident } from '../resident/resident.js';
import { isOpen, latestStay } from '../resident/segment.js';

/**
 * Whether `early`, made by the entry of a destination that came with a new code before the change of code, is the person whose code
 * `from` changes (JUKI-4.5.2): moved in from there, born the same day, of the same sex, and with no municipality in both. Anybody else
 * who has the code is for officers (JUKI-7): such a code stays in use.
 */
export function isEntryAhead(early: Resident, person: Resident, from: string): boolean {
  const own = latestStay(person.segments, from);
  const [first] = [...early.segments].sort((a, b) => (a.entryDate < b.entryDate ? -1 : 1));
  if (own === undefined || !isOpen(own) || first?.entryReason !== '11' || first.previousMunicipalityCode !== from) return false;
  return early.segments.every(({ municipalityCode, content }) =>
    content.birthDate === own.content.birthDate && content.sex === own.content.sex && latestStay(person.segments, municipalityCode) === undefined);
}
