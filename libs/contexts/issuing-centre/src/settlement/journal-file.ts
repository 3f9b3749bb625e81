import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { certificateRequestId, certificateType, MOST_COPIES } from '#contracts/municipal-issuer';
import type { JournalEntry, Source } from './settlement.store.js';

/** Columns of a journal: kiosks say what they took, municipalities what they served. */
export const JOURNAL_COLUMNS: Readonly<Record<Source, readonly string[]>> = { KIOSK: ['requestId', 'type', 'copies', 'amount'], MUNICIPALITY: ['requestId', 'type', 'copies'] };

export interface RowFault {
  /** Of the file, from 1. */
  readonly line: number;
  readonly column: string;
  readonly reason: 'COLUMNS' | 'FORMAT' | 'TWICE';
}

const whole = z.string().regex(/^\d{1,6}$/).transform(Number);
const CELLS: Readonly<Record<string, z.ZodType>> = { requestId: certificateRequestId, type: certificateType, copies: whole.pipe(z.number().min(1).max(MOST_COPIES)), amount: whole };
const withInfo = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));
const entry = z.object({ requestId: z.string(), type: z.string(), copies: whole, amount: whole.optional() });

/** The rows of a journal (CSV of RFC 4180, UTF-8): good ones are taken, each bad one is told with line, column and reason. Refuses FILE_MALFORMED. */
export function readJournal(octets: Buffer, source: Source): { readonly entries: JournalEntry[]; readonly faults: RowFault[] } {
  const columns = JOURNAL_COLUMNS[source];
  const [header, ...rows] = rowsOf(octets, columns);
  if (header?.record.join() !== columns.join()) throw malformed(columns);
  const entries: JournalEntry[] = [];
  const faults: RowFault[] = [];
  const seen = new Set<string>();
  for (const { record, info: { lines: line } } of rows) {
    const wrong = record.length === columns.length ? columns.find((column, index) => CELLS[column]?.safeParse(record[index]).success !== true) : '';
    const isTwice = wrong === undefined && seen.has(record[0] ?? '');
    if (wrong !== undefined) faults.push({ line, column: wrong, reason: wrong === '' ? 'COLUMNS' : 'FORMAT' });
    else if (isTwice) faults.push({ line, column: 'requestId', reason: 'TWICE' });
    else {
      const { amount, ...read } = entry.parse(Object.fromEntries(columns.map((column, index) => [column, record[index]])));
      entries.push({ ...read, amountYen: amount ?? null });
      seen.add(read.requestId);
    }
  }
  return { entries, faults };
}

function rowsOf(octets: Buffer, columns: readonly string[]): z.output<typeof withInfo> {
  try {
    return withInfo.parse(parse(new TextDecoder('utf-8', { fatal: true }).decode(octets), { bom: true, info: true, relaxColumnCount: true, skipEmptyLines: true }));
  } catch {
    throw malformed(columns);
  }
}

function malformed(columns: readonly string[]) {
  return issuingCentreProblems.refuse('FILE_MALFORMED', { facts: { header: columns.join() } });
}
