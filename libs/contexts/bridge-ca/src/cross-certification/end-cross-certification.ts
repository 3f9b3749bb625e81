import { bridgeCaProblems } from '#contracts/bridge-ca';
import { daily, log, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase, type UseCaseSpec } from '#platform';
import { paperRef } from '../authority/authority-view.js';
import { anotherOfficer, namedOfficer } from '../authority/generations.js';
import { isRenewalDue, isRevocable } from './cross-certification.js';
import { requireState, type CrossDesk } from './cross-desk.js';
import { byCross, cause, crossView, viewOf } from './cross-view.js';

const askSpec = useCase({
  action: 'bridge-ca.cross-certification.ask-revocation', kind: 'command', summary: 'An officer asks that both certificates be revoked; another one decides',
  input: byCross.extend({ cause, evidenceRef: paperRef }), output: crossView,
  refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class AskRevocation implements UseCase<typeof askSpec> {
  readonly spec = askSpec;

  constructor(private readonly desk: CrossDesk) {}

  async execute(ctx: Ctx, { crossId, ...asked }: InputOf<typeof askSpec>): Promise<OutputOf<typeof askSpec>> {
    const askedBy = namedOfficer(ctx);
    const record = await this.desk.take(ctx, crossId);
    requireState(record, isRevocable(record.state, record.directions) && record.askedBy === null);
    return viewOf(await this.desk.save(ctx, record, { askedBy, ...asked }, { evidenceRef: asked.evidenceRef, cause: asked.cause }));
  }
}

type DecideSpec = UseCaseSpec<'command', typeof byCross, typeof crossView>;

const decideSpec = (verb: string, summary: string): DecideSpec => useCase({
  action: `bridge-ca.cross-certification.${verb}`, kind: 'command', summary, input: byCross, output: crossView,
  refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
});
const DECISIONS = {
  CONFIRM: decideSpec('confirm-revocation', 'Another officer confirms: both certificates are revoked, and the lists of own authorities issued at once'),
  DISMISS: decideSpec('dismiss-revocation', 'Another officer finds no cause: the cross-certification goes on'),
} as const;

/** JPKI 3.10: -> REVOKED by two officers. */
export class DecideRevocation implements UseCase<DecideSpec> {
  readonly spec: DecideSpec;

  constructor(
    private readonly desk: CrossDesk,
    private readonly decision: keyof typeof DECISIONS,
  ) {
    this.spec = DECISIONS[decision];
  }

  async execute(ctx: Ctx, { crossId }: InputOf<DecideSpec>): Promise<OutputOf<DecideSpec>> {
    const record = await this.desk.take(ctx, crossId);
    const { askedBy, cause: asked } = record;
    requireState(record, askedBy !== null && isRevocable(record.state, record.directions));
    anotherOfficer(ctx, askedBy);
    if (this.decision === 'CONFIRM') return viewOf(await this.desk.revoke(ctx, record, asked ?? 'CESSATION'));
    return viewOf(await this.desk.save(ctx, record, { askedBy: null, cause: null, evidenceRef: null }));
  }
}

/** Every day: what has ended is EXPIRED, and who should have begun a renewal is told (JPKI 3.10). */
export function expirySchedule(desk: CrossDesk): Schedule {
  const schedule = daily('cross-certificate-expiry', async (ctx) => {
    for (const { id, counterpart, state, firstEnd } of await desk.store.inForce(ctx.db)) {
      if (firstEnd <= ctx.now) await expire(ctx, desk, id);
      else if (isRenewalDue(state, firstEnd, ctx.now)) {
        log.error(`alarm: the cross certificates with ${counterpart} end soon`, { action: 'bridge-ca.cross-certificate-expiry', code: 'RENEWAL_DUE' });
        ctx.audit({ object: `cross-certification:${id}`, facts: { alarm: 'RENEWAL_DUE' } });
      }
    }
  });
  return { ...schedule, hasWork: async (ctx) => (await desk.store.inForce(ctx.db)).some(({ state, firstEnd }) => firstEnd <= ctx.now || isRenewalDue(state, firstEnd, ctx.now)) };
}

async function expire(ctx: Ctx, desk: CrossDesk, id: string): Promise<void> {
  const record = await desk.take(ctx, id);
  if (record.state !== 'REVOKED' && record.state !== 'EXPIRED') await desk.save(ctx, record, { state: 'EXPIRED', endedAt: ctx.now });
}
