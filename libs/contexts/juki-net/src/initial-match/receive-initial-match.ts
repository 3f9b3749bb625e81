import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { lockJob, platformProblems, queueJob, refusals, useCase, uuidv7, type Ctx, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';
import type { LineChunk } from '../notice-file/line-chunks.js';
import { stageLines, type StagedLines } from '../notice-file/stage-lines.js';
import { MATCH_STATES } from './initial-match.js';
import type { InitialMatch, InitialMatchStore } from './initial-match.store.js';
import { IMIN_COLUMNS, isMatchHeader } from './match-row.js';

export const INITIAL_MATCH_JOB = 'juki-net.initial-match';
/** Rows of one step: large enough that its statements cost little a row, small enough for a step of a second or two. */
export const CHUNK_ROWS = 2_000;

const spec = useCase({
  action: 'juki-net.initial-match.submit',
  kind: 'process',
  summary: 'Takes in the persons of an agency (text/csv, IMIN) to be matched with the register; the same bytes again have no effect',
  input: z.strictObject({}),
  output: z.object({ matchId: z.uuid(), jobId: z.uuid(), state: z.enum(MATCH_STATES), repeated: z.boolean() }),
  refusals: [...refusals(jukiNetProblems, 'MALFORMED_HEADER', 'EMPTY_FILE', 'LINE_TOO_LONG', 'UPLOAD_BROKEN'), ...refusals(platformProblems, 'UNSUPPORTED_MEDIA_TYPE')],
});

interface Received extends StagedLines {
  readonly matchId: string;
}

/** Stores the lines encrypted as they stream in, then queues the job that matches them (JUKI-3.6). */
export class ReceiveInitialMatch implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly matches: InitialMatchStore) {}

  async execute(ctx: Ctx, _input: unknown, body?: Readable): Promise<OutputOf<typeof spec>> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      return await this.register(ctx, await this.store(ctx, body));
    } finally {
      // A client that is still sending hears the refusal only when it has been read to the end.
      body.resume();
    }
  }

  private async store(ctx: Ctx, body: Readable): Promise<Received> {
    const matchId = uuidv7();
    const staged = await stageLines(body, {
      size: CHUNK_ROWS, withoutHeader,
      add: (chunk, lines) => this.matches.addChunk(ctx.db, { matchId, chunk, now: ctx.now }, lines),
      drop: () => this.matches.dropChunks(ctx.db, matchId),
    });
    return { matchId, ...staged };
  }

  private async register(ctx: Ctx, { matchId, sha256, rows }: Received): Promise<OutputOf<typeof spec>> {
    const { organisation } = ctx.actor;
    return ctx.transaction(async (tx) => {
      const earlier = await this.matches.bySha256(tx.db, organisation, sha256);
      if (earlier !== undefined) {
        await this.matches.dropChunks(tx.db, matchId);
        tx.audit({ object: `initial-match:${earlier.match_id}`, facts: { rows, repeated: true } });
        return { matchId: earlier.match_id, jobId: await this.continued(tx, earlier), state: earlier.state, repeated: true };
      }
      const jobId = await queueJob(tx, INITIAL_MATCH_JOB, { matchId, rows });
      await this.matches.add(tx.db, { matchId, organisation, within: within(tx), sha256, jobId, rows, at: tx.now });
      tx.audit({ object: `initial-match:${matchId}`, facts: { rows, repeated: false } });
      return { matchId, jobId, state: 'LOADED', repeated: false };
    });
  }

  /** A job that was cancelled or failed left its chunks: another goes on with the first of them. */
  private async continued(tx: Ctx, earlier: InitialMatch): Promise<string> {
    const job = await lockJob(tx.db, earlier.job_id);
    if (job?.state !== 'FAILED' && job?.state !== 'CANCELLED') return earlier.job_id;
    const normalised = earlier.state !== 'LOADED';
    const from = { phase: normalised ? 'MATCH' : 'NORMALISE', chunk: await this.matches.firstChunk(tx.db, earlier.match_id, normalised) };
    const jobId = await queueJob(tx, INITIAL_MATCH_JOB, { matchId: earlier.match_id, rows: earlier.rows, from });
    await this.matches.requeue(tx.db, earlier.match_id, jobId);
    return jobId;
  }
}

function withoutHeader({ firstLine, lines }: LineChunk): LineChunk {
  if (!isMatchHeader(fieldsOfLine(lines[0] ?? '') ?? [])) throw jukiNetProblems.refuse('MALFORMED_HEADER', { facts: { expected: IMIN_COLUMNS.join(',') } });
  return { firstLine: firstLine + 1, lines: lines.slice(1) };
}
