import { queueJob, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { CertificateWithdrawalStore, Withdrawal } from './certificate-withdrawal.store.js';
import { occasionEvery } from './occasion.js';
import { tellWishes, type Told } from './tell-wishes.js';

export const WITHDRAW = 'withdraw-certificates';
const CHUNK = 50;
const SECONDS = 30;

/** Has the certificates of a card revoked whose hand-over was undone after they may have come into force (CARD-4.7): the authority is told that none is wished. */
export class WithdrawCertificates implements JobKind<Told<Withdrawal>> {
  readonly kind = WITHDRAW;

  constructor(
    private readonly withdrawals: CertificateWithdrawalStore,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx): Promise<Told<Withdrawal>> {
    const waiting = (await this.withdrawals.waiting(ctx.db, CHUNK)).map((one) => ({ ...one, wishSign: false, wishAuth: false }));
    return tellWishes(ctx, this.peers, waiting, ({ sessionId }) => `withdraw:${sessionId}`);
  }

  async step(ctx: Ctx, job: Job, told: Told<Withdrawal> | undefined): Promise<StepOutcome> {
    const { done: withdrawn, refused } = told ?? { done: [], refused: [] };
    await this.withdrawals.done(ctx.db, withdrawn.map(({ sessionId }) => sessionId), ctx.now);
    for (const { cardSerial, personKey } of withdrawn) ctx.audit({ object: `card:${cardSerial}`, subjects: [personKey], facts: { certificates: 'WITHDRAWN' } });
    for (const { waiting: { sessionId }, code } of refused) await this.withdrawals.refused(ctx.db, sessionId, code);
    const done = job.done + withdrawn.length;
    return { cursor: done, done, ...(withdrawn.length === CHUNK ? {} : { result: { withdrawn: done, refused: refused.length } }) };
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
