import type { EventDefinition } from '#kernel';
import {
  residentChanged, residentCodeChanged, residentDied, residentEntered, residentMinorCorrection, residentMovedIn, residentMovedOut, residentRecordDeleted, type ResidentFact,
} from '#contracts/juki-net';
import type { Ctx } from '#platform';
import type { ResidentEventKind } from './change-reason.js';
import type { ResidentEvent } from './resident.js';

const DEFINITIONS: Readonly<Record<Exclude<ResidentEventKind, 'moved-in' | 'moved-out' | 'record-deleted'>, EventDefinition<ResidentFact>>> = {
  entered: residentEntered,
  died: residentDied,
  changed: residentChanged,
  'minor-correction': residentMinorCorrection,
  'code-changed': residentCodeChanged,
};

/** Publishes what a notice did, in the order of the person's facts (JUKI-5.4). */
export function emitResidentEvent(ctx: Ctx, personKey: string, event: ResidentEvent): void {
  const { kind, factVersion, factDate, municipalityCode, reason, fields, previousMunicipalityCode, abroad, returnsTo } = event;
  const fact: ResidentFact = { personKey, factVersion, factDate, municipalityCode, reason, fields: [...fields] };
  const place = { aggregateId: personKey, sequence: factVersion };
  if (kind === 'moved-in') ctx.emit(residentMovedIn, { ...place, data: { ...fact, previousMunicipalityCode } });
  else if (kind === 'moved-out') ctx.emit(residentMovedOut, { ...place, data: { ...fact, abroad: abroad ?? false } });
  else if (kind === 'record-deleted') ctx.emit(residentRecordDeleted, { ...place, data: { ...fact, returnsTo } });
  else ctx.emit(DEFINITIONS[kind], { ...place, data: fact });
}
