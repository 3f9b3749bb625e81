import { addMonths, localDateInJapan, startOfDayInJapan } from '#kernel';
import { uuidv7, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import { z } from 'zod';
import { isOfPrefecture, itemsUnderGrant, reachOf } from '../inquiry/grant.js';
import type { Grant } from '../inquiry/grant.store.js';
import { useRecords } from '../inquiry/inquiry.store.js';
import type { Provision } from '../inquiry/provision.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';
import { asOf, isAnsweredByCopy, NATIONAL } from '../prefecture/server.js';
import { enterPrefecture } from '../prefecture/server.store.js';
import { type AnsweredLine, type BatchLine, mergeAnswers, readLine, writeAnswer } from './batch.js';
import { tellState } from './batch-event.js';
import type { Batch, BatchCounts, BatchStore, NumberedFault } from './batch.store.js';
import { packBatch } from './pack-batch.js';
import { BATCH_JOB } from './submit-batch.js';
import { answerLines, type Permitted, type TellableLine } from './line-answerer.js';

/** `rest`: only what was postponed is asked again. */
const parameters = z.object({ batchId: z.uuid(), lines: z.number(), firstChunk: z.number().int().default(0), rest: z.boolean().default(false) });
const position = z.object({ chunk: z.number().int() });
const MODE = 'BATCH_LINE';
/** While the national server is closed, a look so often. */
const LOOK_SECONDS = 10;

/** Answers of one chunk, found before the transaction that records them. */
interface AnsweredChunk {
  readonly batch: Batch;
  readonly chunk: number;
  readonly questions: readonly string[];
  readonly done: number;
  readonly answers: readonly TellableLine[];
  /** Where a prefecture's copy told them: of which moment they are, and whose copy. */
  readonly asOf?: Date | undefined;
  readonly provider?: string | undefined;
  /** How many of the answers the grant's batches of the past month have told already. */
  readonly repeated: number;
  readonly faults: readonly NumberedFault[];
}

/** Undefined when every chunk has been answered. */
type Prepared = AnsweredChunk | 'WAITING' | undefined;

interface Questions {
  readonly chunk: number;
  readonly lines: readonly string[];
}

/** Answers a batch chunk by chunk; use records, answers and cursor are one transaction, so no line is answered twice (JUKI-3.5). */
export class WorkOnBatch implements JobKind<Prepared> {
  readonly kind = BATCH_JOB;

  constructor(
    private readonly batches: BatchStore,
    private readonly provision: Provision,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const { batchId, rest } = parameters.parse(job.parameters);
    const batch = await this.batches.find(ctx.db, batchId);
    const questions = await this.questions(ctx, job);
    if (batch === undefined || questions === undefined) return undefined;
    const lines: BatchLine[] = [];
    const faults: NumberedFault[] = [];
    for (const [index, text] of questions.lines.entries()) {
      const fields = fieldsOfLine(text);
      const line = rest ? Number(fields?.[1]) : questions.firstLine + index;
      const read = readLine(fields, line);
      if ('keyKind' in read) lines.push(read);
      else faults.push({ ...read, line });
    }
    const answered = await this.answered(ctx, batch, { lines, rest });
    if (answered === 'WAITING') return answered;
    const told = answered.answers.flatMap(({ personKey, resultCode }) => (personKey === undefined ? [] : [{ personKey, resultCode }]));
    const repeated = await this.batches.repeated(ctx.db, batch, told, startOfDayInJapan(addMonths(localDateInJapan(batch.received_at), -1)));
    const done = questions.lines.length + (rest ? job.done : questions.firstLine - 1);
    return { batch, chunk: questions.chunk, questions: questions.lines, done, ...answered, repeated, faults };
  }

  private async questions(ctx: Ctx, job: Job): Promise<(Questions & { readonly firstLine: number }) | undefined> {
    const { batchId, rest } = parameters.parse(job.parameters);
    const chunk = chunkOf(job);
    if (rest) {
      const postponed = await this.batches.rest(ctx.db, batchId, chunk);
      return postponed === undefined ? undefined : { ...postponed, firstLine: 0 };
    }
    const stored = await this.batches.chunk(ctx.db, batchId, chunk, false);
    return stored === undefined ? undefined : { chunk, ...stored };
  }

  /**
   * While the national server is closed, organs of a prefecture and of its municipalities are told of their own residents by its copy and
   * hear 90 of others; who could hear nothing else waits (JUKI-7). Of schedules 2 and 5 the copy answers at all times (JUKI-4.7).
   */
  private async answered(ctx: Ctx, batch: Batch, { lines, rest }: { lines: readonly BatchLine[]; rest: boolean }): Promise<Pick<AnsweredChunk, 'answers' | 'asOf' | 'provider'> | 'WAITING'> {
    const { grants, inquiries, copies, servers } = this.provision;
    const grant = await grants.find(ctx.db, batch.grant_id);
    const asked = { lines, permitted: permittedBy(ctx, batch, grant), today: localDateInJapan(ctx.now) };
    const closures = await servers.closures(ctx.db, ctx.now);
    const isClosed = closures.some(({ server }) => server === NATIONAL);
    const { within, outside } = asked.permitted.reach;
    const byCopy = isAnsweredByCopy(batch.institution) && outside === '' && (isClosed || (grant !== undefined && isOfPrefecture(grant)));
    if (isClosed && (rest || !byCopy)) return 'WAITING';
    if (!byCopy) return { answers: await this.withFormer(ctx, grant, await answerLines(ctx, asked, { register: inquiries })) };
    const provider = batch.organisation.slice(0, 2);
    const answers = await ctx.transaction(async (tx) => {
      await enterPrefecture(tx.db, provider);
      return answerLines(tx, asked, { register: copies, otherwise: isClosed ? '90' : '10' });
    });
    const told = answers.flatMap((answer) => (answer.told.municipalityCode === undefined ? [] : [answer.told.municipalityCode]));
    return { answers, provider, ...(closures.length === 0 ? {} : { asOf: asOf(ctx.now, closures, { told, within }) }) };
  }

  /** Nobody’s former place is told whose present one is not (JUKI-4.13); a prefecture’s copy has none. */
  private async withFormer(ctx: Ctx, grant: Grant | undefined, answers: readonly TellableLine[]): Promise<readonly TellableLine[]> {
    const placed = answers.flatMap(({ personKey, told }) => (personKey === undefined || told.address === undefined ? [] : [personKey]));
    if (grant?.tellsFormerAddress !== true || placed.length === 0) return answers;
    const former = await this.batches.formerAddresses(ctx.db, placed);
    return answers.map((answer) => {
      const formerAddress = answer.told.address === undefined ? undefined : former.get(answer.personKey ?? '');
      return formerAddress === undefined ? answer : { ...answer, told: { ...answer.told, formerAddress } };
    });
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const { batchId, lines, rest } = parameters.parse(job.parameters);
    if (prepared === 'WAITING') return { cursor: job.cursor, done: job.done, pauseSeconds: LOOK_SECONDS };
    if (prepared === undefined) return this.pack(ctx, batchId, lines);
    const { batch, chunk, answers, questions, faults, provider } = prepared;
    if (batch.state === 'ACCEPTED') await tellState(ctx, await this.batches.setState(ctx.db, batchId, { state: 'PROCESSING', at: ctx.now }));
    await this.recordUse(ctx, batch, { answers, provider });
    if (rest) {
      const earlier = await this.batches.chunk(ctx.db, batchId, chunk, true);
      await this.batches.answer(ctx.db, batchId, chunk, mergeAnswers(earlier?.lines ?? [], answers));
      await this.batches.dropRest(ctx.db, batchId, chunk);
    } else {
      await this.batches.answer(ctx.db, batchId, chunk, answers.map(writeAnswer));
      await this.batches.addFaults(ctx.db, batchId, faults);
      await this.batches.postpone(ctx.db, batchId, chunk, postponedOf(prepared));
    }
    await this.batches.advance(ctx.db, batchId, countsOf(prepared, rest ? questions.length : 0));
    return { cursor: { chunk: chunk + 1 }, done: prepared.done, total: lines };
  }

  /** One record for each person told, before the answer can leave (JUKI-3.5, 4.12). */
  private async recordUse(ctx: Ctx, batch: Batch, { answers, provider }: Pick<AnsweredChunk, 'answers' | 'provider'>): Promise<void> {
    const grant = await this.provision.grants.find(ctx.db, batch.grant_id);
    const subjects = new Set<string>();
    for (const { personKey, line, resultCode, told, isProtected, outside } of answers) {
      if (outside !== undefined) subjects.add(outside);
      if (personKey === undefined) continue;
      subjects.add(personKey);
      ctx.journal(useRecords, {
        at: ctx.now, use_id: uuidv7(), person_key: personKey, grant_id: batch.grant_id, organisation: batch.organisation, affair: grant?.affair ?? '', mode: MODE,
        key_kind: line.keyKind, items: [...Object.keys(told), ...(isProtected === undefined ? [] : ['isProtected'])], result_code: resultCode, correlation_id: ctx.correlationId,
        provider,
      });
    }
    const outOfReach = answers.filter(({ outside }) => outside !== undefined).length;
    const refused = answers.filter(({ resultCode }) => resultCode === '40').length;
    ctx.audit({ object: `batch:${batch.batch_id}`, subjects: [...subjects], facts: { answered: answers.length, outOfReach, ...(refused === 0 ? {} : { refused }) } });
  }

  private async pack(ctx: Ctx, batchId: string, lines: number): Promise<StepOutcome> {
    await packBatch(ctx, this.batches, batchId);
    return { cursor: null, done: lines, result: { batchId } };
  }
}

/** A grant that was suspended or has ended since the upload answers nothing more. */
function permittedBy(ctx: Ctx, { institution, organisation }: Batch, grant: Grant | undefined): Permitted {
  const asked = { institution, organisation, purpose: grant?.affair, mode: MODE, items: undefined, day: localDateInJapan(ctx.now) } as const;
  return {
    protectiveExempt: grant?.protectiveExempt === true, tellsDeceased: grant?.tellsDeceased === true, tellsProtection: grant?.tellsProtection === true,
    reach: reachOf({ schedule: grant?.schedule, institution, organisation }), beyond: grant?.schedule === undefined ? '40' : '10',
    items: (keyKind) => itemsUnderGrant(grant, { ...asked, keyKind }),
  };
}

/** Questions as they came, of the lines that could not be answered. */
function postponedOf({ answers, questions }: AnsweredChunk): string[] {
  const numbers = new Set(answers.filter(isPostponed).map(({ line }) => String(line.lineNo)));
  return numbers.size === 0 ? [] : questions.filter((text) => numbers.has(fieldsOfLine(text)?.[1] ?? ''));
}

/** A postponed line is not answered: it costs nothing, and counts when it is. */
function isPostponed({ resultCode }: AnsweredLine): boolean {
  return resultCode === '90';
}

function countsOf({ answers, faults, repeated, asOf: moment }: AnsweredChunk, resumed: number): BatchCounts {
  const hit = answers.filter(({ resultCode }) => resultCode === '00' || resultCode === '01');
  const postponed = answers.filter(isPostponed).length;
  const unchanged = hit.filter(({ resultCode, line }) => resultCode === '00' && line.sinceDate !== undefined).length;
  return { answered: answers.length - postponed, hits: hit.length, unchanged, faulty: faults.length, repeated, postponed: postponed - resumed, asOf: moment };
}

function chunkOf(job: Job): number {
  return job.cursor === null ? parameters.parse(job.parameters).firstChunk : position.parse(job.cursor).chunk;
}
