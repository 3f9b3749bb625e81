import { defineEvent } from '#kernel';
import { z } from 'zod';

/** Payload of the `resident.*` family: ids, dates and names of items, never their contents (JUKI-5.4). */
export const residentFact = z.object({
  personKey: z.uuid().describe('random id used inside Kiban only'),
  factVersion: z.number().int().positive().describe('version of the facts of this person, rising by 1'),
  factDate: z.iso.date().describe('legal date of effect'),
  municipalityCode: z.string().regex(/^\d{6}$/),
  reason: z.string().regex(/^\d{2}$/).describe('change reason'),
  fields: z.array(z.string()).describe('items that changed'),
});
export type ResidentFact = z.output<typeof residentFact>;

const resident = (name: string, summary: string) => defineEvent('juki-net', `resident.${name}`, { summary, data: residentFact });

export const residentEntered = resident('entered', 'A record was made (reasons 10 12 13 14 15 18)');
export const residentMovedIn = defineEvent('juki-net', 'resident.moved-in', {
  summary: 'A person moved in from another municipality (reason 11)',
  data: residentFact.extend({ previousMunicipalityCode: z.string().regex(/^\d{6}$/).optional() }),
});
export const residentMovedOut = defineEvent('juki-net', 'resident.moved-out', {
  summary: 'A person moved out (reasons 21 22)',
  data: residentFact.extend({ abroad: z.boolean() }),
});
export const residentDied = resident('died', 'A person died or was adjudged to have disappeared (reasons 20 24)');
export const residentRecordDeleted = resident('record-deleted', 'A record was deleted (reasons 23 25 26)');
export const residentChanged = resident('changed', 'Items changed (reasons 16 17 30-33 35 36 42-44); `fields` names them');
export const residentMinorCorrection = resident('minor-correction', 'The notation changed without change of fact (reason 34)');
export const residentCodeChanged = resident('code-changed', 'The resident code was replaced (reasons 40 41); neither code is told');

export const noticeFileCompleted = defineEvent('juki-net', 'notice-file.completed', {
  summary: 'A municipality\'s file of change notices was worked through',
  data: z.object({ fileId: z.uuid(), municipalityCode: z.string(), rows: z.number().int(), applied: z.number().int(), repeated: z.number().int(), rejected: z.number().int() }),
});

export const jukiNetEvents = [
  residentEntered, residentMovedIn, residentMovedOut, residentDied, residentRecordDeleted, residentChanged, residentMinorCorrection, residentCodeChanged, noticeFileCompleted,
] as const;
