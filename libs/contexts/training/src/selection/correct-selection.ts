import { createHash } from 'node:crypto';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { isSameOfficer } from '#kernel';
import { canonicalJson, found, officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { CertificateKeys } from '../certificate/certificate-keys.js';
import { oneLine, requireNamed } from '../course/course-view.js';
import type { EnrolmentRecord } from '../enrolment/enrolment.store.js';
import { orUndone } from '../enrolment/savepoint.js';
import { takenFault } from '../enrolment/waiting-list.js';
import type { SessionRecord } from '../session/session.store.js';
import { bySession } from '../session/session-view.js';
import { correctionFault, type Correction } from './selection.js';
import type { SelectionDesk } from './selection-desk.js';
import { correction, correctionReport } from './selection-view.js';

const common = [...refusals(trainingProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'TOO_LATE'), ...refusals(platformProblems, 'NOT_FOUND')];

const proposeSpec = useCase({
  action: 'training.selection.propose-correction',
  kind: 'command',
  summary: 'Proposes to correct a published selection: whom to admit of those who wait, whose places to take back, and why; another officer confirms it',
  input: bySession.extend(correction.shape).extend({ reason: oneLine(400).describe('is published: it names nobody') }),
  output: z.object({ sessionId: z.uuid(), admitted: z.int(), givenBack: z.int() }),
  refusals: common,
});

/** TRN-7: the result does not change, a report beside it does. The first of two persons. */
export class ProposeCorrection implements UseCase<typeof proposeSpec> {
  readonly spec = proposeSpec;

  constructor(private readonly selections: SelectionDesk) {}

  async execute(ctx: Ctx, { sessionId, ...proposed }: InputOf<typeof proposeSpec>): Promise<OutputOf<typeof proposeSpec>> {
    requireNamed(ctx);
    await affected(ctx, this.selections, sessionId, proposed);
    await this.selections.store.proposeCorrection(ctx.db, sessionId, { correction: proposed, proposedBy: officerOf(ctx) }, ctx.now);
    const counts = { admitted: proposed.admitted.length, givenBack: proposed.givenBack.length };
    ctx.audit({ object: `session:${sessionId}`, facts: { correction: 'PROPOSED', ...counts } });
    return { sessionId, ...counts };
  }
}

const confirmSpec = useCase({
  action: 'training.selection.confirm-correction',
  kind: 'command',
  summary: 'Confirms a proposed correction: it is carried out, signed, and published beside the result',
  input: bySession,
  output: correctionReport,
  refusals: [...common, ...refusals(trainingProblems, 'ALREADY_ACTIVE', 'BODY_QUOTA_FULL', 'SAME_OFFICER', 'SESSION_FULL')],
});

/** The second; all of it or nothing, by the rules of every place (TRN-4.4). */
export class ConfirmCorrection implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;

  constructor(
    private readonly selections: SelectionDesk,
    private readonly keys: CertificateKeys,
  ) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    requireNamed(ctx);
    const { store } = this.selections;
    const session = await this.selections.desk.parts.steps.held(ctx, sessionId);
    const { correction: confirmed, proposedBy } = found(await store.correctionProposal(ctx.db, sessionId));
    if (isSameOfficer(proposedBy, officerOf(ctx))) throw trainingProblems.refuse('SAME_OFFICER');
    const { givenBack, result } = await affected(ctx, this.selections, sessionId, confirmed);
    await this.carryOut(ctx, session, confirmed.admitted, givenBack);
    const number = (await store.corrections(ctx.db, sessionId)).length + 1;
    const report = canonicalJson({ sessionId, number, resultSha256: createHash('sha256').update(result).digest('hex'), ...confirmed, correctedAt: ctx.now.toISOString() });
    const { kid, signature } = await this.keys.sign(ctx.db, Buffer.from(report));
    await store.addCorrection(ctx.db, sessionId, { number, report, kid, signature }, { proposedBy, confirmedBy: officerOf(ctx), at: ctx.now });
    ctx.audit({ object: `session:${sessionId}`, facts: { correction: number, admitted: confirmed.admitted.length, givenBack: confirmed.givenBack.length } });
    return { report, kid, signature: signature.toString('base64url') };
  }

  private async carryOut(ctx: Ctx, session: SessionRecord, admitted: readonly string[], givenBack: readonly EnrolmentRecord[]): Promise<void> {
    const { waitingList } = this.selections.desk.parts;
    await waitingList.withdraw(ctx, session, 'REMOVE', givenBack);
    for (const applicationId of admitted) {
      const fault = await orUndone(ctx.db, takenFault, () => waitingList.move(ctx, session, { step: 'ADMIT_BY_PHONE', applicationId }));
      if (fault === 'ALREADY_ACTIVE') throw trainingProblems.refuse(fault);
    }
    await waitingList.promote(ctx, session);
  }
}

/** Whose places are given back, and the published result, under the session's lock. Refuses NOT_FOUND, NOT_IN_STATE with the reason, TOO_LATE. */
async function affected(ctx: Ctx, { desk, store }: SelectionDesk, sessionId: string, proposed: Correction): Promise<{ readonly givenBack: EnrolmentRecord[]; readonly result: string }> {
  const session = await desk.parts.steps.held(ctx, sessionId);
  const result = found(await store.result(ctx.db, sessionId));
  if (ctx.now >= session.startsAt) throw trainingProblems.refuse('TOO_LATE');
  const [placed, waiting] = [await desk.parts.store.ofSession(ctx.db, sessionId, ['ADMITTED', 'OFFERED']), await desk.parts.store.ofSession(ctx.db, sessionId, ['WAITLISTED'])];
  const fault = correctionFault(proposed, { placed: placed.map(({ applicationId }) => applicationId), waiting: waiting.map(({ applicationId }) => applicationId) });
  if (fault !== undefined) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { fault } });
  return { givenBack: placed.filter(({ applicationId }) => proposed.givenBack.includes(applicationId)), result };
}
