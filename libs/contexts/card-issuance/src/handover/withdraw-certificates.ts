import { Refusal } from '#kernel';
import { activateCertificates } from '#contracts/jpki-ca';
import { log, queueJob, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { CertificateWithdrawalStore, Withdrawal } from './certificate-withdrawal.store.js';
import { occasionEvery } from './occasion.js';

export const WITHDRAW = 'withdraw-certificates';
const CHUNK = 50;
const SECONDS = 30;

interface Tried {
  readonly done: readonly Withdrawal[];
  readonly refused: readonly { readonly sessionId: string; readonly code: string }[];
}

/** Has the certificates of a card revoked whose hand-over was undone after they may have come into force (CARD-4.7): the authority is told that none is wished. */
export class WithdrawCertificates implements JobKind<Tried> {
  readonly kind = WITHDRAW;

  constructor(
    private readonly withdrawals: CertificateWithdrawalStore,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Tried> {
    const [done, refused]: [Withdrawal[], { sessionId: string; code: string }[]] = [[], []];
    for (const waiting of await this.withdrawals.waiting(ctx.db, CHUNK)) {
      const code = await this.withdraw(ctx, waiting);
      if (code === 'UNAVAILABLE') break;
      if (code === undefined) done.push(waiting);
      else refused.push({ sessionId: waiting.sessionId, code });
    }
    if (refused.length > 0) log.warn('withdrawals of certificates were refused', { job: job.id, count: refused.length, ...(refused[0] === undefined ? {} : { code: refused[0].code }) });
    return { done, refused };
  }

  async step(ctx: Ctx, job: Job, tried: Tried | undefined): Promise<StepOutcome> {
    const { done: withdrawn, refused } = tried ?? { done: [], refused: [] };
    await this.withdrawals.done(ctx.db, withdrawn.map(({ sessionId }) => sessionId), ctx.now);
    for (const { cardSerial, personKey } of withdrawn) ctx.audit({ object: `card:${cardSerial}`, subjects: [personKey], facts: { certificates: 'WITHDRAWN' } });
    for (const { sessionId, code } of refused) await this.withdrawals.refused(ctx.db, sessionId, code);
    const done = job.done + withdrawn.length;
    return { cursor: done, done, ...(withdrawn.length === CHUNK ? {} : { result: { withdrawn: done, refused: refused.length } }) };
  }

  private async withdraw(ctx: Ctx, { sessionId, cardSerial, personKey }: Withdrawal): Promise<string | undefined> {
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER', idempotencyKey: `withdraw:${sessionId}` };
    try {
      await this.peers.call(activateCertificates, call, { cardSerial, personKey, wishSign: false, wishAuth: false });
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }
}

/** What the job of the roll-back did not get done, as when the authority was away. */
export function withdrawalSchedule(withdrawals: CertificateWithdrawalStore): Schedule {
  return {
    name: 'certificate-withdrawal',
    due: occasionEvery(SECONDS),
    run: async (ctx) => {
      if ((await withdrawals.waiting(ctx.db, 1)).length > 0) await queueJob(ctx, WITHDRAW, {});
    },
  };
}
