import { localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type FieldCipher, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { CARD_PINS } from '../card/card-pin.store.js';
import { decisiveBirthDate, needsRepresentative } from '../card/validity.js';
import type { ProductionStore } from '../production/production.store.js';
import { A_DOCUMENTS, B_DOCUMENTS, LEASE_MINUTES, METHODS, decideIdentity, decideSettlement, decideStep, holdsConnection, leaseRanOut, type Session, type Step } from './handover-session.js';
import { requireActivation, verifiedRecord } from './activation-record.js';
import { completeSession, doubtSession, rollBackSession, type HandoverStores } from './settle-session.js';
import { sessionView, viewOf } from './show-session.js';

const sessionInput = z.strictObject({ sessionId: z.uuid() });
const stepRefusals = [...refusals(cardIssuanceProblems, 'STEP_ORDER', 'LEASE_LOST'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')];

/** What the steps have in common: the session locked, the order kept, a repeated step answered without effect (CARD-4.7). */
export interface StepParts {
  readonly stores: HandoverStores;
  readonly cipher: FieldCipher;
}

/** The session, locked, if the step is to be applied; undefined when it was done before. */
export async function lockForStep(ctx: Ctx, { stores }: StepParts, sessionId: string, step: Step): Promise<Session | undefined> {
  const session = found(await stores.handovers.lock(ctx.db, sessionId));
  requireJurisdiction(ctx, session.municipalityCode);
  ctx.audit({ object: `handover-session:${sessionId}`, facts: { step } });
  return decideStep(session, step, ctx.now) === 'APPLY' ? session : undefined;
}

/** The session as it is after the step. */
export async function answerStep(ctx: Ctx, { stores, cipher }: StepParts, sessionId: string): Promise<z.output<typeof sessionView>> {
  const session = found(await stores.handovers.find(ctx.db, sessionId));
  return viewOf(session, cipher);
}

const identitySpec = useCase({
  action: 'card-issuance.handover.identity',
  kind: 'command',
  summary: 'Identity check: which kinds of documents were seen (one of A or two of B); never their contents',
  input: sessionInput.extend({
    method: z.enum(METHODS),
    documents: z.array(z.enum([...A_DOCUMENTS, ...B_DOCUMENTS])).max(10),
    notificationCard: z.enum(['SURRENDERED', 'LOST']),
    proxyProof: z.boolean().default(false),
  }),
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'IDENTITY_INSUFFICIENT'), ...stepRefusals],
});

/** Step 2. */
export class RecordIdentity implements UseCase<typeof identitySpec> {
  readonly spec = identitySpec;

  constructor(
    private readonly parts: StepParts,
    private readonly production: ProductionStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof identitySpec>): Promise<OutputOf<typeof identitySpec>> {
    const session = await lockForStep(ctx, this.parts, input.sessionId, 'identity');
    if (session !== undefined) {
      const face = await this.production.face(ctx.db, session.cardSerial);
      decideIdentity(input, face !== undefined && needsRepresentative(decisiveBirthDate(face.birthDate), localDateInJapan(ctx.now)));
      const documents = [...input.documents, ...(input.notificationCard === 'SURRENDERED' ? ['NOTIFICATION_CARD'] : [])];
      await this.parts.stores.handovers.setIdentity(ctx.db, input.sessionId, { method: input.method, documents });
    }
    return answerStep(ctx, this.parts, input.sessionId);
  }
}

const pinsSpec = useCase({
  action: 'card-issuance.handover.pins',
  kind: 'command',
  summary: 'Which PINs the resident has set in the chip; the PINs themselves never leave the PIN pad',
  input: sessionInput.extend({ signPinSet: z.boolean(), authPinSet: z.boolean(), inputPinSet: z.boolean(), jukiPinSet: z.boolean().default(false) }),
  output: sessionView,
  refusals: stepRefusals,
});

/** Step 3. */
export class RecordPins implements UseCase<typeof pinsSpec> {
  readonly spec = pinsSpec;

  constructor(private readonly parts: StepParts) {}

  async execute(ctx: Ctx, input: InputOf<typeof pinsSpec>): Promise<OutputOf<typeof pinsSpec>> {
    const session = await lockForStep(ctx, this.parts, input.sessionId, 'pins');
    if (session !== undefined) {
      const isSet = { SIGN: input.signPinSet, AUTH: input.authPinSet, INPUT: input.inputPinSet, JUKI: input.jukiPinSet };
      const pins = CARD_PINS.filter((pin) => isSet[pin]);
      await this.parts.stores.handovers.setPins(ctx.db, input.sessionId, pins);
      await this.parts.stores.pins.note(ctx, session.cardSerial, pins, 'SET');
    }
    return answerStep(ctx, this.parts, input.sessionId);
  }
}

const chipSpec = useCase({
  action: 'card-issuance.handover.chip-written',
  kind: 'command',
  summary: 'The chip\'s signed activation record; from now on the card becomes usable whatever happens to the terminal',
  input: sessionInput.extend({ activationRecord: z.string().min(1).max(4_096).describe('as the chip signed it, base64') }),
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'CHIP_KEY_UNKNOWN', 'CHIP_RECORD_INVALID'), ...stepRefusals],
});

