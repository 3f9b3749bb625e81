import type { Ctx } from '#platform';
import type { MessageStore } from '../message/message.store.js';
import type { RegistrationStore } from '../registration/registration.store.js';
import type { Completion } from './certificate-issuer.js';
import type { CertificateRecord } from './certificate.store.js';
import type { CompletionSource } from './issue-completed.js';

const A_TURN = 100;
/** The place of the session's number in that of a certificate (TRN-4.9). */
const NO_SESSION = 0;

/** Learners who have completed a course of e-learning; each is written to (TRN-4.13). */
export class CompletedRegistrations implements CompletionSource {
  constructor(
    private readonly registrations: RegistrationStore,
    private readonly messages: MessageStore,
  ) {}

  async hasCompleted(ctx: Ctx): Promise<boolean> {
    return this.registrations.isAnyUncertified(ctx.db);
  }

  async certify(ctx: Ctx, issue: (completion: Completion) => Promise<CertificateRecord>): Promise<void> {
    const waiting = await this.registrations.lockUncertified(ctx.db, A_TURN);
    for (const { id, bodyCode, courseCode, fiscalYear, courseTitle, account, learner: { nameKanji, mail } } of waiting) {
      const { no } = await issue({
        subject: { kind: 'REGISTRATION', id }, bodyCode, courseCode, fiscalYear, sessionNo: NO_SESSION, title: courseTitle, holderRef: `H-${account}`, holderName: nameKanji,
      });
      const news = { learnerName: nameKanji, courseTitle, certificateNo: no };
      await this.messages.addForLearner(ctx.db, { kind: 'CERTIFICATE', bodyCode, reference: no, sessionId: null, address: mail, news }, ctx.now);
    }
    await this.registrations.noteCertified(ctx.db, waiting.map(({ id }) => id), ctx.now);
  }
}
