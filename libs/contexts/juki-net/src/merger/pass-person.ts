import { decideNotice, type Resident, type ResidentEvent } from '../resident/resident.js';
import { standingOf, type Standing } from '../resident/person-status.js';
import { isOpen, isSameStay, latestStay, type Segment } from '../resident/segment.js';
import type { MunicipalityChange } from './municipality-change.js';

/** The records of a person that pass to the new code: all stays in one former municipality, numbered on after those in the new one. */
export interface Passing {
  readonly from: string;
  readonly stayOffset: number;
}

interface Correction {
  readonly segment: Segment;
  readonly formerAddress?: string | undefined;
  readonly isPresent: boolean;
  readonly event?: ResidentEvent | undefined;
}

/** What a change of municipalities makes of a person; `moved` is the record with new keys and nothing else changed. */
export interface PassedPerson {
  readonly passing?: Passing | undefined;
  readonly moved: Resident;
  readonly after: Resident;
  readonly standing: Standing;
  /** The minor correction (34) of the record, where it is open. */
  readonly correction?: Correction | undefined;
  /** Older records in the joining municipalities that were still open: a municipality has one record of a person. */
  readonly joined: number;
  /** Who was about to move to another of the joining municipalities stays: the notified move is withdrawn as well. */
  readonly isStaying: boolean;
}

type Change = Pick<MunicipalityChange, 'former' | 'newCode' | 'newName' | 'townCodes' | 'effectiveOn'>;

/**
 * Passes a person to the new code (JUKI-5.4), by the notice of a minor correction that the new municipality need not send. Of several
 * joining municipalities the one with the person's latest record passes; older stays in the others remain history under their codes.
 * Nothing when the change does not concern the person.
 */
export function passPerson(resident: Resident, change: Change, now: Date): PassedPerson | undefined {
  const { newCode } = change;
  const joining = joiningRecords(resident, change);
  const main = latestRecord(resident, joining);
  const former = change.former.find(({ code }) => code === main?.municipalityCode);
  const isStaying = main !== undefined && leadsTogether(main, resident, change);
  if (main === undefined || (former === undefined && joining.length === 1 && !isStaying)) return undefined;
  const passing = former === undefined || former.code === newCode ? undefined : { from: former.code, stayOffset: latestStay(resident.segments, newCode)?.stay ?? 0 };
  const moved = passing === undefined ? resident : {
    ...resident, segments: resident.segments.map((segment) => toNewKey(segment, newCode, passing)),
    pointers: resident.pointers?.map((pointer) => (pointer.to === passing.from ? { ...pointer, to: newCode } : pointer)),
  };
  const older = joining.filter((segment) => segment !== main && isOpen(segment));
  const staying = isStaying ? (passing === undefined ? main : toNewKey(main, newCode, passing)) : undefined;
  const segments = moved.segments.map((segment) => (isSameStay(segment, staying) ? staysOn(segment) : settled(segment, { older, main, passing, newCode })));
  const joined = { ...moved, segments };
  const standing = standingOf(segments, moved.pointers);
  if (standing === undefined || (former === undefined && older.length === 0 && !isStaying)) return undefined;
  const plain = { passing, moved, after: joined, standing, joined: older.length, isStaying };
  if (former === undefined) return plain;
  const address = main.content.address.startsWith(former.name) ? change.newName + main.content.address.slice(former.name.length) : main.content.address;
  const isSame = address === main.content.address;
  if (isSame && passing === undefined) return isStaying ? plain : undefined;
  const decision = decideNotice(joined, { municipalityCode: newCode, changeReason: '34', changeDate: change.effectiveOn, content: { address } }, now);
  if (decision.outcome === 'REFUSED') return plain;
  const event = decision.event === undefined || passing === undefined ? decision.event : { ...decision.event, fields: [...decision.event.fields, 'municipalityCode'] };
  const correction = { segment: decision.segment, isPresent: decision.isPresent, event, ...(isSame ? {} : { formerAddress: main.content.address }) };
  return { ...plain, after: decision.resident, standing: decision.standing, correction };
}

/** The latest record of the person in each joining municipality; of a municipality that is divided only if its town passes. */
function joiningRecords({ segments }: Resident, { former, newCode, townCodes }: Change): Segment[] {
  const passes = (segment: Segment): boolean => townCodes.length === 0 || segment.municipalityCode === newCode || townCodes.includes(segment.content.townCode);
  return [...new Set([...former.map(({ code }) => code), newCode])].flatMap((code) => latestStay(segments, code) ?? []).filter(passes);
}

/** The present record if it is among them, else an open one before a closed one, then the one entered last. */
function latestRecord({ segments, pointers }: Resident, joining: readonly Segment[]): Segment | undefined {
  const current = standingOf(segments, pointers)?.current;
  const rank = (segment: Segment): string => `${isSameStay(segment, current) ? 2 : isOpen(segment) ? 1 : 0}${segment.entryDate}`;
  return [...joining].sort((a, b) => (rank(a) < rank(b) ? 1 : -1))[0];
}

/** Whether the planned move leads to a municipality that becomes the same one: its case ends as withdrawn (`joinTransfer`). */
function leadsTogether(main: Segment, { pointers }: Resident, { former, newCode, townCodes }: Change): boolean {
  const isJoining = (code: string): boolean => code === newCode || former.some((one) => one.code === code);
  return main.state === 'OUT_PLANNED' && townCodes.length === 0 && (pointers ?? []).some(({ to, on }) => on === main.closedDate && isJoining(to));
}

function staysOn(segment: Segment): Segment {
  return { ...segment, state: 'LIVE', closedReason: undefined, closedDate: undefined, change: undefined };
}

function toNewKey(segment: Segment, newCode: string, { from, stayOffset }: Passing): Segment {
  return segment.municipalityCode === from ? { ...segment, municipalityCode: newCode, stay: segment.stay + stayOffset } : segment;
}

/** Older open records end with the entry of the latest one; a record elsewhere that explains an open one by a move goes on doing so. */
function settled(segment: Segment, by: { older: readonly Segment[]; main: Segment; passing: Passing | undefined; newCode: string }): Segment {
  if (by.older.some((other) => isSameStay(other, segment))) return { ...segment, state: 'CLOSED_MOVED', closedReason: '21', closedDate: by.main.entryDate };
  const isFromFormer = by.passing !== undefined && isOpen(by.main) && segment.municipalityCode !== by.newCode && segment.previousMunicipalityCode === by.passing.from;
  return isFromFormer && isOpen(segment) ? { ...segment, previousMunicipalityCode: by.newCode } : segment;
}
