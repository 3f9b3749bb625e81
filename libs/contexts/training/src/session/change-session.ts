import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { requireDates } from './plan-session.js';
import { placesOf, settledField, windowPast, type SessionDates, type SessionPlan } from './session.js';
import type { SessionPlaces, SessionSteps } from './session-steps.js';
import { bySession, sessionPlan, sessionView, sessionViewOf } from './session-view.js';
import type { SessionRecord, SessionStore } from './session.store.js';

const spec = useCase({
  action: 'training.session.change',
  kind: 'command',
  summary: 'Changes places, venue, dates or window of a session; `removals` names enrolments that give up their places where fewer remain',
  input: bySession.extend({ version: z.int().describe('as it was read'), removals: z.array(z.uuid()).max(1_000).default([]) }).extend(z.strictObject(sessionPlan).partial().shape),
  output: sessionView,
  refusals: [...refusals(trainingProblems, 'BELOW_TAKEN', 'NOT_IN_STATE', 'WINDOW_INVALID'), ...refusals(platformProblems, 'AGGREGATE_CHANGED', 'NOT_FOUND')],
});

export interface ChangeSessionParts {
  readonly sessions: SessionStore;
  readonly steps: SessionSteps;
  readonly places: SessionPlaces;
}

/** TRN-4.4, 5: places are resized by what keeps them, in the same transaction, so that more are never taken than there are. */
export class ChangeSession implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: ChangeSessionParts) {}

  async execute(ctx: Ctx, { sessionId, version, removals, ...given }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const held = await this.parts.steps.held(ctx, sessionId);
    if (held.version !== version) throw platformProblems.refuse('AGGREGATE_CHANGED');
    const changes = definedOf(given);
    requireChangeable(ctx, held, changes);
    const changed: SessionRecord = { ...held, ...changes, version: version + 1 };
    requireDates(changed);
    await this.parts.sessions.save(ctx.db, changed, ctx.now);
    const isResized = placesOf(changed) !== placesOf(held) || changed.bodyQuota !== held.bodyQuota || removals.length > 0;
    if (held.state !== 'PLANNED' && isResized) await this.parts.places.resize(ctx, changed, removals);
    ctx.audit({ object: `session:${sessionId}`, facts: { changed: Object.keys(changes).join(), removals: removals.length } });
    return sessionViewOf(await this.parts.steps.held(ctx, sessionId));
  }
}

type Changes = Partial<SessionPlan & Pick<SessionRecord, 'prefecture'>>;

function definedOf(given: { readonly [Field in keyof Changes]: Changes[Field] | undefined }): Changes {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Refuses NOT_IN_STATE at a settled field and WINDOW_INVALID at a window that is moved into the past. */
function requireChangeable(ctx: Ctx, held: SessionRecord, changes: Changes): void {
  const fields = Object.keys(changes) as (keyof SessionPlan)[];
  const settled = settledField(held.state, fields);
  if (settled !== undefined) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state }, fields: [{ pointer: `/${settled}`, code: 'SETTLED' }] });
  const past: keyof SessionDates | undefined = windowPast(held.state, changes, ctx.now);
  if (past !== undefined) throw trainingProblems.refuse('WINDOW_INVALID', { fields: [{ pointer: `/${past}`, code: 'PAST' }] });
}
