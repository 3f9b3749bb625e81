import { registrationCompleted, trainingProblems } from '#contracts/training';
import { Refusal } from '#kernel';
import { canonicalJson, platformProblems, uuidv7, type Ctx, type Db } from '#platform';
import type { AttemptStore } from '../assessment/attempt.store.js';
import { blocksOf } from '../package/course-structure.js';
import type { PackageStore } from '../package/package.store.js';
import { isRunning, periodFault } from '../registration/registration.js';
import type { Registration, RegistrationStore } from '../registration/registration.store.js';
import type { VideoStore } from '../video/video.store.js';
import { afterStatement, type AuSession, type AuVerb } from './au-session.js';
import type { AuSessionStore, SessionRecord } from './au-session.store.js';
import { ACTIVITY_TYPE, checkStatement, VERBS, type LaunchedUnit } from './cmi5.js';
import { blockIri, courseIri, ownStatement, publisherIri, unitIri, type OwnStatement } from './lms-statement.js';
import { isSatisfied, satisfaction } from './move-on.js';
import { NO_PROGRESS, type ProgressStore, type UnitProgress } from './progress.store.js';
import type { StatementStore, StoredStatement } from './statement.store.js';
import { contentHash, type XapiStatement } from './xapi-statement.js';

export interface StatementDeskParts {
  readonly sessions: AuSessionStore;
  readonly statements: StatementStore;
  readonly progress: ProgressStore;
  readonly registrations: RegistrationStore;
  readonly packages: PackageStore;
  readonly attempts: AttemptStore;
  readonly videos: VideoStore;
  /** `homePage` of learners' accounts. */
  readonly homePage: string;
}

/** Takes statements in and draws what follows from them, all in the transaction of `ctx` (TRN-4.6). */
export class StatementDesk {
  constructor(readonly parts: StatementDeskParts) {}

  /** What a session's statements are judged by. */
  async unitOf(ctx: Ctx, session: Pick<SessionRecord, 'id' | 'registrationId' | 'account' | 'packageId' | 'au'>): Promise<LaunchedUnit> {
    const { units } = await this.parts.packages.structure(ctx.db, session.packageId);
    const unit = units[session.au];
    if (unit === undefined) throw new Error('the package has no such unit');
    return {
      account: { homePage: this.parts.homePage, name: session.account }, registrationId: session.registrationId, sessionId: session.id,
      activityId: unitIri(session.packageId, session.au), publisherId: publisherIri(unit.publisherId), masteryScore: unit.masteryScore,
    };
  }

  /** Takes what content states, all or nothing; returns the ids in its order. Refuses as `takeAll` does. */
  async take(ctx: Ctx, session: SessionRecord, statements: readonly XapiStatement[]): Promise<string[]> {
    const [taken] = await this.takeAll([{ ctx, session, statements }]);
    if (taken === undefined || taken instanceof Refusal) throw taken ?? new Error('a call was not looked at');
    return taken;
  }

  /**
   * Takes what the calls of one transaction state, in their order, each call all or nothing: its ids, or its refusal with
   * STATEMENT_REFUSED and the reason, or STATEMENT_CONFLICT. The same statement again is taken as done. The sessions are held by the caller.
   */
  async takeAll(calls: readonly Said[]): Promise<(string[] | Refusal)[]> {
    const [first] = calls;
    if (first === undefined) return [];
    const { db } = first.ctx;
    const named = calls.map(({ statements }) => statements.map((statement): Hashed => ({ ...statement, id: statement.id ?? uuidv7(), hash: contentHash(statement) })));
    const known = new Map(await this.parts.statements.known(db, named.flat().map(({ id }) => id)));
    const taken: Taken[] = [];
    const answers: (string[] | Refusal)[] = [];
    for (const [index, { ctx, session }] of calls.entries()) {
      const statements = named[index] ?? [];
      const one = await whatever(() => this.judge(ctx, latest(taken, session), unknownOf(statements, known)));
      if (!(one instanceof Refusal)) {
        taken.push(one);
        for (const { id, hash } of one.fresh) known.set(id, hash);
      }
      answers.push(one instanceof Refusal ? one : statements.map(({ id }) => id));
    }
    await this.keepTaken(db, taken.filter(({ fresh }) => fresh.length > 0));
    return answers;
  }