/** Step 5: what the chip signed, verified with the key that its maker registered. */
export class RecordChipWritten implements UseCase<typeof chipSpec> {
  readonly spec = chipSpec;

  constructor(private readonly parts: StepParts) {}

  async execute(ctx: Ctx, { sessionId, activationRecord }: InputOf<typeof chipSpec>): Promise<OutputOf<typeof chipSpec>> {
    const session = await lockForStep(ctx, this.parts, sessionId, 'chip-written');
    if (session !== undefined) {
      const { chipKeys, handovers } = this.parts.stores;
      requireActivation(await verifiedRecord(ctx.db, chipKeys, session.cardSerial, activationRecord), sessionId);
      await handovers.setChipWritten(ctx.db, session, activationRecord, ctx.now);
    }
    return answerStep(ctx, this.parts, sessionId);
  }
}

const confirmSpec = useCase({
  action: 'card-issuance.handover.confirm',
  kind: 'command',
  summary: 'Brings the card into force in the ledger; the terminal shows "hand over" only with the commit token',
  input: sessionInput,
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'HAS_VALID_CARD'), ...stepRefusals],
});

/** Step 6. */
export class ConfirmHandover implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;

  constructor(private readonly parts: StepParts) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    const session = await lockForStep(ctx, this.parts, sessionId, 'confirmation');
    if (session !== undefined) await completeSession(ctx, this.parts.stores, session);
    return answerStep(ctx, this.parts, sessionId);
  }
}

const cancelSpec = useCase({
  action: 'card-issuance.handover.cancel',
  kind: 'command',
  summary: 'Breaks a hand-over off; the card is ready for another, or in doubt (MISMATCH) until a terminal reads it when the chip may be activated already',
  input: sessionInput,
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** The counter's own roll-back; a written chip is only completed, and one that may be written is read first. */
export class CancelHandover implements UseCase<typeof cancelSpec> {
  readonly spec = cancelSpec;

  constructor(private readonly parts: StepParts) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof cancelSpec>): Promise<OutputOf<typeof cancelSpec>> {
    const session = found(await this.parts.stores.handovers.lock(ctx.db, sessionId));
    requireJurisdiction(ctx, session.municipalityCode);
    if (session.state === 'CHIP_WRITTEN' || session.state === 'CLOSED' || (session.state === 'MISMATCH' && session.endedAt !== null)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: session.state } });
    if (session.state !== 'COMPENSATED' && decideSettlement(session) === 'DOUBT') await doubtSession(ctx, this.parts.stores, session);
    else if (session.state !== 'COMPENSATED') await rollBackSession(ctx, this.parts.stores, session, 'CANCELLED_AT_COUNTER');
    ctx.audit({ object: `handover-session:${sessionId}`, facts: { step: 'cancellation' } });
    return answerStep(ctx, this.parts, sessionId);
  }
}

const renewSpec = useCase({
  action: 'card-issuance.handover.renew',
  kind: 'command',
  summary: 'Renews the lease of a hand-over under way by 30 minutes from now',
  input: sessionInput,
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'LEASE_LOST'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** The resident takes his time; a lease that ran out is not revived (CARD-4.7). */
export class RenewLease implements UseCase<typeof renewSpec> {
  readonly spec = renewSpec;

  constructor(private readonly parts: StepParts) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof renewSpec>): Promise<OutputOf<typeof renewSpec>> {
    const { handovers } = this.parts.stores;
    const session = found(await handovers.lock(ctx.db, sessionId));
    requireJurisdiction(ctx, session.municipalityCode);
    if (!holdsConnection(session) || leaseRanOut(session, ctx.now)) throw cardIssuanceProblems.refuse('LEASE_LOST');
    await handovers.renew(ctx.db, sessionId, new Date(ctx.now.getTime() + LEASE_MINUTES * 60_000));
    ctx.audit({ object: `handover-session:${sessionId}`, facts: { step: 'lease' } });
    return answerStep(ctx, this.parts, sessionId);
  }
}
