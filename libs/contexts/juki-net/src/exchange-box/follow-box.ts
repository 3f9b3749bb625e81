import { useCase, type Ctx, type Db, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { ACKNOWLEDGED_WITHIN_MS, DROPPED_KINDS, fileName, IN_STATES, isOpen, OUT_STATES, RECEIVED_WITHIN_MS, STANDING_KINDS } from './exchange-box.js';
import type { InFile, InFileStore } from './in-file.store.js';
import type { OutFile, OutFileStore } from './out-file.store.js';

const page = { before: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) };
const count = z.number().int();
const inView = z.object({
  fileId: z.uuid(), organisation: z.string(), name: z.string(), kind: z.enum(DROPPED_KINDS), state: z.enum(IN_STATES), sourceId: z.uuid().optional().describe('the batch or matching that it became'),
  reason: z.string().optional().describe('why it was refused as a whole'), lines: count, faulty: count, receivedAt: z.iso.datetime(), settledAt: z.iso.datetime().optional(),
});
const outView = z.object({
  fileId: z.uuid(), organisation: z.string(), name: z.string(), kind: z.enum(STANDING_KINDS), state: z.enum(OUT_STATES), sourceId: z.uuid(), firstLine: count.optional(), lastLine: count.optional(),
  lines: count, sha256: z.string().optional().describe('of the detail records with their line ends, once fetched; the receipt names it'), readyAt: z.iso.datetime(), isOverdue: z.boolean(),
});

interface Listing<State extends string, File extends { readonly fileId: string }, View extends z.ZodType> {
  readonly action: string;
  readonly summary: string;
  readonly states: readonly State[];
  readonly view: View;
  list(db: Db, box: { institution: string; organisation: string }, page: { state: State | undefined; before: string | undefined; limit: number }): Promise<File[]>;
  viewOf(file: File, now: Date): z.input<View>;
}

/** Files of the asking organisation, page by page. */
function listing<State extends string, File extends { readonly fileId: string }, View extends z.ZodType>({ action, summary, states, view, list, viewOf }: Listing<State, File, View>): UseCase {
  const input = z.strictObject({ state: z.enum(states).optional(), ...page });
  return {
    spec: useCase({ action, kind: 'question', summary, input, output: z.object({ items: z.array(view), next: z.uuid().optional() }), refusals: [] }),
    execute: async (ctx: Ctx, { state, before, limit }: z.output<typeof input>) => {
      const { kind: institution, organisation } = ctx.actor;
      const files = await list(ctx.db, { institution, organisation }, { state, before, limit });
      const last = files.at(-1);
      return { items: files.map((file) => viewOf(file, ctx.now)), ...(files.length === limit && last !== undefined ? { next: last.fileId } : {}) };
    },
  };
}

export function listBox(files: OutFileStore): UseCase {
  const summary = 'Files that stand in the box of the organisation, the newest first';
  return listing({ action: 'juki-net.exchange-file.list', summary, states: OUT_STATES, view: outView, list: (...asked) => files.list(...asked), viewOf: outViewOf });
}

export function listDropped(files: InFileStore): UseCase {
  const summary = 'Files that the organisation dropped, the newest first, and what became of them';
  return listing({ action: 'juki-net.exchange-file.list-dropped', summary, states: IN_STATES, view: inView, list: (...asked) => files.list(...asked), viewOf: inViewOf });
}

const unresolvedSpec = useCase({
  action: 'juki-net.exchange-file.list-unresolved', kind: 'question',
  summary: 'Files of all organisations without a receipt after 24 hours, and dropped ones without an acknowledgement after 15 minutes; the oldest first',
  input: z.strictObject({ limit: page.limit }), output: z.object({ withoutReceipt: z.array(outView), withoutAcknowledgement: z.array(inView) }), refusals: [],
});

export class ListUnresolved implements UseCase<typeof unresolvedSpec> {
  readonly spec = unresolvedSpec;
  constructor(
    private readonly outFiles: OutFileStore,
    private readonly inFiles: InFileStore,
  ) {}

  async execute(ctx: Ctx, { limit }: InputOf<typeof unresolvedSpec>): Promise<OutputOf<typeof unresolvedSpec>> {
    const ago = (ms: number): Date => new Date(ctx.now.getTime() - ms);
    const [open, waiting] = [await this.outFiles.openSince(ctx.db, ago(RECEIVED_WITHIN_MS), limit), await this.inFiles.waitingSince(ctx.db, ago(ACKNOWLEDGED_WITHIN_MS), limit)];
    return { withoutReceipt: open.map((file) => outViewOf(file, ctx.now)), withoutAcknowledgement: waiting.map(inViewOf) };
  }
}

function inViewOf({ fileId, organisation, name, kind, state, sourceId, reason, lines, faulty, receivedAt, settledAt }: InFile): z.input<typeof inView> {
  return {
    fileId, organisation, name, kind, state, lines, faulty, receivedAt: receivedAt.toISOString(), ...(sourceId === null ? {} : { sourceId }), ...(reason === null ? {} : { reason }),
    ...(settledAt === null ? {} : { settledAt: settledAt.toISOString() }),
  };
}

function outViewOf(file: OutFile, now: Date): z.input<typeof outView> {
  const { fileId, organisation, kind, state, sourceId, firstLine, lastLine, lines, sha256, readyAt } = file;
  return {
    fileId, organisation, name: fileName(file), kind, state, sourceId, lines, ...(firstLine === null || lastLine === null ? {} : { firstLine, lastLine }),
    ...(sha256 === null ? {} : { sha256: sha256.toString('hex') }), readyAt: readyAt.toISOString(), isOverdue: isOpen(state) && readyAt.getTime() + RECEIVED_WITHIN_MS <= now.getTime(),
  };
}
