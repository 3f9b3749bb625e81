import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { keyAnswer } from '../ca/key-answer.js';
import { reference } from '../certificate/certificate-answer.js';
import { CEREMONIES, differing, hasQuorum, isOver, isSigned, mayAttend, nextStep, stepFault, typedDigest, type Participant } from './ceremony.js';
import { byId, ceremonyView, type CeremonyDesk } from './ceremony-desk.js';
import type { CeremonyRecord } from './ceremony.store.js';
import type { CeremonySteps } from './ceremony-steps.js';

const known = [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(jpkiCaProblems, 'NOT_IN_ROLE', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED')];
const digest = z.string().regex(/^[0-9A-Fa-f: ]{64,100}$/);

const attendSpec = useCase({
  action: 'jpki-ca.key-ceremony.attend', kind: 'command', summary: 'One of its people says on the day that he is there; nobody can say so for another',
  input: byId, output: ceremonyView, refusals: [...known, ...refusals(jpkiCaProblems, 'CEREMONY_DAY')],
});

/** JPKI 3.2: SCHEDULED -> QUORUM_PRESENT with the last one who is needed. */
export class AttendCeremony implements UseCase<typeof attendSpec> {
  readonly spec = attendSpec;

  constructor(private readonly desk: CeremonyDesk) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof attendSpec>): Promise<OutputOf<typeof attendSpec>> {
    const { ceremony, officer } = await this.desk.take(ctx, ceremonyId);
    requireState(ceremony, mayAttend(ceremony));
    if (localDateInJapan(ctx.now) !== ceremony.heldOn) throw jpkiCaProblems.refuse('CEREMONY_DAY');
    const participants = stamped(ceremony, officer, (one) => ({ ...one, presentAt: one.presentAt ?? ctx.now.toISOString() }));
    return this.desk.save(ctx, ceremony, { participants, state: hasQuorum({ ...ceremony, participants }) ? 'QUORUM_PRESENT' : 'SCHEDULED' });
  }
}

const stepSpec = useCase({
  action: 'jpki-ca.key-ceremony.perform-step', kind: 'command', summary: 'Does the next step of the script; the witness types the digest of a certificate',
  input: byId.extend({ step: z.coerce.number().int().min(1).max(20), fingerprint: digest.optional().describe('SHA-256 of the certificate that the step names, as it is read aloud') }),
  output: ceremonyView,
  refusals: [
    ...known, ...refusals(platformProblems, 'UNAVAILABLE'),
    ...refusals(jpkiCaProblems, 'ACTIVATION_TOO_EARLY', 'CERTIFICATES_IN_FORCE', 'EXPECTED_VALUE_DIFFERS', 'FINGERPRINT_DIFFERS', 'QUORUM_MISSING', 'SAME_OFFICER', 'STEP_ORDER'),
  ],
});

/** JPKI 3.2: QUORUM_PRESENT -> EXECUTING. With the last step the minutes are written. */
export class PerformStep implements UseCase<typeof stepSpec> {
  readonly spec = stepSpec;

  constructor(
    private readonly desk: CeremonyDesk,
    private readonly works: CeremonySteps,
  ) {}

  async execute(ctx: Ctx, { ceremonyId, step: number, fingerprint }: InputOf<typeof stepSpec>): Promise<OutputOf<typeof stepSpec>> {
    const { ceremony, officer } = await this.desk.take(ctx, ceremonyId);
    const [index, facts] = [number - 1, { step: number }];
    const fault = stepFault(ceremony, index, officer);
    const step = ceremony.steps[index];
    if (fault !== undefined || step === undefined) throw jpkiCaProblems.refuse(fault ?? 'STEP_ORDER', { facts: { state: ceremony.state } });
    const found = await keyAnswer(() => this.works.perform(ctx, ceremony, { step, typed: fingerprint }));
    const name = differing(step.expected, found);
    if (name !== undefined) throw jpkiCaProblems.refuse('EXPECTED_VALUE_DIFFERS', { facts: { name } });
    const steps = ceremony.steps.with(index, { ...step, doneAt: ctx.now.toISOString(), doneBy: officer, found });
    const executing = { ...ceremony, steps, state: 'EXECUTING' as const };
    if (nextStep(steps) < 0) await this.desk.writeMinutes(ctx, executing);
    return this.desk.save(ctx, ceremony, executing, facts);
  }
}

const signSpec = useCase({
  action: 'jpki-ca.key-ceremony.sign-minutes', kind: 'command', summary: 'Somebody who was there signs the minutes by their digest',
  input: byId.extend({ sha256: digest }), output: ceremonyView,
  refusals: [...known, ...refusals(jpkiCaProblems, 'FINGERPRINT_DIFFERS')],
});

/** JPKI 3.2: EXECUTING -> MINUTES_SIGNED with the last signature. */
export class SignMinutes implements UseCase<typeof signSpec> {
  readonly spec = signSpec;

  constructor(private readonly desk: CeremonyDesk) {}

  async execute(ctx: Ctx, { ceremonyId, sha256 }: InputOf<typeof signSpec>): Promise<OutputOf<typeof signSpec>> {
    const { ceremony, officer } = await this.desk.take(ctx, ceremonyId);
    const minutes = await this.desk.store.minutes(ctx.db, ceremonyId);
    requireState(ceremony, minutes !== undefined && ceremony.state === 'EXECUTING');
    const participants = stamped(ceremony, officer, (one) => (one.presentAt === null ? undefined : { ...one, signedAt: one.signedAt ?? ctx.now.toISOString() }));
    if (typedDigest(sha256) !== minutes?.sha256) throw jpkiCaProblems.refuse('FINGERPRINT_DIFFERS', { facts: { certificate: 'MINUTES' } });
    return this.desk.save(ctx, ceremony, { participants, state: isSigned(participants) ? 'MINUTES_SIGNED' : 'EXECUTING' });
  }
}

const closeSpec = useCase({
  action: 'jpki-ca.key-ceremony.close', kind: 'command', summary: 'The chair closes the ceremony whose minutes are signed; the certificates of a new key are published',
  input: byId, output: ceremonyView, refusals: known,
});

/** JPKI 3.2: MINUTES_SIGNED -> CLOSED; only now is a new generation CERTIFIED and its certificates public. */
export class CloseCeremony implements UseCase<typeof closeSpec> {
  readonly spec = closeSpec;

  constructor(
    private readonly desk: CeremonyDesk,
    private readonly works: CeremonySteps,
  ) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof closeSpec>): Promise<OutputOf<typeof closeSpec>> {
    const { ceremony, officer } = await this.desk.take(ctx, ceremonyId);
    requireState(ceremony, ceremony.state === 'MINUTES_SIGNED');
    stamped(ceremony, officer, (one) => (one.role === CEREMONIES[ceremony.kind].chair ? one : undefined));
    if (ceremony.kind === 'GENERATE') await this.works.publish(ctx, ceremony);
    return this.desk.save(ctx, ceremony, { state: 'CLOSED' });
  }
}

