import { registrationCompleted, trainingProblems } from '#contracts/training';
import type { Refusal } from '#kernel';
import { canonicalJson, platformProblems, uuidv7, type Ctx } from '#platform';
import type { AttemptStore } from '../assessment/attempt.store.js';
import { blocksOf } from '../package/course-structure.js';
import type { PackageStore } from '../package/package.store.js';
import { isRunning, periodFault } from '../registration/registration.js';
import type { RegistrationStore } from '../registration/registration.store.js';
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
  /** `homePage` of learners' accounts. */
  readonly homePage: string;
}

/** Takes statements in and draws what follows from them, all in the transaction of `ctx` (TRN-4.6). */
export class StatementDesk {
  constructor(private readonly parts: StatementDeskParts) {}

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

  /**
   * Takes what content states, all or nothing; returns the ids in its order. The same statement again is taken as done. Refuses
   * STATEMENT_REFUSED with the reason, STATEMENT_CONFLICT.
   */
  async take(ctx: Ctx, session: SessionRecord, statements: readonly XapiStatement[]): Promise<string[]> {
    const named = statements.map((statement) => ({ ...statement, id: statement.id ?? uuidv7() }));
    const hashes = new Map(named.map((statement) => [statement.id, contentHash(statement)]));
    if (hashes.size < named.length) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/id', code: 'REPEATED' }] });
    const known = await this.parts.statements.known(ctx.db, [...hashes.keys()]);
    const fresh = named.filter(({ id }) => {
      const before = known.get(id);
      if (before !== undefined && !before.equals(hashes.get(id) ?? Buffer.alloc(0))) throw conflict(id, before, hashes.get(id));
      return before === undefined;
    });
    if (fresh.length > 0) await this.takeFresh(ctx, session, fresh);
    return named.map(({ id }) => id);
  }

  private async takeFresh(ctx: Ctx, session: SessionRecord, fresh: readonly (XapiStatement & { readonly id: string })[]): Promise<void> {
    const unit = await this.unitOf(ctx, session);
    const counts = isCounted(session, ctx.now);
    let now: AuSession = session;
    // What was achieved before matters to a judgement only; most statements are none.
    let achieved: UnitProgress = fresh.some(({ verb }) => JUDGEMENTS.has(verb.id)) ? (await this.parts.progress.of(ctx.db, session.registrationId))(session.au) : NO_PROGRESS;
    const results: { readonly verb: 'completed' | 'passed' | 'failed'; readonly scaled: number | undefined }[] = [];
    for (const statement of fresh) {
      const checked = checkStatement(statement, unit);
      if ('fault' in checked) throw refused(checked.fault, statement.id);
      const after = afterStatement(now, achieved, checked.verb);
      if (typeof after === 'string') throw refused(after, statement.id);
      now = after;
      if (!isJudgement(checked.verb)) continue;
      results.push({ verb: checked.verb, scaled: statement.result?.score?.scaled });
      achieved = { ...achieved, [checked.verb]: true };
    }
    await this.keep(ctx, session.id, fresh, counts);
    await this.parts.sessions.save(ctx.db, session.id, now, ctx.now);
    if (!counts || results.length === 0) return;
    for (const { verb, scaled } of results) await this.parts.progress.note(ctx.db, session, verb, { at: ctx.now, scaled });
    await this.settle(ctx, session.registrationId, unit.sessionId);
  }

  /** Writes a statement of ours. */
  async state(ctx: Ctx, statement: Omit<OwnStatement, 'at'>, counts = true): Promise<void> {
    await this.keep(ctx, statement.unit.sessionId, [ownStatement({ ...statement, at: ctx.now })], counts);
  }

  /** What is satisfied now is stated once, the inner blocks first; with the course the registration is complete (TRN-3.4, 4.6). The registration is held by the caller. */
  async settle(ctx: Ctx, registrationId: string, sessionId: string = uuidv7()): Promise<void> {
    const { registrations, progress, packages } = this.parts;
    const registration = await registrations.lock(ctx.db, registrationId);
    if (registration === undefined || !isRunning(registration.state)) return;
    const { packageId, courseId, satisfied, account } = registration;
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
    if (found.course && (registration.assessmentId === null || (await this.parts.attempts.isPassed(ctx.db, registrationId)))) await this.complete(ctx, registration);
  }

  private async complete(ctx: Ctx, { id, courseCode, fiscalYear, bodyCode, state }: { id: string; courseCode: string; fiscalYear: number; bodyCode: string; state: string }): Promise<void> {
    await this.parts.registrations.end(ctx.db, id, 'COMPLETED', ctx.now);
    ctx.emit(registrationCompleted, { aggregateId: id, sequence: 1, data: { registrationId: id, courseCode, fiscalYear, bodyCode, at: ctx.now.toISOString() } });
    ctx.audit({ object: `registration:${id}`, facts: { from: state, to: 'COMPLETED' } });
  }

  private async keep(ctx: Ctx, sessionId: string, statements: readonly (XapiStatement & { readonly id: string })[], counts: boolean): Promise<void> {
    const stored = ctx.now.toISOString();
    const rows = statements.map((statement): StoredStatement => ({
      id: statement.id, registrationId: statement.context?.registration ?? '', sessionId, verb: statement.verb.id, activity: statement.object.id, hash: contentHash(statement), counts,
      body: canonicalJson({ ...statement, timestamp: statement.timestamp ?? stored, stored, version: '1.0.3', authority: { objectType: 'Agent', account: { homePage: this.parts.homePage, name: 'kiban-training' } } }),
    }));
    // Somebody else is sending the same ids at this moment: whoever comes again finds out whether they are the same.
    if (!(await this.parts.statements.add(ctx.db, rows, ctx.now))) throw platformProblems.refuse('AGGREGATE_CHANGED');
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

function conflict(id: string, before: Buffer, now: Buffer | undefined): Refusal {
  return trainingProblems.refuse('STATEMENT_CONFLICT', { facts: { statement: id, stored: before.toString('hex'), sent: now?.toString('hex') ?? '' } });
}
