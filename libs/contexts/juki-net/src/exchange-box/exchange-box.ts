import { type LocalDate, localDateFault } from '#kernel';

/** What organisations may drop, who drops it, and whose residents it may ask about (JUKI-5.3). */
export const DROPPED = {
  BREQ: { institution: 'national-agency', scope: 'nation' },
  IMIN: { institution: 'prefecture', scope: 'area' },
} as const;
export type DroppedKind = keyof typeof DROPPED;
export const DROPPED_KINDS = ['BREQ', 'IMIN'] as const satisfies readonly DroppedKind[];

/** What stands in a box for its organisation: acknowledgements, answers, changes, matches, statistics. */
export const STANDING_KINDS = ['ACKN', 'BRES', 'CFED', 'IMOT', 'MSTA'] as const;
export type StandingKind = (typeof STANDING_KINDS)[number];

/** A dropped file waits to be picked up, and is then settled for good. */
export const IN_STATES = ['WAITING', 'VERIFIED', 'REJECTED'] as const;
export type InState = (typeof IN_STATES)[number];

/** A result that was made anew, with postponed lines answered, replaces a file that was not received. */
export const OUT_STATES = ['READY', 'FETCHED', 'RECEIPTED', 'REPLACED'] as const;
export type OutState = (typeof OUT_STATES)[number];
export type OutStep = 'FETCH' | 'RECEIVE';

const NEXT: Readonly<Record<OutState, Readonly<Partial<Record<OutStep, OutState>>>>> = {
  READY: { FETCH: 'FETCHED' },
  FETCHED: { FETCH: 'FETCHED', RECEIVE: 'RECEIPTED' },
  RECEIPTED: { FETCH: 'RECEIPTED', RECEIVE: 'RECEIPTED' },
  REPLACED: {},
};

/** Whether a receipt is still to come. */
export function isOpen(state: OutState): boolean {
  return state === 'READY' || state === 'FETCHED';
}

/** The state after a step, undefined where it may not be taken: nobody confirms what they have not fetched. */
export function stateAfter(state: OutState, step: OutStep): OutState | undefined {
  return NEXT[state][step];
}

/** A dropped file is acknowledged within 15 minutes, a ready one confirmed within 24 hours (JUKI-5.3). */
export const ACKNOWLEDGED_WITHIN_MS = 15 * 60_000;
export const RECEIVED_WITHIN_MS = 24 * 3_600_000;
export const PICK_UP_EVERY_MS = 5 * 60_000;

/** Who gets the statistics (住基法37条). */
export const STATISTICS_BUREAU = { institution: 'national-agency', organisation: 'statistics-bureau' } as const;

const NAME = /^([A-Za-z0-9-]{1,60})_([A-Z]{4})_(\d{4})(\d{2})(\d{2})_(\d{4})\.p7m$/;

/** What the header of a dropped file may name it by. */
export const REFERENCE = /^[A-Za-z0-9._-]{1,40}$/;

export type NameFault = 'FILE_NAME' | 'FILE_KIND' | 'FILE_ORGANISATION';

/** The kind of a dropped file by its name `{org}_{kind}_{yyyymmdd}_{seq4}.p7m`, or why its sender may not drop it. */
export function droppedKind(name: string, sender: { readonly kind: string; readonly organisation: string }): DroppedKind | NameFault {
  const [, organisation, found, year = '', month = '', day = '', number] = NAME.exec(name) ?? [];
  if (localDateFault(`${year}-${month}-${day}`) !== undefined || number === '0000') return 'FILE_NAME';
  if (organisation !== sender.organisation) return 'FILE_ORGANISATION';
  const kind = DROPPED_KINDS.find((known) => known === found);
  return kind === undefined || DROPPED[kind].institution !== sender.kind ? 'FILE_KIND' : kind;
}

/** The name of the `number`th file of a kind that becomes ready for an organisation on a day. */
export function fileName({ organisation, kind, day, number }: { readonly organisation: string; readonly kind: string; readonly day: LocalDate; readonly number: number }): string {
  return `${organisation}_${kind}_${day.replaceAll('-', '')}_${String(number).padStart(4, '0')}.p7m`;
}

/** A line that was not understood; the first is 1. */
export interface FileFault {
  readonly line: number;
  readonly column: string;
  readonly code: string;
}

/** A file of which no line is understood is rejected like one that is refused as a whole; else the other lines are worked on. */
export function stateOf(opened: { readonly lines: number; readonly faulty: number; readonly reason: string | undefined }): Exclude<InState, 'WAITING'> {
  return opened.reason !== undefined || opened.faulty === opened.lines ? 'REJECTED' : 'VERIFIED';
}

/** Details of `ACKN`: D, lineNo, column, code. Line 0 is the file by its name with its state, then why it was refused as a whole. */
export function acknowledgement(file: { readonly name: string; readonly state: InState; readonly reason: string | undefined }, faults: readonly FileFault[]): string[] {
  const whole = file.reason === undefined ? [] : [`D,0,,${file.reason}`];
  return [`D,0,${file.name},${file.state}`, ...whole, ...faults.map(({ line, column, code }) => `D,${line},${column},${code}`)];
}

export interface LineRange {
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Parts of a result that is too long for one file. */
export function partsOf(lines: number, most: number): LineRange[] {
  return Array.from({ length: Math.ceil(lines / most) }, (_, part) => ({ firstLine: part * most + 1, lastLine: Math.min((part + 1) * most, lines) }));
}

/** Whether lines can be sent again: of the whole result, in order. */
export function isRangeOf({ firstLine, lastLine }: LineRange, lines: number): boolean {
  return firstLine <= lastLine && lastLine <= lines;
}
