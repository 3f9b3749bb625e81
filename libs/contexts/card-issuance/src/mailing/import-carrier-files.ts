import type { Readable } from 'node:stream';
import { z } from 'zod';
import { localDateFault, localDateInJapan, startOfDayInJapan, toLocalDate, type LocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { refusals, useCase, type Ctx, type OutputOf, type UseCase } from '#platform';
import { fileReport, takeFile, type FileReader, type Read, type RowError } from '../csv-file.js';
import { applyResults, type CarrierStores } from './carrier-reports.js';
import type { CarrierResult } from './carrier-result.store.js';
import { CARRIER_STATUSES, judgeReport } from './mail-report.js';
import { isEnvelopeBarcode, TRACKING_NO } from './mailing.js';
import type { Mailing } from './mailing.store.js';
import { moveMailings, type Move } from './move-mailings.js';

const POSTING_COLUMNS = ['barcode', 'postedOn', 'trackingNo'] as const;
const RESULT_COLUMNS = ['trackingNo', 'status', 'at'] as const;
const instant = z.iso.datetime({ offset: true });
const status = z.enum(CARRIER_STATUSES);

interface Posting {
  readonly barcode: string;
  readonly postedOn: LocalDate;
  readonly trackingNo: string;
}

const postingSpec = useCase({
  action: 'card-issuance.mailing.import-posting-list',
  kind: 'process',
  summary: `Takes in which envelopes were handed to the carrier (CSV ${POSTING_COLUMNS.join(',')}): good rows count, each bad one is told. Harmless to repeat`,
  input: z.strictObject({}),
  output: fileReport,
  refusals: refusals(cardIssuanceProblems, 'FILE_MALFORMED'),
});

/** CARD-5: printed envelopes are posted; results that came before their posting follow at once. */
export class ImportPostingList implements UseCase<typeof postingSpec> {
  readonly spec = postingSpec;

  constructor(private readonly stores: CarrierStores) {}

  async execute(ctx: Ctx, _input: object, body?: Readable): Promise<OutputOf<typeof postingSpec>> {
    return takeFile<Posting>(body, { columns: POSTING_COLUMNS, read: (fields) => readPosting(fields, localDateInJapan(ctx.now)), take: (rows) => ctx.transaction((own) => this.take(own, rows)) });
  }

  private async take(ctx: Ctx, rows: readonly Read<Posting>[]): ReturnType<FileReader<Posting>['take']> {
    const { mailings, results } = this.stores;
    const known = new Map((await mailings.lockMany(ctx.db, { barcodes: rows.map(({ row }) => row.barcode) })).map((one) => [one.barcode, one]));
    const taken = await mailings.trackingNosInUse(ctx.db, rows.map(({ row }) => row.trackingNo));
    const moves: Move[] = [];
    const errors: RowError[] = [];
    let unchanged = 0;
    for (const { line, row: { barcode, postedOn, trackingNo } } of rows) {
      const mailing = known.get(barcode);
      const verdict = mailing === undefined ? 'UNKNOWN_BARCODE' : verdictOn(mailing, trackingNo, taken);
      if (verdict === 'UNCHANGED') unchanged += 1;
      else if (verdict !== 'MOVES' || mailing === undefined) errors.push({ line, column: verdict === 'TRACKING_NO_USED' ? 'trackingNo' : 'barcode', code: verdict });
      else {
        taken.add(trackingNo);
        known.set(barcode, { ...mailing, state: 'POSTED', trackingNo });
        moves.push({ mailing, to: 'POSTED', at: startOfDayInJapan(postedOn), trackingNo });
      }
    }
    if (moves.length > 0) await moveMailings(ctx, mailings, moves);
    const waiting = moves.length === 0 ? [] : await results.takeOut(ctx.db, moves.flatMap(({ trackingNo }) => trackingNo ?? []));
    if (waiting.length > 0) await applyResults(ctx, this.stores, waiting.map((row) => ({ line: 0, row })));
    return { errors, unchanged };
  }
}

/** Known by its number of the carrier, an envelope was posted before; the day tells nothing of the order against the inserter's hour. */
function verdictOn(mailing: Mailing, trackingNo: string, taken: ReadonlySet<string>): ReturnType<typeof judgeReport> | 'TRACKING_NO_USED' {
  if (mailing.trackingNo === trackingNo) return 'UNCHANGED';
  if (taken.has(trackingNo)) return 'TRACKING_NO_USED';
  return mailing.state === 'POSTED' ? 'BAD_STATE' : judgeReport({ state: mailing.state, toldAt: null }, 'POSTED', new Date(0));
}

function readPosting([barcode = '', postedOn = '', trackingNo = '']: readonly string[], today: LocalDate): Posting | Omit<RowError, 'line'> {
  if (!isEnvelopeBarcode(barcode)) return { column: 'barcode', code: 'UNKNOWN_BARCODE' };
  if (localDateFault(postedOn) !== undefined) return { column: 'postedOn', code: 'DATE' };
  if (postedOn > today) return { column: 'postedOn', code: 'FUTURE' };
  return TRACKING_NO.test(trackingNo) ? { barcode, postedOn: toLocalDate(postedOn), trackingNo } : { column: 'trackingNo', code: 'TRACKING_NO' };
}

const resultSpec = useCase({
  action: 'card-issuance.mailing.import-carrier-results',
  kind: 'process',
  summary: `Takes in what became of posted envelopes (CSV ${RESULT_COLUMNS.join(',')}; ${CARRIER_STATUSES.join(', ')}), in any order: good rows count, each bad one is told, NOT_POSTED_YET is kept until the posting is known. Harmless to repeat`,
  input: z.strictObject({}),
  output: fileReport,
  refusals: refusals(cardIssuanceProblems, 'FILE_MALFORMED'),
});

/** CARD-5: the carrier's results. */
export class ImportCarrierResults implements UseCase<typeof resultSpec> {
  readonly spec = resultSpec;

  constructor(private readonly stores: CarrierStores) {}

  async execute(ctx: Ctx, _input: object, body?: Readable): Promise<OutputOf<typeof resultSpec>> {
    return takeFile<CarrierResult>(body, { columns: RESULT_COLUMNS, read: (fields) => readResult(fields, ctx.now), take: (rows) => ctx.transaction((own) => applyResults(own, this.stores, rows)) });
  }
}

function readResult([trackingNo = '', told = '', at = '']: readonly string[], now: Date): CarrierResult | Omit<RowError, 'line'> {
  const known = status.safeParse(told);
  if (!TRACKING_NO.test(trackingNo)) return { column: 'trackingNo', code: 'TRACKING_NO' };
  if (!known.success) return { column: 'status', code: 'STATUS' };
  if (!instant.safeParse(at).success) return { column: 'at', code: 'INSTANT' };
  return new Date(at) > now ? { column: 'at', code: 'FUTURE' } : { trackingNo, status: known.data, at: new Date(at) };
}
