import type { Ctx, Schedule } from '#platform';
import type { RegistrationStore } from '../registration/registration.store.js';
import { IDLE_MS } from './au-session.js';
import type { AuSessionStore, SessionRecord } from './au-session.store.js';
import { durationBetween } from './lms-statement.js';
import type { RuntimeDesk } from './runtime-desk.js';
import type { StatementDesk } from './statement-desk.js';

/** Sessions of one look. */
const AT_ONCE = 100;

export interface SessionCloserParts {
  readonly sessions: AuSessionStore;
  readonly registrations: RegistrationStore;
  readonly runtime: RuntimeDesk;
  readonly desk: StatementDesk;
}

/** Closes sessions whose content says no word more (cmi5 9.3.6). */
export class SessionCloser {
  constructor(private readonly parts: SessionCloserParts) {}

  /** The open session of a registration, if there is one. The last status of SCORM content is kept (TRN-7). The registration is held by the caller. */
  async abandonOpen(ctx: Ctx, registrationId: string, isDue: (session: SessionRecord) => boolean = () => true): Promise<void> {
    const { sessions, runtime, desk } = this.parts;
    const open = await sessions.lockOpen(ctx.db, registrationId);
    if (open === undefined || !isDue(open)) return;
    const edition = await runtime.editionOf(ctx, open.packageId);
    if (edition !== undefined && open.state === 'INITIALIZED') await runtime.translateLast(ctx, open, edition);
    const now = (await sessions.find(ctx.db, open.id)) ?? open;
    await sessions.save(ctx.db, open.id, { ...now, state: 'ABANDONED' }, open.lastAt);
    await desk.state(ctx, { unit: await desk.unitOf(ctx, open), verb: 'abandoned', result: { duration: durationBetween(open.launchedAt, open.lastAt) } });
    ctx.audit({ object: `session:${open.id}`, facts: { from: open.state, to: 'ABANDONED' } });
  }
}

/** TRN-7: after 30 minutes without a word. */
export function idleSchedule({ sessions, registrations }: SessionCloserParts, closer: SessionCloser): Schedule {
  const since = (ctx: Ctx): Date => new Date(ctx.now.getTime() - IDLE_MS);
  return {
    name: 'idle-sessions',
    due: (_last, now) => now.toISOString(),
    hasWork: async (ctx) => (await sessions.idle(ctx.db, since(ctx), 1)).length > 0,
    run: async (ctx) => {
      for (const registrationId of await sessions.idle(ctx.db, since(ctx), AT_ONCE)) {
        await registrations.lock(ctx.db, registrationId);
        await closer.abandonOpen(ctx, registrationId, ({ lastAt }) => lastAt < since(ctx));
      }
    },
  };
}
