import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { FILE_STATES, type NoticeFile, type NoticeFileStore } from './notice-file.store.js';

const count = z.number().int();
const notFound = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

const getSpec = useCase({
  action: 'juki-net.notice-file.get',
  kind: 'question',
  summary: 'How far a file of notices is, and what became of its rows',
  input: z.object({ fileId: z.uuid() }),
  output: z.object({
    fileId: z.uuid(), jobId: z.uuid(), municipalityCode: z.string(), state: z.enum(FILE_STATES),
    rows: count, applied: count, repeated: count, held: count, quarantined: count, rejected: count,
  }),
  refusals: notFound,
});

export class GetNoticeFile implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly files: NoticeFileStore) {}

  async execute(ctx: Ctx, { fileId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const { job_id: jobId, municipality_code: municipalityCode, state, rows, applied, repeated, held, quarantined, rejected } = await ownFile(ctx, this.files, fileId);
    return { fileId, jobId, municipalityCode, state, rows, applied, repeated, held, quarantined, rejected };
  }
}

const faultsSpec = useCase({
  action: 'juki-net.notice-file.list-faults',
  kind: 'question',
  summary: 'Rows that were not taken in, by line (the header is line 1), page by page',
  input: z.object({ fileId: z.uuid(), after: z.coerce.number().int().min(0).refine((line) => line <= 2_147_483_647, { params: { code: 'RANGE' } }).default(0), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({ line: count, column: z.string().nullable(), code: z.string(), title: z.object({ ja: z.string(), en: z.string() }) })),
    next: count.optional().describe('`after` of the next page'),
  }),
  refusals: notFound,
});

export class ListNoticeFileFaults implements UseCase<typeof faultsSpec> {
  readonly spec = faultsSpec;
  constructor(private readonly files: NoticeFileStore) {}

  async execute(ctx: Ctx, { fileId, after, limit }: InputOf<typeof faultsSpec>): Promise<OutputOf<typeof faultsSpec>> {
    await ownFile(ctx, this.files, fileId);
    const faults = await this.files.faults(ctx.db, fileId, { after, limit });
    const last = faults.at(-1);
    return { items: faults.map((fault) => ({ ...fault, title: titleOf(fault.code) })), ...(faults.length < limit || last === undefined ? {} : { next: last.line }) };
  }
}

async function ownFile(ctx: Ctx, files: NoticeFileStore, fileId: string): Promise<NoticeFile> {
  const file = await files.find(ctx.db, fileId);
  if (file === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, file.municipality_code);
  ctx.audit({ object: `notice-file:${fileId}` });
  return file;
}

function titleOf(code: string): { ja: string; en: string } {
  const definition = new Map(Object.entries(jukiNetProblems.definitions)).get(code);
  return { ja: definition?.ja ?? code, en: definition?.en ?? code };
}
