import type { Readable } from 'node:stream';
import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Realm } from '../realm/realm.js';
import { chunksOf } from '../upload/csv-chunks.js';
import { readCsv } from '../upload/csv-rows.js';
import { CATCH_UP_COLUMNS, CATCH_UP_SOURCES, MAX_CATCH_UP_LINES, readCatchUpLine } from './catch-up.js';
import { lockedList, type CatchUpStore } from './catch-up.store.js';

const submitSpec = useCase({
  action: 'numbering.ledger.submit-catch-up',
  kind: 'process',
  summary: 'Sends numbers that a restored ledger lacks (CSV); another officer confirms the list',
  input: z.strictObject({
    source: z.enum(CATCH_UP_SOURCES),
    neverIssued: z.coerce.number().int().min(0).max(10_000_000).default(0).describe('numbers that were drawn and lost before anybody had them; closes what the lists leave open'),
  }),
  output: z.object({ catchUpId: z.uuid(), state: z.literal('PROPOSED'), lines: z.number().int(), sha256: z.string() }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'BATCH_TOO_LARGE', 'CATCH_UP_STATE', 'FILE_FAULTS', 'FILE_MALFORMED')],
});

/** NUM-7: from the delayed replica or from municipal receipts. A list that comes later takes the place of one that is not wholly taken in. */
export class SubmitCatchUp implements UseCase<typeof submitSpec> {
  readonly spec = submitSpec;

  constructor(
    private readonly lists: CatchUpStore,
    private readonly realm: Realm,
  ) {}

  async execute(ctx: Ctx, { source, neverIssued }: InputOf<typeof submitSpec>, body?: Readable): Promise<OutputOf<typeof submitSpec>> {
    const catchUpId = uuidv7();
    await ctx.transaction((tx) => this.lists.open(tx.db, { catchUpId, source, neverIssued, proposedBy: officerOf(tx) }, tx.now));
    const upload = readCsv(body, CATCH_UP_COLUMNS);
    let lines = 0;
    for await (const chunk of chunksOf(upload.rows, MAX_CATCH_UP_LINES, (fields, line) => readCatchUpLine(fields, line, this.realm))) {
      lines += chunk.length;
      await ctx.transaction(async (tx) => {
        await lockedList(tx, this.lists, catchUpId, ['COLLECTING']);
        await this.lists.addLines(tx.db, catchUpId, chunk);
      });
    }
    const sha256 = upload.sha256();
    await ctx.transaction(async (tx) => {
      await lockedList(tx, this.lists, catchUpId, ['COLLECTING']);
      await this.lists.propose(tx.db, catchUpId, { lines, sha256 });
      tx.audit({ object: `catch-up:${catchUpId}`, facts: { source, lines, neverIssued } });
    });
    return { catchUpId, state: 'PROPOSED', lines, sha256 };
  }
}
