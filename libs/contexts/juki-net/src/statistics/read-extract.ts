import { jukiNetProblems, openExtract } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type Db, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { MSTA_COLUMNS } from './statistics.js';
import type { Extract, StatisticsStore } from './statistics.store.js';

const FIRST = '00000000-0000-0000-0000-000000000000';
const notFound = refusals(platformProblems, 'NOT_FOUND');

const getSpec = useCase({
  action: 'juki-net.statistics-extract.get',
  kind: 'question',
  summary: 'State of an extract; when it is completed, its rows and the SHA-256 of its detail lines with their line ends',
  input: z.object({ extractId: z.uuid() }),
  output: z.object({ extractId: z.uuid(), month: z.string(), state: z.enum(['RUNNING', 'COMPLETED']), jobId: z.uuid(), rows: z.number().int().nullable(), sha256: z.string().nullable() }),
  refusals: notFound,
});

export class GetExtract implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly statistics: StatisticsStore) {}

  async execute(ctx: Ctx, { extractId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    return found(ctx, await this.statistics.find(ctx.db, extractId));
  }
}

const rowsSpec = useCase({
  action: 'juki-net.statistics-extract.read-rows',
  kind: 'question',
  summary: 'Rows of a completed extract (MSTA as CSV), page by page; the header Link names the next page',
  input: z.object({ extractId: z.uuid(), after: z.uuid().default(FIRST).describe('id of the last row of the page before'), limit: z.coerce.number().int().min(1).max(20_000).default(10_000) }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...notFound, ...refusals(jukiNetProblems, 'EXTRACT_NOT_READY')],
});

/** JUKI-4.10: neither names nor codes nor numbers; the persons of the rows are in the audit lines of the job that made them. */
export class ReadExtractRows implements UseCase<typeof rowsSpec> {
  readonly spec = rowsSpec;
  constructor(private readonly statistics: StatisticsStore) {}

  async execute(ctx: Ctx, { extractId, after, limit }: InputOf<typeof rowsSpec>): Promise<BinaryAnswer> {
    if (found(ctx, await this.statistics.find(ctx.db, extractId)).state !== 'COMPLETED') throw jukiNetProblems.refuse('EXTRACT_NOT_READY');
    const lines = await this.statistics.lines(ctx.db, extractId, { after, limit: limit + 1 });
    const page = lines.slice(0, limit);
    const body = [...(after === FIRST ? [MSTA_COLUMNS.join(',')] : []), ...page.map(({ line }) => line)].map((line) => `${line}\r\n`).join('');
    const next = `</api/juki-net/v1/statistics-extracts/${extractId}/rows?after=${page.at(-1)?.id ?? after}&limit=${limit}>; rel="next"`;
    return { contentType: 'text/csv; charset=utf-8', body: Buffer.from(body), headers: { 'cache-control': 'no-store', ...(lines.length > limit ? { link: next } : {}) } };
  }
}

const PAGE = 2_000;
const openSpec = useCase({
  action: 'juki-net.statistics-extract.open',
  kind: 'question',
  summary: 'The lines of the completed extract of a month, page by page as a stream',
  input: openExtract.input,
  output: openExtract.output,
  refusals: [...notFound, ...refusals(jukiNetProblems, 'EXTRACT_NOT_READY')],
});

/** The pages come as fast as they are read; together their lines make up the hash. */
export class OpenExtract implements UseCase<typeof openSpec> {
  readonly spec = openSpec;
  constructor(private readonly statistics: StatisticsStore) {}

  async execute(ctx: Ctx, { month }: InputOf<typeof openSpec>): Promise<AsyncIterable<OutputOf<typeof openSpec>>> {
    const { extractId, state, sha256 } = found(ctx, await this.statistics.ofMonth(ctx.db, month));
    if (state !== 'COMPLETED' || sha256 === null) throw jukiNetProblems.refuse('EXTRACT_NOT_READY');
    return this.pages(ctx.db, extractId, sha256);
  }

  private async *pages(db: Db, extractId: string, sha256: string): AsyncGenerator<OutputOf<typeof openSpec>> {
    for (let after: string | undefined = FIRST; after !== undefined; ) {
      const lines = await this.statistics.lines(db, extractId, { after, limit: PAGE });
      if (lines.length > 0 || after === FIRST) yield { lines: lines.map(({ line }) => line), sha256 };
      after = lines.at(-1)?.id;
    }
  }
}

function found(ctx: Ctx, extract: Extract | undefined): Extract {
  if (extract === undefined) throw platformProblems.refuse('NOT_FOUND');
  ctx.audit({ object: `statistics-extract:${extract.extractId}` });
  return extract;
}
