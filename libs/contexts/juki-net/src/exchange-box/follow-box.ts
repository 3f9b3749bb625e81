import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
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

const listSpec = useCase({
  action: 'juki-net.exchange-file.list', kind: 'question', summary: 'Files that stand in the box of the organisation, the newest first',
  input: z.strictObject({ state: z.enum(OUT_STATES).optional(), ...page }), output: z.object({ items: z.array(outView), next: z.uuid().optional() }), refusals: [],
});

export class ListBox implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly outFiles: OutFileStore) {}

  async execute(ctx: Ctx, { state, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const { kind: institution, organisation } = ctx.actor;
    const files = await this.outFiles.list(ctx.db, { institution, organisation }, { state, before, limit });
    return { items: files.map((file) => outViewOf(file, ctx.now)), ...nextOf(files, limit) };
  }
}

const droppedSpec = useCase({
  action: 'juki-net.exchange-file.list-dropped', kind: 'question', summary: 'Files that the organisation dropped, the newest first, and what became of them',
  input: z.strictObject({ state: z.enum(IN_STATES).optional(), ...page }), output: z.object({ items: z.array(inView), next: z.uuid().optional() }), refusals: [],
});

export class ListDropped implements UseCase<typeof droppedSpec> {
  readonly spec = droppedSpec;
  constructor(private readonly inFiles: InFileStore) {}

  async execute(ctx: Ctx, { state, before, limit }: InputOf<typeof droppedSpec>): Promise<OutputOf<typeof droppedSpec>> {
    const { kind: institution, organisation } = ctx.actor;
    const files = await this.inFiles.list(ctx.db, { institution, organisation }, { state, before, limit });
    return { items: files.map(inViewOf), ...nextOf(files, limit) };
  }
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

function nextOf(files: readonly { readonly fileId: string }[], limit: number): { next?: string } {
  const last = files.at(-1);
  return files.length === limit && last !== undefined ? { next: last.fileId } : {};
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
