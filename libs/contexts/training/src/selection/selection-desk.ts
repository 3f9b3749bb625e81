import { trainingProblems } from '#contracts/training';
import { canonicalJson, officerOf, platformProblems, type Ctx } from '#platform';
import type { EnrolmentDesk } from '../enrolment/enrolment-desk.js';
import type { EnrolmentRecord } from '../enrolment/enrolment.store.js';
import { isTaken } from '../enrolment/enrolment.store.js';
import type { SessionRecord } from '../session/session.store.js';
import { anonymised, type Draw, type Drawn, type Reviewed } from './selection.js';
import type { SelectionStore } from './selection.store.js';
import type { PublishedSelection } from './selection-view.js';

/** What a selection decides on. */
export interface Candidates {
  readonly draw: Omit<Draw, 'seed'>;
  readonly members: ReadonlyMap<string, readonly EnrolmentRecord[]>;
  /** Applications of which somebody has a place of the seminar by now: they take no part (TRN-4.2). */
  readonly elsewhere: readonly string[];
}

/** What both kinds of selection share: who takes part, and how a result is carried out and published, once. */
export class SelectionDesk {
  constructor(
    readonly desk: EnrolmentDesk,
    readonly store: SelectionStore,
  ) {}

  /** The session, locked, with applications to be selected. Refuses ALREADY_SELECTED, NOT_FOUND, NOT_IN_STATE. */
  async held(ctx: Ctx, sessionId: string, kind: 'LOTTERY' | 'REVIEW'): Promise<SessionRecord> {
    const session = await this.desk.parts.steps.held(ctx, sessionId);
    if (session.selection !== kind) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { selection: session.selection } });
    if ((await this.store.result(ctx.db, sessionId)) !== undefined) throw trainingProblems.refuse('ALREADY_SELECTED');
    if (session.state !== 'SELECTING') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: session.state } });
    return session;
  }

  async candidates(ctx: Ctx, session: SessionRecord, priorityBodies: readonly string[] = []): Promise<Candidates> {
    const { store, places } = this.desk.parts;
    const elsewhere = [...new Set(await store.placedElsewhere(ctx.db, session.id))];
    const members = new Map<string, EnrolmentRecord[]>();
    for (const one of await store.ofSession(ctx.db, session.id, ['SUBMITTED'])) members.set(one.applicationId, [...(members.get(one.applicationId) ?? []), one]);
    const applications = [...members].filter(([id]) => !elsewhere.includes(id)).flatMap(([, all]) => drawnOf(all));
    const held = new Map((await places.heldByBodies(ctx.db, session.id)).map((one) => [one.body, one.held]));
    const bodies = [...new Set(applications.map(({ body }) => body))].map((body) => ({ body, isPriority: priorityBodies.includes(body), held: held.get(body) ?? 0 }));
    const counters = await places.find(ctx.db, session.id);
    return { draw: { places: (counters?.capacity ?? 0) - (counters?.taken ?? 0), bodyQuota: session.bodyQuota, bodies, applications }, members, elsewhere };
  }

  /** Carries a result out and publishes it; it does not change any more. Refuses AGGREGATE_CHANGED when somebody gets a place elsewhere at the same moment. */
  async carryOut(ctx: Ctx, session: SessionRecord, candidates: Candidates, of: { readonly reviewed: Reviewed; readonly seed?: string; readonly commit?: string }): Promise<PublishedSelection> {
    const { enrolments, places, steps } = this.desk.parts;
    const membersOf = (ids: readonly string[]): EnrolmentRecord[] => ids.flatMap((id) => candidates.members.get(id) ?? []);
    const [admitted, waiting] = [membersOf(of.reviewed.admitted), membersOf(of.reviewed.waiting)];
    const isPlaced = await places.takeAll(ctx.db, session.id, admitted.map(({ bodyCode }) => bodyCode), session.bodyQuota);
    if (!isPlaced) throw platformProblems.refuse('AGGREGATE_CHANGED');
    await enrolments.take(ctx, session, { step: 'ADMIT', enrolments: admitted }).catch((error: unknown) => {
      throw isTaken(error) ? platformProblems.refuse('AGGREGATE_CHANGED') : error;
    });
    const { first, waiting: waitingNow } = await places.queue(ctx.db, session.id, waiting.length);
    await enrolments.take(ctx, session, { step: 'WAIT', enrolments: waiting }, { queued: { first, before: waitingNow - waiting.length } });
    await enrolments.take(ctx, session, { step: 'REJECT', enrolments: membersOf([...of.reviewed.rejected, ...candidates.elsewhere]) });
    const published = publishedOf(ctx, session, candidates, of);
    await this.store.addResult(ctx.db, session.id, { kind: published.kind, published: canonicalJson(published), by: officerOf(ctx), at: ctx.now });
    ctx.audit({ object: `session:${session.id}`, facts: { selection: published.kind, admitted: admitted.length, waiting: waiting.length } });
    await steps.take(ctx, session, 'SELECT');
    return published;
  }
}

function drawnOf(members: readonly EnrolmentRecord[]): Drawn[] {
  const [first] = members;
  return first === undefined ? [] : [{ applicationId: first.applicationId, body: first.bodyCode, rank: Math.min(...members.map(({ rank }) => rank)), size: members.length }];
}

function publishedOf(ctx: Ctx, session: SessionRecord, { draw }: Candidates, { reviewed, seed, commit }: { readonly reviewed: Reviewed; readonly seed?: string; readonly commit?: string }): PublishedSelection {
  const { places, bodyQuota, bodies, applications } = anonymised({ ...draw, seed: seed ?? '' });
  const { admitted, waiting, rejected } = reviewed;
  return {
    sessionId: session.id, kind: seed === undefined ? 'REVIEW' : 'LOTTERY', places, bodyQuota, bodies: [...bodies], applications: [...applications], admitted: [...admitted],
    waiting: [...waiting], selectedAt: ctx.now.toISOString(),
    ...(seed === undefined || commit === undefined ? { rejected: [...rejected] } : { seed, commit }),
  };
}
