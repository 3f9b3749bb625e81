import type { Readable } from 'node:stream';
import { z } from 'zod';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { refusals, useCase, type Ctx, type OutputOf, type UseCase } from '#platform';
import { isApplicationId } from '../application/application-id.js';
import { fileReport, takeFile, type FileReader, type Read, type RowError } from '../csv-file.js';
import { judgeReport, judgeSheets } from './mail-report.js';
import { groupedBy, isEnvelopeBarcode } from './mailing.js';
import type { Mailing, MailingStore } from './mailing.store.js';
import { moveMailings, type Move } from './move-mailings.js';

const COLUMNS = ['barcode', 'applicationId', 'at'] as const;
const instant = z.iso.datetime({ offset: true });

interface Sheet {
  readonly barcode: string;
  readonly applicationId: string;
  readonly at: Date;
}

const spec = useCase({
  action: 'card-issuance.mailing.import-inserter-feed',
  kind: 'process',
  summary: `Takes in what the inserting machine read, a row a sheet, rows of an envelope together (CSV ${COLUMNS.join(',')}): an envelope with exactly its sheets is printed, any other is spoiled and printed again`,
  input: z.strictObject({}),
  output: fileReport,
  refusals: refusals(cardIssuanceProblems, 'FILE_MALFORMED'),
});

/** CARD-4.2: every sheet is read, so that nobody's number goes to another household. */
export class ImportInserterFeed implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly mailings: MailingStore) {}

  async execute(ctx: Ctx, _input: object, body?: Readable): Promise<OutputOf<typeof spec>> {
    return takeFile<Sheet>(body, { columns: COLUMNS, read: (fields) => readSheet(fields, ctx.now), group: ({ barcode }) => barcode, take: (rows) => ctx.transaction((own) => this.take(own, rows)) });
  }

  private async take(ctx: Ctx, rows: readonly Read<Sheet>[]): ReturnType<FileReader<Sheet>['take']> {
    const envelopes = groupedBy(rows, ({ row }) => row.barcode);
    const known = new Map((await this.mailings.lockMany(ctx.db, { barcodes: [...envelopes.keys()] })).map((one) => [one.barcode, one]));
    const sheets = await this.mailings.sheetsOf(ctx.db, [...known.values()].map((one) => one.mailingId));
    const errors: RowError[] = [];
    const printed: Move[] = [];
    const spoiled: Move[] = [];
    let unchanged = 0;
    for (const [barcode, read] of envelopes) {
      const mailing = known.get(barcode);
      const at = new Date(Math.max(...read.map(({ row }) => row.at.getTime())));
      const faults = mailing === undefined ? read.map(({ line }) => ({ line, column: 'barcode', code: 'UNKNOWN_BARCODE' })) : faultsOf(read, sheets.get(mailing.mailingId) ?? []);
      const verdict = mailing === undefined ? 'UNCHANGED' : verdictOf(mailing, faults.length > 0, at);
      errors.push(...(verdict === 'BAD_STATE' ? read.map(({ line }) => ({ line, column: 'barcode', code: verdict })) : faults));
      if (verdict === 'UNCHANGED' && faults.length === 0) unchanged += read.length;
      if (mailing === undefined || verdict !== 'MOVES') continue;
      if (mailing.state !== 'PRINTED') printed.push({ mailing, to: 'PRINTED', at });
      if (faults.length > 0) spoiled.push({ mailing: mailing.state === 'PRINTED' ? mailing : { ...mailing, state: 'PRINTED', version: mailing.version + 1 }, to: 'SPOILED', reason: faults[0]?.code, at });
    }
    for (const moves of [printed, spoiled]) if (moves.length > 0) await moveMailings(ctx, this.mailings, moves);
    return { errors, unchanged };
  }
}

/** A second reading of a printed envelope may find it spoiled; one of an envelope on its way changes nothing. */
function verdictOf(mailing: Mailing, isFaulty: boolean, at: Date): ReturnType<typeof judgeReport> {
  const verdict = judgeReport(mailing, isFaulty && mailing.state === 'PRINTED' ? 'SPOILED' : 'PRINTED', at);
  return verdict === 'BAD_STATE' && !isFaulty && mailing.state !== 'AWAITING_DECISION' && mailing.state !== 'CANCELLED' ? 'UNCHANGED' : verdict;
}

function faultsOf(read: readonly Read<Sheet>[], belonging: readonly string[]): RowError[] {
  const { complete, foreign } = judgeSheets(read.map(({ row }) => row.applicationId), belonging);
  if (complete) return [];
  const strangers = read.filter(({ row }) => foreign.includes(row.applicationId)).map(({ line }) => ({ line, column: 'applicationId', code: 'SHEET_FOREIGN' }));
  return strangers.length > 0 ? strangers : read.slice(0, 1).map(({ line }) => ({ line, column: 'barcode', code: 'SHEETS_MISMATCH' }));
}

function readSheet([barcode = '', applicationId = '', at = '']: readonly string[], now: Date): Sheet | Omit<RowError, 'line'> {
  if (!isEnvelopeBarcode(barcode)) return { column: 'barcode', code: 'UNKNOWN_BARCODE' };
  if (!isApplicationId(applicationId)) return { column: 'applicationId', code: 'BAD_ID' };
  if (!instant.safeParse(at).success) return { column: 'at', code: 'INSTANT' };
  return new Date(at) > now ? { column: 'at', code: 'FUTURE' } : { barcode, applicationId, at: new Date(at) };
}
