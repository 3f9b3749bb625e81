import { z } from 'zod';
import { SESSION_STATES } from '#contracts/training';
import { found, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { fiscalYear, seesPublicOnly } from '../course/course-view.js';
import { bySession, sessionView, sessionViewOf } from './session-view.js';
import type { SessionStore } from './session.store.js';

const listSpec = useCase({
  action: 'training.session.list',
  kind: 'question',
  summary: 'Sessions in the order in which they are held',
  input: z.strictObject({ year: fiscalYear.optional(), courseId: z.uuid().optional(), state: z.enum(SESSION_STATES).optional(), limit: pageLimit }),
  output: z.object({ items: z.array(sessionView) }),
  refusals: [],
});

export class ListSessions implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly sessions: SessionStore) {}

  async execute(ctx: Ctx, { year, courseId, state, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const sessions = await this.sessions.list(ctx.db, { fiscalYear: year, courseId, state, isPublic: seesPublicOnly(ctx) }, limit);
    return { items: sessions.map(sessionViewOf) };
  }
}

const getSpec = useCase({
  action: 'training.session.read',
  kind: 'question',
  summary: 'A session with its dates, places and state',
  input: bySession,
  output: sessionView,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetSession implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly sessions: SessionStore) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const session = await this.sessions.find(ctx.db, sessionId);
    return sessionViewOf(found(seesPublicOnly(ctx) && session?.publishedAt === null ? undefined : session));
  }
}
