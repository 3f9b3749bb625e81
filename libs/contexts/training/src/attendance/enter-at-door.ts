import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { permittedEnrolment, type EnrolmentDesk } from '../enrolment/enrolment-desk.js';
import { holdsPlace } from '../enrolment/enrolment.js';
import { byEnrolment } from '../enrolment/enrolment-view.js';
import { bySession } from '../session/session-view.js';
import { doorProof, halfDayAtDoor, halfDaysOf, minutesFrom } from './attendance.js';
import type { AttendanceStore } from './attendance.store.js';
import type { Prework } from './prework.js';

const ID = 16;
const PROOF = 16;

const tokenSpec = useCase({
  action: 'training.attendance.read-token',
  kind: 'question',
  summary: 'The token of a learner for the door, to be shown as a two-dimensional code',
  input: byEnrolment,
  output: z.object({ token: z.string() }),
  refusals: [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.5: bound to session and learner. */
export class GetDoorToken implements UseCase<typeof tokenSpec> {
  readonly spec = tokenSpec;

  constructor(
    private readonly desk: EnrolmentDesk,
    private readonly key: Buffer,
  ) {}

  async execute(ctx: Ctx, { enrolmentId }: InputOf<typeof tokenSpec>): Promise<OutputOf<typeof tokenSpec>> {
    const { sessionId, state } = permittedEnrolment(ctx, await this.desk.parts.store.find(ctx.db, enrolmentId));
    if (state !== 'ADMITTED' && state !== 'ATTENDING') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state } });
    ctx.audit({ object: `enrolment:${enrolmentId}` });
    const id = Buffer.from(enrolmentId.replaceAll('-', ''), 'hex');
    return { token: Buffer.concat([id, doorProof(this.key, sessionId, enrolmentId)]).toString('base64url') };
  }
}

const enterSpec = useCase({
  action: 'training.attendance.enter',
  kind: 'command',
  summary: 'Takes a learner in at the door by his token, for the half-day that begins; a repetition changes nothing',
  input: bySession.extend({
    token: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    device: z.string().regex(/^[A-Za-z0-9._-]{8,64}$/).describe('identifies the device that shows the token; kept as a keyed hash'),
    isConfirmed: z.boolean().default(false).describe('the staff has seen who it is, since the token came from a second device'),
  }),
  output: z.object({ enrolmentId: z.uuid(), halfDay: z.int(), minutes: z.int() }),
  refusals: [...refusals(trainingProblems, 'BAD_TOKEN', 'NOT_IN_STATE', 'OUTSIDE_TIME', 'PREWORK_MISSING', 'STAFF_CONFIRMATION'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.5, 7; TRN-2: nobody comes in without his prework, which he may finish at the door. */
export class EnterAtDoor implements UseCase<typeof enterSpec> {
  readonly spec = enterSpec;

  constructor(private readonly parts: { readonly desk: EnrolmentDesk; readonly attendance: AttendanceStore; readonly prework: Prework; readonly key: Buffer }) {}

  async execute(ctx: Ctx, { sessionId, token, device, isConfirmed }: InputOf<typeof enterSpec>): Promise<OutputOf<typeof enterSpec>> {
    const { attendance, desk, key, prework } = this.parts;
    const enrolmentId = enrolmentOfToken(key, sessionId, token);
    const { enrolment, session } = await desk.held(ctx, enrolmentId);
    if (enrolment.state === 'OFFERED' || !holdsPlace(enrolment.state)) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: enrolment.state } });
    const halfDays = halfDaysOf(session);
    const halfDay = halfDayAtDoor(halfDays, ctx.now);
    const half = halfDay === undefined ? undefined : halfDays[halfDay];
    if (halfDay === undefined || half === undefined) throw trainingProblems.refuse('OUTSIDE_TIME');
    const [lacking] = (await prework.lacking(ctx.db, session, [enrolment], ctx.now)).values();
    if (lacking !== undefined) throw trainingProblems.refuse('PREWORK_MISSING', { facts: { courses: lacking.join() } });
    if (!(await attendance.isFirstDevice(ctx.db, enrolmentId, { device, replaces: isConfirmed }, ctx.now))) throw trainingProblems.refuse('STAFF_CONFIRMATION');
    const minutes = minutesFrom(half, ctx.now);
    await attendance.enter(ctx.db, { enrolmentId, halfDay, minutes, source: 'DOOR' }, officerOf(ctx), ctx.now);
    await desk.parts.enrolments.take(ctx, session, { step: 'ATTEND', enrolments: [enrolment] });
    ctx.audit({ object: `enrolment:${enrolmentId}`, facts: { halfDay, isConfirmed } });
    return { enrolmentId, halfDay, minutes };
  }
}

/** Refuses BAD_TOKEN. */
function enrolmentOfToken(key: Buffer, sessionId: string, token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const id = bytes.subarray(0, ID).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (bytes.length !== ID + PROOF || !timingSafeEqual(bytes.subarray(ID), doorProof(key, sessionId, id))) throw trainingProblems.refuse('BAD_TOKEN');
  return id;
}
