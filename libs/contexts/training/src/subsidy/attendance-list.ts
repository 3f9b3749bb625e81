import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { characterFault } from '#kernel';

export const LIST_COLUMNS = ['bodyCode', 'staffNo', 'nameKanji', 'nameKana'] as const;
type Column = (typeof LIST_COLUMNS)[number];
export const ENCODINGS = ['UTF-8', 'Windows-31J'] as const;

/** A person who attended what somebody else held. */
export type Attendee = Readonly<Record<Column, string>>;

export interface RowFault {
  /** Of the file, from 1. */
  readonly line: number;
  readonly column: Column | '';
  readonly reason: 'COLUMNS' | 'FORMAT' | 'CHARACTER' | 'NOT_OF_THE_CASE' | 'TWICE';
}

const withInfo = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

/**
 * The rows of an attendance list (CSV of RFC 4180 in the declared encoding, TRN-4.11): good ones are taken, each bad one is told with its line. Refuses
 * FILE_MALFORMED for another header, encoding or quoting.
 */
export function readAttendanceList(octets: Buffer, encoding: (typeof ENCODINGS)[number], municipalities: readonly string[]): { readonly attendees: Attendee[]; readonly faults: RowFault[] } {
  const [header, ...rows] = rowsOf(octets, encoding);
  if (header?.fields.join() !== LIST_COLUMNS.join()) throw trainingProblems.refuse('FILE_MALFORMED', { facts: { line: 1, header: LIST_COLUMNS.join() } });
  const attendees: Attendee[] = [];
  const faults: RowFault[] = [];
  const seen = new Set<string>();
  for (const { fields, line } of rows) {
    const [bodyCode = '', staffNo = '', nameKanji = '', nameKana = ''] = fields.map((field) => field.trim().normalize('NFC'));
    const attendee = { bodyCode, staffNo, nameKanji, nameKana };
    const fault = fields.length === LIST_COLUMNS.length ? faultOf(attendee, municipalities, seen) : ({ column: '', reason: 'COLUMNS' } as const);
    if (fault === undefined) attendees.push(attendee);
    else faults.push({ line, ...fault });
    if (fault === undefined) seen.add(`${bodyCode}\0${staffNo}`);
  }
  return { attendees, faults };
}

function faultOf(attendee: Attendee, municipalities: readonly string[], seen: ReadonlySet<string>): Omit<RowFault, 'line'> | undefined {
  const { bodyCode, staffNo } = attendee;
  if (!municipalities.includes(bodyCode)) return { column: 'bodyCode', reason: 'NOT_OF_THE_CASE' };
  if (!/^[A-Za-z0-9._-]{1,40}$/.test(staffNo)) return { column: 'staffNo', reason: 'FORMAT' };
  for (const column of ['nameKanji', 'nameKana'] as const) {
    const { [column]: name } = attendee;
    if (name === '' || name.length > 60) return { column, reason: 'FORMAT' };
    if (characterFault(name) !== undefined) return { column, reason: 'CHARACTER' };
  }
  return seen.has(`${bodyCode}\0${staffNo}`) ? { column: 'staffNo', reason: 'TWICE' } : undefined;
}

function rowsOf(octets: Buffer, encoding: (typeof ENCODINGS)[number]): { fields: string[]; line: number }[] {
  try {
    const text = new TextDecoder(encoding === 'UTF-8' ? 'utf-8' : 'shift_jis', { fatal: true }).decode(octets);
    const records: unknown = parse(text, { bom: true, info: true, relaxColumnCount: true, skipEmptyLines: true });
    return withInfo.parse(records).map(({ record, info }) => ({ fields: record, line: info.lines }));
  } catch {
    throw trainingProblems.refuse('FILE_MALFORMED', { facts: { header: LIST_COLUMNS.join() } });
  }
}