  /** What a call's statements make of its session, by the rules of cmi5 alone. */
  private async judge(ctx: Ctx, session: SessionRecord, fresh: readonly Hashed[]): Promise<Taken> {
    const unit = fresh.length === 0 ? undefined : await this.unitOf(ctx, session);
    let now: AuSession = session;
    // What was achieved before matters to a judgement only; most statements are none.
    let achieved: UnitProgress = fresh.some(({ verb }) => JUDGEMENTS.has(verb.id)) ? (await this.parts.progress.of(ctx.db, session.registrationId))(session.au) : NO_PROGRESS;
    const results: Achieved[] = [];
    for (const statement of fresh) {
      const checked = unit === undefined ? { fault: 'NO_UNIT' } : checkStatement(statement, unit);
      if ('fault' in checked) throw refused(checked.fault, statement.id);
      const after = afterStatement(now, achieved, checked.verb);
      if (typeof after === 'string') throw refused(after, statement.id);
      now = after;
      if (!isJudgement(checked.verb)) continue;
      results.push({ verb: checked.verb, scaled: statement.result?.score?.scaled });
      achieved = { ...achieved, [checked.verb]: true };
    }
    const counts = isCounted(session, ctx.now);
    return { ctx, session: { ...session, ...now }, fresh, counts, results: counts ? results : [] };
  }

  private async keepTaken(db: Db, taken: readonly Taken[]): Promise<void> {
    if (taken.length === 0) return;
    await this.keep(db, taken.flatMap(({ ctx, session, fresh, counts }) => fresh.map((statement) => this.storedOf(statement, { sessionId: session.id, counts, at: ctx.now }))));
    await this.parts.sessions.saveAll(db, taken.map(({ ctx, session }) => ({ session, at: ctx.now })));
    for (const { ctx, session, results } of taken) {
      for (const { verb, scaled } of results) await this.parts.progress.note(db, session, verb, { at: ctx.now, scaled });
      if (results.length > 0) await this.settle(ctx, session.registrationId, session.id);
    }
  }

  /** Writes a statement of ours. */
  async state(ctx: Ctx, statement: Omit<OwnStatement, 'at'>, counts = true): Promise<void> {
    const own = ownStatement({ ...statement, at: ctx.now });
    await this.keep(ctx.db, [this.storedOf({ ...own, hash: contentHash(own) }, { sessionId: statement.unit.sessionId, counts, at: ctx.now })]);
  }

  /** What is satisfied now is stated once; with all units, the films of a course that asks for them and a test that it has, the registration is complete (TRN-3.4, 4.6 to 4.8). */
  async settle(ctx: Ctx, registrationId: string, sessionId: string = uuidv7()): Promise<void> {
    const { attempts, registrations, videos } = this.parts;
    const registration = await registrations.lock(ctx.db, registrationId);
    if (registration === undefined || !isRunning(registration.state)) return;
    const { assessmentId, completionRule, packageId } = registration;
    if (packageId !== null && !(await this.satisfyUnits(ctx, { ...registration, packageId }, sessionId))) return;
    if (completionRule === 'WATCHED_90' && !(await videos.areWatched(ctx.db, registration))) return;
    if (packageId === null) await registrations.noteSatisfied(ctx.db, registrationId, ['course']);
    if (assessmentId === null || (await attempts.isPassed(ctx.db, registrationId))) await this.complete(ctx, registration);
  }

  /** The inner blocks first; whether the whole course is satisfied. */
  private async satisfyUnits(ctx: Ctx, { id: registrationId, packageId, courseId, satisfied, account }: Satisfying, sessionId: string): Promise<boolean> {
    const { registrations, progress, packages } = this.parts;
    const structure = await packages.structure(ctx.db, packageId);
    const of = await progress.of(ctx.db, registrationId);
    const found = satisfaction(structure.parts, (au) => isSatisfied(structure.units[au]?.moveOn ?? 'CompletedAndPassed', of(au)));
    const blocks = blocksOf(structure.parts);
    const parts = [
      ...found.blocks.map((block) => ({ name: `block:${block}`, id: blockIri(packageId, blocks.indexOf(block)), type: ACTIVITY_TYPE.block, publisherId: block })),
      ...(found.course ? [{ name: 'course', id: courseIri(courseId), type: ACTIVITY_TYPE.course, publisherId: structure.publisherId }] : []),
    ].filter(({ name }) => !satisfied.includes(name));
    for (const { id, type, publisherId } of parts) {
      const unit = { account: { homePage: this.parts.homePage, name: account }, registrationId, sessionId, activityId: id, publisherId: publisherIri(publisherId) };
      await this.state(ctx, { unit, verb: 'satisfied', object: { id, definition: { type } } });
    }
    if (parts.length > 0) await registrations.noteSatisfied(ctx.db, registrationId, [...satisfied, ...parts.map(({ name }) => name)]);
    return found.course;
  }

