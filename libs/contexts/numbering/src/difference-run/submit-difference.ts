import type { Readable } from 'node:stream';
import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { MAX_LINES } from '../batch/batch.js';
import { SEAL_REFUSALS, type FileExchange } from '../exchange/file-exchange.js';
import type { Realm } from '../realm/realm.js';
import { requireRealm } from '../realm/require-realm.js';
import { chunksOf } from '../upload/csv-chunks.js';
import { placeOfDifference } from '../wave/wave.js';
import type { WaveStore } from '../wave/wave.store.js';
import type { CompareDifference } from './compare-difference.js';
import { DIFFERENCE_COLUMNS, readDifferenceLine } from './difference-run.js';
import { permittedRun, type DifferenceRunStore } from './difference-run.store.js';

const count = z.number().int();
const runState = z.enum(['COLLECTING', 'OPEN', 'DONE', 'SUPERSEDED']);

const spec = useCase({
  action: 'numbering.difference-run.submit',
  kind: 'process',
  summary: 'Sends the list of people whom the mass numbering may have missed (NDIF, as CSV or sealed); every night a batch for those without a number, until none is left. The latest list counts',
  input: z.object({ municipalityCode: z.string().regex(/^\d{6}$/) }),
  output: z.object({ runId: z.uuid(), state: runState, batchId: z.string().nullable(), lines: count, sha256: z.string() }),
  refusals: [...refusals(platformProblems, 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'BATCH_TOO_LARGE', 'FILE_FAULTS', 'FILE_MALFORMED', 'NOT_IN_WAVE', 'TRAINING_REALM'), ...SEAL_REFUSALS],
});

/** NUM-4.7: the difference run. Not before the municipality's mass numbering has begun, or a list of everybody would go past the plan. */
export class SubmitDifference implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly parts: { readonly runs: DifferenceRunStore; readonly waves: WaveStore; readonly comparison: CompareDifference; readonly files: FileExchange },
    private readonly realm: Realm,
  ) {}

  async execute(ctx: Ctx, { municipalityCode }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    requireRealm(this.realm, municipalityCode);
    const place = placeOfDifference(await this.parts.waves.standing(ctx.db, municipalityCode));
    if (place.place === 'REFUSED' && place.code === 'NOT_IN_WAVE') throw numberingProblems.refuse('NOT_IN_WAVE');
    const runId = uuidv7();
    await ctx.transaction((tx) => this.parts.runs.open(tx.db, { runId, municipalityCode, at: ctx.now }));
    const upload = await this.parts.files.receive(ctx, body, { kind: 'NDIF', columns: DIFFERENCE_COLUMNS, municipalityCode });
    const today = localDateInJapan(ctx.now);
    let lines = 0;
    for await (const chunk of chunksOf(upload.rows, MAX_LINES, (fields, line) => readDifferenceLine(fields, line, { today, realm: this.realm }))) {
      lines += chunk.length;
      await ctx.transaction((tx) => this.parts.runs.addLines(tx.db, runId, chunk));
    }
    const list = { lines, sha256: upload.sha256() };
    return ctx.transaction((tx) => {
      tx.audit({ object: `difference-run:${runId}`, facts: { lines, ...upload.seal } });
      return this.begin(tx, { runId, municipalityCode }, list);
    });
  }

  /** The same list again while it is worked on is the same run. */
  private async begin(ctx: Ctx, run: { runId: string; municipalityCode: string }, list: { lines: number; sha256: string }): Promise<OutputOf<typeof spec>> {
    const unfinished = await this.parts.runs.unfinished(ctx.db, run.municipalityCode);
    const same = unfinished.find(({ sha256 }) => sha256 === list.sha256);
    if (same !== undefined) {
      await this.parts.runs.drop(ctx.db, run.runId);
      ctx.audit({ object: `difference-run:${same.runId}`, facts: { repeated: true } });
      return { runId: same.runId, state: same.state, batchId: same.batchId, ...list };
    }
    for (const { runId } of unfinished) await this.parts.runs.supersede(ctx.db, runId);
    await this.parts.runs.complete(ctx.db, run.runId, list);
    const { state, batchId = null } = await this.parts.comparison.compare(ctx, { ...run, sha256: list.sha256 });
    return { runId: run.runId, state, batchId, ...list };
  }
}

const readSpec = useCase({
  action: 'numbering.difference-run.read',
  kind: 'question',
  summary: 'State and counters of a difference run: linked, to be numbered, waiting for a code change, deleted',
  input: z.object({ runId: z.uuid() }),
  output: z.object({
    runId: z.uuid(), municipalityCode: z.string(), state: runState, lines: count, sha256: z.string().nullable(),
    linked: count, toNumber: count, waiting: count, deleted: count, batchId: z.string().nullable(), comparedAt: z.string().nullable(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ReadDifferenceRun implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(private readonly runs: DifferenceRunStore) {}

  async execute(ctx: Ctx, { runId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const run = permittedRun(ctx, await this.runs.find(ctx.db, runId));
    return { ...run, lines: run.lines ?? 0, comparedAt: run.comparedAt?.toISOString() ?? null };
  }
}
