import { Readable } from 'node:stream';
import { Refusal } from '#kernel';
import { jukiNetProblems } from '#contracts/juki-net';
import { found, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import { z } from 'zod';
import { readLine } from '../batch/batch.js';
import type { Frame } from '../batch/frame.js';
import { type Exchange, openFrame, type SubmitBatch } from '../batch/submit-batch.js';
import { IMIN_COLUMNS, matchRowOf } from '../initial-match/match-row.js';
import type { ReadMatchResult } from '../initial-match/read-match-result.js';
import type { ReceiveInitialMatch } from '../initial-match/receive-initial-match.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';
import { acknowledgement, DROPPED, type DroppedKind, type FileFault, REFERENCE, stateOf } from './exchange-box.js';
import type { InFile, InFileStore, Settled } from './in-file.store.js';
import { PICK_UP_JOB } from './pick-up-files.js';
import { standReady } from './stand-ready.js';

const parameters = z.object({ fileId: z.uuid() });
const grantOf = z.uuid().optional().catch(undefined);

/** A file that was opened, or why not; undefined when it is settled already. */
type Opened = { readonly frame: Frame; readonly faults: readonly FileFault[] } | { readonly reason: string } | undefined;

export interface PickUpParts extends Exchange {
  readonly inFiles: InFileStore;
  readonly batches: SubmitBatch;
  readonly matches: ReceiveInitialMatch;
  readonly results: ReadMatchResult;
}

/** Settles one dropped file: what it becomes, its acknowledgement and its own state are one transaction (JUKI-5.3, 7). */
export class WorkOnDroppedFile implements JobKind<Opened> {
  readonly kind = PICK_UP_JOB;
  constructor(private readonly parts: PickUpParts) {}

  async prepare(ctx: Ctx, job: Job): Promise<Opened> {
    const { fileId } = parameters.parse(job.parameters);
    const file = found(await this.parts.inFiles.find(ctx.db, fileId));
    const sealed = await this.parts.inFiles.sealed(ctx.db, fileId);
    if (sealed === undefined) return undefined;
    const { kind, organisation, receivedAt: at } = file;
    return refusedAs(async () => {
      const frame = await openFrame(ctx.db, this.parts, sealed, { kind, institution: DROPPED[kind].institution, organisation, at });
      if (!REFERENCE.test(frame.header.batchId)) throw jukiNetProblems.refuse('FRAME');
      return { frame, faults: frame.details.flatMap((text, index) => faultOf(kind, text, index + 1)) };
    });
  }

  async step(ctx: Ctx, job: Job, opened: Opened): Promise<StepOutcome> {
    const { fileId } = parameters.parse(job.parameters);
    const file = await this.parts.inFiles.lock(ctx.db, fileId);
    if (file.state === 'WAITING' && opened !== undefined) await this.settle(ctx, file, 'frame' in opened ? await this.takeIn(ctx, file, opened) : refused(opened.reason));
    return { cursor: null, done: 1, total: 1, result: { fileId } };
  }

  private async takeIn(ctx: Ctx, file: InFile, { frame, faults }: Extract<Opened, { frame: Frame }>): Promise<Settled> {
    const { batchId: reference, grantId } = frame.header;
    const lines = frame.details.length;
    const of = { reference, grantId: grantOf.parse(grantId), lines, faults };
    const taken = faults.length === lines ? { sourceId: undefined } : await refusedAs(async () => ({ sourceId: await this.sourceOf(inNameOf(ctx, file), file, frame) }));
    const reason = 'reason' in taken ? taken.reason : undefined;
    return { ...of, reason, sourceId: 'sourceId' in taken ? taken.sourceId : undefined, state: stateOf({ lines, faulty: faults.length, reason }) };
  }

  /** The batch or matching that the file becomes, or became before; the same reference with other content is refused. */
  private async sourceOf(ctx: Ctx, { kind, sha256 }: InFile, frame: Frame): Promise<string> {
    const { inFiles, batches, matches, results } = this.parts;
    const { kind: institution, organisation } = ctx.actor;
    if (kind === 'BREQ') return (await batches.takeIn(ctx, { frame, sha256 })).batchId;
    if (await inFiles.isTaken(ctx.db, { institution, organisation }, { kind, reference: frame.header.batchId, sha256 })) throw jukiNetProblems.refuse('DUPLICATE_BATCH');
    const grantId = grantOf.parse(frame.header.grantId);
    if (frame.header.grantId !== '' && grantId === undefined) throw jukiNetProblems.refuse('FRAME');
    if (grantId !== undefined) await results.granted(ctx, grantId);
    const rows = [IMIN_COLUMNS.join(','), ...frame.details.map(rowOf)];
    return (await matches.execute(ctx, {}, Readable.from([Buffer.from(rows.map((row) => `${row}\r\n`).join(''))]))).matchId;
  }

  private async settle(ctx: Ctx, file: InFile, settled: Settled): Promise<void> {
    const { fileId, organisation, kind, name, purpose } = file;
    const { state, reference, reason, lines, faults, grantId, sourceId } = settled;
    await this.parts.inFiles.settle(ctx.db, fileId, settled, ctx.now);
    ctx.audit({
      object: `exchange-file:${fileId}`,
      facts: { organisation, kind, state, lines, faulty: faults.length, ...(reason === undefined ? {} : { reason }), ...(sourceId === undefined ? {} : { source: sourceId }) },
    });
    const answered = acknowledgement({ name, state, reason }, faults).length;
    await standReady(ctx, { institution: DROPPED[kind].institution, organisation, kind: 'ACKN', purpose, grantId, reference, sourceId: fileId, lines: answered });
  }
}

/** The same transaction in the name of who sent the file, and for what they sent it. */
function inNameOf(ctx: Ctx, { client: clientId, organisation, purpose, kind }: InFile): Ctx {
  const { institution, scope } = DROPPED[kind];
  const acting: Ctx = { ...ctx, actor: { clientId, kind: institution, organisation }, permission: { scope, purpose, basis: 'JUKI-5.3' }, transaction: (work) => work(acting) };
  return acting;
}

/** What a rule refuses is told in the acknowledgement; what is our own fault is tried again. */
async function refusedAs<T>(work: () => Promise<T>): Promise<T | { readonly reason: string }> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.definition.status >= 500) throw error;
    return { reason: error.code };
  }
}

function refused(reason: string): Settled {
  return { state: 'REJECTED', reference: '', grantId: undefined, sourceId: undefined, reason, lines: 0, faults: [] };
}

function faultOf(kind: DroppedKind, text: string, line: number): FileFault[] {
  const read = kind === 'BREQ' ? readLine(fieldsOfLine(text), line) : matchRowOf(fieldsOfLine(rowOf(text)));
  return 'keyKind' in read || !('code' in read) ? [] : [{ line, column: read.column ?? '', code: read.code }];
}

/** A detail of IMIN without its mark; one that has none is no row. */
function rowOf(detail: string): string {
  return detail.startsWith('D,') ? detail.slice(2) : '';
}