  private async complete(ctx: Ctx, { id, courseCode, fiscalYear, bodyCode, state }: { id: string; courseCode: string; fiscalYear: number; bodyCode: string; state: string }): Promise<void> {
    await this.parts.registrations.end(ctx.db, id, 'COMPLETED', ctx.now);
    ctx.emit(registrationCompleted, { aggregateId: id, sequence: 1, data: { registrationId: id, courseCode, fiscalYear, bodyCode, at: ctx.now.toISOString() } });
    ctx.audit({ object: `registration:${id}`, facts: { from: state, to: 'COMPLETED' } });
  }

  private storedOf({ hash, ...statement }: Hashed, { sessionId, counts, at }: { readonly sessionId: string; readonly counts: boolean; readonly at: Date }): StoredStatement {
    const stored = at.toISOString();
    return {
      id: statement.id, registrationId: statement.context?.registration ?? '', sessionId, verb: statement.verb.id, activity: statement.object.id, hash, counts, stored,
      body: canonicalJson({ ...statement, timestamp: statement.timestamp ?? stored, stored, version: '1.0.3', authority: { objectType: 'Agent', account: { homePage: this.parts.homePage, name: 'kiban-training' } } }),
    };
  }

  private async keep(db: Db, rows: readonly StoredStatement[]): Promise<void> {
    // Somebody else is sending the same ids at this moment: whoever comes again finds out whether they are the same.
    if (!(await this.parts.statements.add(db, rows))) throw platformProblems.refuse('AGGREGATE_CHANGED');
  }
}

/** What a call states within its session. */
export interface Said {
  readonly ctx: Ctx;
  readonly session: SessionRecord;
  readonly statements: readonly XapiStatement[];
}

type Satisfying = Registration & { readonly packageId: string };
type Hashed = XapiStatement & { readonly id: string; readonly hash: Buffer };

interface Achieved {
  readonly verb: 'completed' | 'passed' | 'failed';
  readonly scaled: number | undefined;
}

/** A call that is taken: the session as it is afterwards, what is new, and what it achieved. */
interface Taken {
  readonly ctx: Ctx;
  readonly session: SessionRecord;
  readonly fresh: readonly Hashed[];
  readonly counts: boolean;
  readonly results: readonly Achieved[];
}

/** The session as the calls before have left it. */
function latest(taken: readonly Taken[], session: SessionRecord): SessionRecord {
  return taken.findLast(({ session: { id } }) => id === session.id)?.session ?? session;
}

/** Those that are not stored. Refuses STATEMENT_CONFLICT, and INVALID_INPUT where one id stands twice. */
function unknownOf(statements: readonly Hashed[], known: ReadonlyMap<string, Buffer>): Hashed[] {
  if (new Set(statements.map(({ id }) => id)).size < statements.length) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/id', code: 'REPEATED' }] });
  return statements.filter(({ id, hash }) => {
    const before = known.get(id);
    if (before !== undefined && !before.equals(hash)) throw conflict(id, before, hash);
    return before === undefined;
  });
}

async function whatever<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const JUDGEMENTS: ReadonlySet<string> = new Set([VERBS.completed, VERBS.passed, VERBS.failed]);

/** Statements of a browsing or reviewing learner, or outside of the period, change nothing. */
function isCounted(session: SessionRecord, now: Date): boolean {
  return session.mode === 'Normal' && isRunning(session.registrationState) && periodFault(session, now) === undefined;
}

function isJudgement(verb: AuVerb | undefined): verb is 'completed' | 'passed' | 'failed' {
  return verb === 'completed' || verb === 'passed' || verb === 'failed';
}

function refused(reason: string, id: string): Refusal {
  return trainingProblems.refuse('STATEMENT_REFUSED', { facts: { reason, statement: id } });
}

function conflict(id: string, before: Buffer, now: Buffer): Refusal {
  return trainingProblems.refuse('STATEMENT_CONFLICT', { facts: { statement: id, stored: before.toString('hex'), sent: now.toString('hex') } });
}
