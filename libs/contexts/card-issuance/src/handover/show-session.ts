import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type FieldCipher, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { SESSION_STATES, type Session } from './handover-session.js';
import type { HandoverStore } from './handover.store.js';

/** A session as its terminal sees it; `commitToken` is there once the ledger has confirmed, and only then the card is handed over. */
export const sessionView = z.object({
  sessionId: z.uuid(), cardSerial: z.string(), state: z.enum(SESSION_STATES), certificates: z.enum(['ACTIVATED', 'QUEUED', 'NONE']).nullable(),
  leaseUntil: z.iso.datetime(), commitToken: z.string().optional(),
  slip: z.object({ ja: z.string(), en: z.string() }).optional().describe('printed for the resident when the certificates come into force later'),
  doubtId: z.uuid().optional().describe('while the chip may be activated without the ledger knowing: what a terminal binds the chip to before it sends its record'),
});

/** What the resident is told when the authority was away (CARD-7). */
const SLIP = {
  ja: 'カードをお渡ししました。電子証明書は認証局との通信が回復し次第、自動的に有効になります。それまで電子証明書を使うサービスはご利用になれません。再度お越しいただく必要はありません。',
  en: 'Your card was handed over. Its electronic certificates come into force by themselves as soon as the certification authority can be reached; until then services that need them refuse the card. You need not come again.',
};

/** The same session always has the same token, so that a lost reply can be asked for again (CARD-4.7). */
export function viewOf(session: Session, cipher: FieldCipher): z.output<typeof sessionView> {
  const { sessionId, cardSerial, state, certificates, leaseUntil, doubtId } = session;
  const commit = state === 'CLOSED' ? { commitToken: cipher.blindIndex('commit-token', sessionId).toString('hex'), ...(certificates === 'QUEUED' ? { slip: SLIP } : {}) } : {};
  return { sessionId, cardSerial, state, certificates, leaseUntil: leaseUntil.toISOString(), ...commit, ...(doubtId === null ? {} : { doubtId }) };
}

const spec = useCase({
  action: 'card-issuance.handover.show',
  kind: 'question',
  summary: 'Where a hand-over stands; what a terminal asks after a lost reply',
  input: z.strictObject({ sessionId: z.uuid() }),
  output: sessionView,
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** The recovery question of CARD-4.7. */
export class ShowSession implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly handovers: HandoverStore,
    private readonly cipher: FieldCipher,
  ) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const session = found(await this.handovers.find(ctx.db, sessionId));
    requireJurisdiction(ctx, session.municipalityCode);
    ctx.audit({ object: `handover-session:${sessionId}` });
    return viewOf(session, this.cipher);
  }
}
