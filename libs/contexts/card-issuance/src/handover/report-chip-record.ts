import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type FieldCipher, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { verifiedRecord } from './activation-record.js';
import { decideChipRecord } from './handover-session.js';
import { completeSession, rollBackSession, type HandoverStores } from './settle-session.js';
import { sessionView, viewOf } from './show-session.js';

const spec = useCase({
  action: 'card-issuance.handover.chip-record',
  kind: 'command',
  summary: 'What a terminal reads in a chip whose hand-over is in doubt: bind the chip to `doubtId` first, then send its record; the hand-over is completed or undone by it',
  input: z.strictObject({ sessionId: z.uuid(), terminalId: z.string().min(1).max(64), record: z.base64().max(1_024).describe('as the chip signed it, base64') }),
  output: sessionView,
  refusals: [
    ...refusals(cardIssuanceProblems, 'CHIP_KEY_UNKNOWN', 'CHIP_RECORD_INVALID', 'CHIP_RECORD_STALE', 'CHIP_TO_BE_TERMINATED', 'HAS_VALID_CARD', 'STEP_ORDER'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
  ],
});

/** The other half of the reconciler (CARD-4.7): any terminal that has the card tells what became of it. */
export class ReportChipRecord implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly stores: HandoverStores,
    private readonly cipher: FieldCipher,
  ) {}

  async execute(ctx: Ctx, { sessionId, terminalId, record }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { chipKeys, handovers, doubts } = this.stores;
    const session = found(await handovers.lock(ctx.db, sessionId));
    requireJurisdiction(ctx, session.municipalityCode);
    const verdict = decideChipRecord(session, await verifiedRecord(ctx.db, chipKeys, session.cardSerial, record));
    ctx.audit({ object: `handover-session:${sessionId}`, facts: { step: 'chip-record', verdict, terminalId } });
    if (verdict === 'COMPLETE') {
      await handovers.setChipWritten(ctx.db, session, record, ctx.now);
      await completeSession(ctx, this.stores, session, 'CHIP_READ');
    }
    if (verdict === 'ROLL_BACK') await rollBackSession(ctx, this.stores, session, 'CHIP_NOT_ACTIVATED');
    if (verdict === 'ROLL_BACK' || verdict === 'RESOLVE') await doubts.resolve(ctx.db, sessionId, 'NOT_ACTIVATED', ctx.now);
    if (verdict === 'TERMINATED') await doubts.resolve(ctx.db, sessionId, 'TERMINATED', ctx.now);
    return viewOf((await handovers.find(ctx.db, sessionId)) ?? session, this.cipher);
  }
}
