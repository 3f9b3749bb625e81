import { z } from 'zod';
import type { Ctx } from '#platform';
import type { PackageStore } from '../package/package.store.js';
import type { AuSessionStore, SessionRecord } from './au-session.store.js';
import type { AuVerb } from './au-session.js';
import { VERBS, type LaunchedUnit } from './cmi5.js';
import type { DocumentKey, DocumentStore } from './document.store.js';
import { durationBetween, ownStatement } from './lms-statement.js';
import type { ProgressStore } from './progress.store.js';
import { scormOutcome, verbsOf, type RuntimeData, type ScormEdition } from './scorm.js';
import type { StatementDesk } from './statement-desk.js';
import type { XapiStatement } from './xapi-statement.js';

/** Values of the SCORM data model by their names, as the content left them. */
export const runtimeValues = z.record(z.string().max(250), z.string().max(64_000));
export type RuntimeValues = z.output<typeof runtimeValues>;

/** Where a unit's values are kept between its launches. */
const NAME = 'SCORM.Runtime';

export interface RuntimeDeskParts {
  readonly desk: StatementDesk;
  readonly sessions: AuSessionStore;
  readonly progress: ProgressStore;
  readonly documents: DocumentStore;
  readonly packages: PackageStore;
}

/** Plays the part of cmi5 content for SCORM content: what that tells its run-time interface is kept as State documents and translated into the same statements (TRN-4.6). */
export class RuntimeDesk {
  constructor(private readonly parts: RuntimeDeskParts) {}

  /** The edition of a package; undefined of a cmi5 one. */
  async editionOf(ctx: Ctx, packageId: string): Promise<ScormEdition | undefined> {
    const { format } = await this.parts.packages.structure(ctx.db, packageId);
    return format === 'CMI5' ? undefined : format;
  }

  async values(ctx: Ctx, unit: LaunchedUnit): Promise<RuntimeValues> {
    const kept = await this.parts.documents.find(ctx.db, keyOf(unit));
    return kept === undefined ? {} : runtimeValues.parse(JSON.parse(kept.content.toString('utf8')));
  }

  async keep(ctx: Ctx, unit: LaunchedUnit, values: RuntimeValues): Promise<void> {
    await this.parts.documents.put(ctx.db, keyOf(unit), { contentType: 'application/json', content: Buffer.from(JSON.stringify(values)) }, ctx.now);
  }

  /** States what the kept values say that was not stated before. The session is held by the caller. */
  async translate(ctx: Ctx, session: SessionRecord, edition: ScormEdition, isOver: boolean): Promise<void> {
    const statements = await this.statements(ctx, session, edition, isOver);
    if (statements.length > 0) await this.parts.desk.take(ctx, session, statements);
    else await this.parts.sessions.touch(ctx.db, session.id, ctx.now);
  }

  /** The last status of content that will not say that it is over. */
  async translateLast(ctx: Ctx, session: SessionRecord, edition: ScormEdition): Promise<void> {
    const statements = await this.statements(ctx, session, edition, true);
    const last = statements.filter(({ verb }) => verb.id !== VERBS.terminated);
    if (last.length > 0) await this.parts.desk.take(ctx, session, last);
  }

  private async statements(ctx: Ctx, session: SessionRecord, edition: ScormEdition, isOver: boolean): Promise<XapiStatement[]> {
    const { desk, progress } = this.parts;
    const unit = await desk.unitOf(ctx, session);
    const outcome = scormOutcome(edition, dataOf(edition, await this.values(ctx, unit)), unit.masteryScore);
    const known = (await progress.of(ctx.db, session.registrationId))(session.au);
    const said = { isCompleted: session.isCompleted || known.completed, isPassed: session.isPassed || known.passed, isFailed: session.isFailed };
    const verbs: AuVerb[] = [...(session.state === 'LAUNCHED' ? (['initialized'] as const) : []), ...verbsOf(outcome, said, isOver)];
    const duration = durationBetween(session.launchedAt, ctx.now);
    const isStated = (verb: AuVerb): boolean => session.mode === 'Normal' || verb === 'initialized' || verb === 'terminated';
    return verbs.filter(isStated).map((verb) => statementOf(ctx, unit, verb, { duration, scaled: outcome.scaled }));
  }
}

function keyOf({ registrationId, activityId }: LaunchedUnit): DocumentKey {
  return { kind: 'STATE', owner: registrationId, activity: activityId, name: NAME };
}

function statementOf(ctx: Ctx, unit: LaunchedUnit, verb: AuVerb, { duration, scaled }: { readonly duration: string; readonly scaled: number | undefined }): XapiStatement {
  const score = scaled === undefined ? {} : { score: { scaled } };
  const results: Readonly<Record<AuVerb, XapiStatement['result']>> = {
    initialized: undefined,
    completed: { completion: true, duration },
    passed: { success: true, duration, ...score },
    failed: { success: false, duration, ...score },
    terminated: { duration },
  };
  const result = results[verb];
  return ownStatement({ unit, verb, at: ctx.now, ...(result === undefined ? {} : { result }) });
}

function dataOf(edition: ScormEdition, values: RuntimeValues): RuntimeData {
  const score = edition === 'SCORM_12' ? 'cmi.core.score' : 'cmi.score';
  const value = (name: string): string => values[name] ?? '';
  return {
    lessonStatus: value('cmi.core.lesson_status'), completionStatus: value('cmi.completion_status'), successStatus: value('cmi.success_status'),
    scoreRaw: value(`${score}.raw`), scoreMin: value(`${score}.min`), scoreMax: value(`${score}.max`), scoreScaled: edition === 'SCORM_12' ? '' : value('cmi.score.scaled'),
  };
}
