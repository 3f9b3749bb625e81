import { INTAKE_COLUMNS, type IntakeColumn, type IntakeRow } from '../change-notice/intake-row.js';

/** What is wrong with a header line, if anything (JUKI-4.2): a column outside the legal set refuses the whole file. */
export type HeaderFault = { readonly code: 'ITEM_NOT_ALLOWED'; readonly column: string } | { readonly code: 'MALFORMED_HEADER' };

/** Columns of a file without those that it may leave out. */
export const SHORT = INTAKE_COLUMNS.indexOf('notifiedOn');

/** The header must be exactly the prescribed columns in their order, to the last one or to one that may end a file. */
export function headerFault(fields: readonly string[]): HeaderFault | undefined {
  const stray = fields.find((name) => /^[A-Za-z][A-Za-z0-9]{0,39}$/.test(name) && !INTAKE_COLUMNS.some((column) => column === name));
  if (stray !== undefined) return { code: 'ITEM_NOT_ALLOWED', column: stray };
  const same = fields.length >= SHORT && fields.length <= INTAKE_COLUMNS.length && fields.every((field, index) => field === INTAKE_COLUMNS[index]);
  return same ? undefined : { code: 'MALFORMED_HEADER' };
}

/** The columns of a line, or COLUMN_COUNT when there are more or fewer than in the header. A column that the file leaves out is unchanged, not empty. */
export function intakeRowOf(fields: readonly string[], columns: number): IntakeRow | undefined {
  if (fields.length !== columns) return undefined;
  const row: Partial<Record<IntakeColumn, string>> = {};
  let index = 0;
  for (const column of INTAKE_COLUMNS) {
    const text = fields[index++];
    if (text !== undefined) row[column] = text;
  }
  return row;
}
