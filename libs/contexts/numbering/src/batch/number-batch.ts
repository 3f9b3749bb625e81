import { setImmediate } from 'node:timers/promises';
import type { Facts } from '#kernel';
import { log, stillWaiting, whenAnswered, uuidv7, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import { decideRequest, type EarlierAssignment, type RegisterEntry } from '../assignment/assignment.js';
import type { AssignmentStore, NewAssignment, Sealed } from '../assignment/assignment.store.js';
import { mayWait, sinceOf } from '../assignment/held-request.js';
import type { HeldRequestStore } from '../assignment/held-request.store.js';
import { holdRequest } from '../assignment/hold-request.js';
import { numberOf } from '../construction/construction.js';
import type { Draw } from '../construction/draw.js';
import type { Candidates } from '../construction/reserve-numbers.js';
import type { DrawingGate } from '../ledger/drawing-gate.js';
import type { ResidentRegister } from '../register/resident-register.js';
import type { WaveGate } from '../wave/wave-gate.js';
import { isReconciled, LINE_KINDS, resultCodeOf, type LineKind } from './batch.js';
import type { AnsweredLine, BatchRow, BatchStore } from './batch.store.js';
import type { ChangeLine, ChangeLines } from './change-lines.js';

export const NUMBER_BATCH = 'numbering.batch';

/** In place of a code that does not open, and of what the register would say of it. */
const UNREADABLE = '';
const NOBODY: RegisterEntry = { found: false, personKey: '', municipalityCode: '', superseded: false };
/** Lines of one step, which takes about half a second: two questions to the register. */
const CHUNK = 10_000;
/** Lines that are prepared before other work has its turn. */
const AT_ONCE = 100;

interface PreparedLine {
  readonly line: number;
  readonly requestId: string;
  readonly code: Sealed;
  readonly residentCode: string;
  readonly kind: LineKind;
  readonly caseId: string;
  readonly entry: RegisterEntry;
  readonly offer?: Offer | undefined;
}

/** The first number that the construction offers for a line, and where the others come from. */
interface Offer extends Candidates {
  readonly first: string;
  readonly number: string;
  readonly sealed: Sealed;
}

/** Lines with what the register says; undefined while the register is away or nothing may be drawn. */
type Prepared = readonly PreparedLine[] | undefined;

/** The chunk after the present one, asked for while that is being written. */
interface Ahead {
  readonly batchId: string;
  readonly after: number;
  readonly lines: Promise<Prepared>;
}

interface DrawnLine {
  readonly prepared: PreparedLine;
  readonly assignmentId: string;
  readonly personKey: string;
  readonly generation: number;
  readonly candidates: Candidates;
}

/**
 * Numbers a sealed batch (NUM-4.6), chunk by chunk: ledger, link, assignments, counters and cursor of a chunk are one transaction,
 * so that a kill at any moment leaves no orphan and no double. Drawn bodies and salts never leave the memory of this process.
 */
export class NumberBatch implements JobKind<Prepared> {
  readonly kind = NUMBER_BATCH;
  private ahead: Ahead | undefined;
  /** The lines of the last step. Their salts are destroyed after it (NUM-4.3 step 4): a step that meets a deadlock is repeated with them. */
  private present: Prepared;

  constructor(
    private readonly stores: { readonly batches: BatchStore; readonly assignments: AssignmentStore; readonly held: HeldRequestStore; readonly waves: WaveGate },
    private readonly source: { readonly changes: ChangeLines; readonly register: ResidentRegister; readonly draw: Draw; readonly gate: DrawingGate },
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const { gate } = this.source;
    forget(this.present ?? []);
    this.present = undefined;
    if (gate.custody.salts.fault !== undefined || !(await gate.admits(ctx))) return undefined;
    const [batchId, after] = [batchIdOf(job), cursorOf(job)];
    const { ahead } = this;
    this.ahead = undefined;
    const prepared = await (ahead?.batchId === batchId && ahead.after === after ? ahead.lines : this.load(ctx, batchId, after));
    this.present = prepared;
    const last = prepared?.at(-1);
    if (last !== undefined) {
      const lines = this.load(ctx, batchId, last.line);
      // Its failure is met when it is awaited; a step that fails first leaves it unread.
      lines.catch(() => undefined);
      this.ahead = { batchId, after: last.line, lines };
    }
    return prepared;
  }

  private async load(ctx: Ctx, batchId: string, after: number): Promise<Prepared> {
    const batch = await this.stores.batches.find(ctx.db, batchId);
    const rows = await this.stores.batches.pending(ctx.db, batchId, { after, limit: CHUNK });
    const codes = rows.map(({ code }) => this.readCode(code));
    const asked = codes.filter((code) => code !== UNREADABLE);
    if (asked.length < rows.length) log.error('codes of lines do not open', { action: NUMBER_BATCH, count: rows.length - asked.length });
    if (asked.length === 0 && rows.length > 0) throw new Error('no code of a chunk opens');
    const asking = Promise.allSettled([whenAnswered(() => this.source.register.entries(ctx, asked, batch?.municipality_code))]);
    // Drawn and sealed while the register looks: what it or the ledger turns down is forgotten.
    const lines: Omit<PreparedLine, 'entry'>[] = [];
    try {
      for (const [index, row] of rows.entries()) {
        const residentCode = codes[index] ?? UNREADABLE;
        const [kind, caseId] = [LINE_KINDS[row.kind - 1] ?? 'NEW', row.case_id ?? ''];
        const offer = kind === 'NEW' && residentCode !== UNREADABLE ? this.offer(residentCode) : undefined;
        lines.push({ line: row.line, requestId: row.request_id, code: { sealed: row.code, index: row.code_index }, residentCode, kind, caseId, offer });
        // The chunk before is being written meanwhile.
        if (index % AT_ONCE === 0) await setImmediate();
      }
    } catch (error) {
      forget(lines);
      throw error;
    }
    const [answer] = await asking;
    if (answer.status === 'rejected' || answer.value === undefined) forget(lines);
    if (answer.status === 'rejected') throw answer.reason;
    const entries = answer.value?.values();
    return entries && lines.map((line) => ({ ...line, entry: (line.residentCode === UNREADABLE ? undefined : entries.next().value) ?? NOBODY }));
  }

  /** What is kept of a code may be damaged: a fault of its line (NUM-5.3, result 90), but never of all lines at once. */
  private readCode(sealed: Buffer): string {
    try {
      return this.stores.assignments.openCode(sealed);
    } catch {
      return UNREADABLE;
    }
  }

  private offer(residentCode: string): Offer | undefined {
    const others = this.source.draw(residentCode);
    const { value: first } = others.next();
    if (first === undefined) return undefined;
    const number = numberOf(first);
    return { first, number, sealed: this.stores.assignments.sealNumber(number), others };
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const batch = await this.stores.batches.lock(ctx.db, batchIdOf(job));
    if (batch === undefined) throw new Error('the batch of a job is gone');
    if (await this.stores.waves.isHalted(ctx.db, batch.batch_id)) return this.suspend(ctx, batch.batch_id, cursorOf(job), { cause: 'WAVE_HALTED' });
    if (this.source.gate.custody.salts.fault !== undefined) return this.suspend(ctx, batch.batch_id, cursorOf(job), { cause: 'SALT_SOURCE' });
    if (prepared === undefined) return stillWaiting(job);
    if (batch.state === 'SEALED') await this.stores.batches.markValidated(ctx.db, batch.batch_id);
    const last = prepared.at(-1);
    if (last === undefined) return this.finish(ctx, batch.batch_id);
    await this.number(ctx, batch, { after: cursorOf(job), last: last.line, lines: prepared });
    return { cursor: last.line, done: last.line, total: batch.lines ?? last.line };
  }

  private async number(ctx: Ctx, batch: BatchRow, { after, last, lines }: { after: number; last: number; lines: readonly PreparedLine[] }): Promise<void> {
    const { batch_id: batchId, municipality_code: municipalityCode } = batch;
    const changed = await this.source.changes.carryOut(ctx, batch, lines.filter(isChange));
    const first = lines.filter((line) => !isChange(line));
    const people = first.flatMap(({ entry }) => (entry.found ? [entry.personKey] : []));
    const earlier = await this.stores.assignments.earlier(ctx.db, people);
    const { drawn, answered, movers } = this.decide(first, { batchId, municipalityCode }, earlier);
    await this.hold(ctx, municipalityCode, movers);
    const { bodies, rounds } = await this.source.gate.reserve(ctx.db, drawn.map(({ candidates }) => candidates));
    const at = ctx.now.toISOString();
    const added = drawn.map(({ assignmentId, personKey, generation, prepared }, index): NewAssignment => {
      const { requestId, code, offer, line } = prepared;
      const body = bodies[index] ?? '';
      const kept = body === offer?.first ? offer : undefined;
      const number = kept?.number ?? numberOf(body);
      return { assignmentId, personKey, generation, municipalityCode, requestId, code, number, sealedNumber: kept?.sealed, state: 'GENERATED', at, batch: { batchId, line } };
    });
    await this.stores.assignments.insert(ctx.db, added);
    const numbered = changed.numbered + drawn.length;
    await this.stores.batches.advance(ctx.db, batchId, { after, last, numbered, answered: [...changed.answered, ...answered], rounds });
    await this.source.gate.heads.advance(ctx.db, numbered);
    if (added.length > 0) ctx.audit({ object: `batch:${batchId}`, subjects: added.map(({ personKey }) => personKey), facts: { rounds } });
  }

  /** The rules of a single request, line by line; a line also meets those before it in the file (NUM-7). */
  private decide(prepared: readonly PreparedLine[], batch: { batchId: string; municipalityCode: string }, earlier: Map<string, EarlierAssignment>): { drawn: DrawnLine[]; answered: AnsweredLine[]; movers: PreparedLine[] } {
    const drawn: DrawnLine[] = [];
    const answered: AnsweredLine[] = [];
    const movers: PreparedLine[] = [];
    for (const line of prepared) {
      const { requestId, residentCode, entry } = line;
      if (residentCode === UNREADABLE) {
        answered.push({ line: line.line, resultCode: '90', personKey: undefined });
        continue;
      }
      const finding = decideRequest(entry, earlier.get(entry.personKey), { batchId: batch.batchId, municipalityCode: batch.municipalityCode, requestId, codeIndex: line.code.index });
      if (finding.outcome === 'DRAW') {
        const { personKey, generation } = finding;
        const assignmentId = uuidv7();
        earlier.set(personKey, { assignmentId, municipalityCode: batch.municipalityCode, requestId, generation, replaceable: false });
        drawn.push({ prepared: line, assignmentId, personKey, generation, candidates: line.offer ?? { others: this.source.draw(residentCode) } });
      } else {
        const fault = finding.outcome === 'REFUSED' ? finding.fault : undefined;
        if (fault !== undefined && mayWait(fault, entry)) movers.push(line);
        const reference = finding.outcome === 'REFUSED' ? finding.assignmentId : undefined;
        answered.push({ line: line.line, resultCode: resultCodeOf(finding), personKey: finding.personKey, reference, ...(fault && sinceOf(fault, entry)) });
      }
    }
    return { drawn, answered, movers };
  }

  /** The line of somebody who is moving is answered 12, and waits by itself like a single request: the same id has its number later (NUM-7). */
  private async hold(ctx: Ctx, municipalityCode: string, movers: readonly PreparedLine[]): Promise<void> {
    for (const { requestId, residentCode, entry: { personKey } } of movers) {
      if ((await this.stores.held.of(ctx.db, municipalityCode, requestId)) !== undefined) continue;
      await holdRequest(ctx, this.stores.held, { municipalityCode, requestId, residentCode, personKey });
    }
  }

  /** DRAWN -> RECONCILED -> DELIVERED; a batch whose rows do not add up, or that has a number twice, is suspended and nothing of it is delivered. */
  private async finish(ctx: Ctx, batchId: string): Promise<StepOutcome> {
    const batch = await this.stores.batches.find(ctx.db, batchId);
    if (batch === undefined) throw new Error('the batch of a job is gone');
    const counts = await this.stores.batches.count(ctx.db, batch);
    const { lines, assignments: count, repeated, refused } = counts;
    const reconciled = isReconciled(batch, counts);
    const cause = await this.stores.waves.judge(ctx, batchId, { reconciled, lines, refused });
    if (!reconciled || cause === 'DUPLICATE_NUMBER') return this.suspend(ctx, batchId, lines, { ...counts, ...(cause === undefined ? {} : { cause }) });
    await this.stores.batches.deliver(ctx.db, batchId, ctx.now);
    ctx.audit({ object: `batch:${batchId}`, facts: { count, repeated, refused } });
    return { cursor: lines, done: lines, total: lines, result: { state: 'DELIVERED', lines, designated: count + repeated, repeated, refused } };
  }

  /** Nothing more of the batch is drawn or delivered until it is sealed again. */
  private async suspend(ctx: Ctx, batchId: string, cursor: number, facts: Facts): Promise<StepOutcome> {
    await this.stores.batches.setState(ctx.db, batchId, 'SUSPENDED');
    ctx.audit({ object: `batch:${batchId}`, facts: { state: 'SUSPENDED', ...facts } });
    return { cursor, done: cursor, result: { state: 'SUSPENDED', ...facts } };
  }
}

function isChange(line: PreparedLine): line is PreparedLine & ChangeLine {
  return line.kind !== 'NEW' && line.residentCode !== UNREADABLE;
}

/** Destroys the salts of lines that are done, or not drawn now. */
function forget(lines: readonly Pick<PreparedLine, 'offer'>[]): void {
  for (const { offer } of lines) offer?.others.return?.();
}

function batchIdOf(job: Job): string {
  return String(job.parameters['batchId']);
}

/** The last line that is done. */
function cursorOf(job: Job): number {
  return typeof job.cursor === 'number' ? job.cursor : 0;
}
