import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import { FILE_STATES, type NoticeFileStore } from './notice-file.store.js';

const count = z.number().int();

const spec = useCase({
  action: 'juki-net.notice-file.list',
  kind: 'question',
  summary: 'Files of notices with what became of their rows, the newest first',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), state: z.enum(FILE_STATES).optional(), before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({
      fileId: z.uuid(), municipalityCode: z.string(), jobId: z.uuid(), state: z.enum(FILE_STATES), rows: count, applied: count, repeated: count, held: count, quarantined: count, rejected: count,
    })),
    next: z.uuid().optional().describe('`before` of the next page'),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListNoticeFiles implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly files: NoticeFileStore) {}

  async execute(ctx: Ctx, { municipalityCode, state, before, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const files = await this.files.list(ctx.db, { within: municipalityCode ?? within(ctx), state, before, limit });
    return {
      items: files.map(({ file_id: fileId, municipality_code: code, job_id: jobId, ...file }) => ({ fileId, municipalityCode: code, jobId, ...file })),
      ...nextOf(files, limit, ({ file_id }) => file_id),
    };
  }
}
