import { Readable, pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { characterFault } from '#kernel';
import { platformProblems } from '#platform';
import { bodyCode } from '../body/register-bodies.js';

/** TRN-5. */
export const LEARNER_COLUMNS = ['bodyCode', 'staffNo', 'nameKanji', 'nameKana', 'mail', 'courseCode'] as const;
export const LIST_ENCODINGS = ['UTF-8', 'Windows-31J'] as const;
/** A coordinator's list (own decision). */
const MAX_ROWS = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

const name = z.string().normalize('NFC').trim().min(1).max(100).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } });

/** A person as a coordinator names it. A character without a code point stands as a glyph reference, never as its substitute (TRN-7). */
export const learnerFields = {
  bodyCode,
  staffNo: z.string().trim().regex(/^[0-9A-Za-z-]{1,20}$/),
  nameKanji: name,
  nameKana: name.refine((text) => /^[\p{Script=Katakana}ー・\s]+$/u.test(text), { params: { code: 'KANA' } }),
  mail: z.email().max(254),
} as const;
const row = z.strictObject({ ...learnerFields, courseCode: z.string().regex(/^\d{4}$/) });

export type Learner = Omit<z.output<typeof row>, 'courseCode'>;
export type LearnerRow = z.output<typeof row> & { readonly line: number };

/** What is wrong with a line, in the file's own count: the header is line 1. */
export interface RowFault {
  readonly line: number;
  readonly column: string;
  readonly code: string;
}

/**
 * Reads a list of learners in the encoding that is declared: the good rows, and each bad one with line, column and reason. Refuses
 * FILE_MALFORMED for another header, broken quoting or octets that are not of the encoding, BODY_TOO_LARGE.
 */
export async function readLearners(body: Readable | undefined, encoding: (typeof LIST_ENCODINGS)[number]): Promise<{ rows: LearnerRow[]; faults: RowFault[] }> {
  const rows: LearnerRow[] = [];
  const faults: RowFault[] = [];
  let line = 0;
  for await (const fields of records(await decoded(body, encoding))) {
    line += 1;
    if (line === 1) {
      if (fields.join() !== LEARNER_COLUMNS.join()) throw malformed(line);
      continue;
    }
    if (line > MAX_ROWS + 1) throw platformProblems.refuse('BODY_TOO_LARGE', { facts: { limit: MAX_ROWS } });
    const read = readRow(fields, line);
    if ('code' in read) faults.push(read);
    else rows.push(read);
  }
  if (line === 0) throw malformed(1);
  return { rows, faults };
}

function readRow(fields: readonly string[], line: number): LearnerRow | RowFault {
  if (fields.length !== LEARNER_COLUMNS.length) return { line, column: '', code: 'COLUMNS' };
  const read = row.safeParse(Object.fromEntries(LEARNER_COLUMNS.map((column, at) => [column, fields[at]])));
  if (read.success) return { ...read.data, line };
  const [issue] = read.error.issues;
  const own: unknown = issue?.code === 'custom' ? issue.params?.['code'] : undefined;
  return { line, column: String(issue?.path[0] ?? ''), code: typeof own === 'string' ? own : 'FORMAT' };
}

async function decoded(body: Readable | undefined, encoding: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BYTES) throw platformProblems.refuse('BODY_TOO_LARGE', { facts: { limit: MAX_BYTES } });
    chunks.push(chunk as Buffer);
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw malformed(0);
  }
}

async function* records(text: string): AsyncGenerator<readonly string[]> {
  const parser = parse({ relaxColumnCount: true, skipEmptyLines: true, maxRecordSize: 10_000 });
  pipeline(Readable.from([text]), parser, () => undefined);
  let line = 0;
  try {
    for await (const fields of parser as AsyncIterable<readonly string[]>) {
      line += 1;
      yield fields;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) throw malformed(line + 1);
    throw error;
  }
}

function malformed(line: number) {
  return trainingProblems.refuse('FILE_MALFORMED', { facts: { line, header: LEARNER_COLUMNS.join() } });
}