const abortSpec = useCase({
  action: 'jpki-ca.key-ceremony.abort', kind: 'command', summary: 'One of its people stops the ceremony; a key made in it is destroyed',
  input: byId.extend({ reason: reference }), output: ceremonyView, refusals: [...known, ...refusals(platformProblems, 'UNAVAILABLE')],
});

/** JPKI 3.2: any -> ABORTED. What was put to use or destroyed stays so. */
export class AbortCeremony implements UseCase<typeof abortSpec> {
  readonly spec = abortSpec;

  constructor(
    private readonly desk: CeremonyDesk,
    private readonly works: CeremonySteps,
  ) {}

  async execute(ctx: Ctx, { ceremonyId, reason }: InputOf<typeof abortSpec>): Promise<OutputOf<typeof abortSpec>> {
    const { ceremony, officer } = await this.desk.take(ctx, ceremonyId);
    requireState(ceremony, !isOver(ceremony));
    stamped(ceremony, officer, (one) => one);
    await keyAnswer(() => this.works.undo(ctx, ceremony));
    return this.desk.save(ctx, ceremony, { state: 'ABORTED', reason });
  }
}

function requireState({ state }: CeremonyRecord, holds: boolean): void {
  if (!holds) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state } });
}

/** The people with the officer's own entry changed; refuses NOT_IN_ROLE when he has none, or not the one that it takes. */
function stamped({ participants }: CeremonyRecord, officer: string, change: (own: Participant) => Participant | undefined): Participant[] {
  const own = participants.find((one) => one.officer === officer);
  const changed = own === undefined ? undefined : change(own);
  if (changed === undefined) throw jpkiCaProblems.refuse('NOT_IN_ROLE');
  return participants.map((one) => (one === own ? changed : one));
}
