import type { Ctx } from '#platform';
import type { EnrolmentStore } from '../enrolment/enrolment.store.js';
import type { Enrolments } from '../enrolment/enrolments.js';
import type { MessageStore } from '../message/message.store.js';
import type { SessionSteps } from '../session/session-steps.js';
import type { Completion } from './certificate-issuer.js';
import type { CertificateRecord } from './certificate.store.js';
import type { CompletionSource } from './issue-completed.js';

export interface CompletedEnrolmentParts {
  readonly enrolments: Enrolments;
  readonly messages: MessageStore;
  readonly steps: SessionSteps;
  readonly store: EnrolmentStore;
}

/** Learners who have completed a session, one session at a time under its lock; each is written to (TRN-4.13). */
export class CompletedEnrolments implements CompletionSource {
  constructor(private readonly parts: CompletedEnrolmentParts) {}

  async hasCompleted(ctx: Ctx): Promise<boolean> {
    return (await this.session(ctx)) !== undefined;
  }

  async certify(ctx: Ctx, issue: (completion: Completion) => Promise<CertificateRecord>): Promise<void> {
    const { enrolments, messages, steps, store } = this.parts;
    const sessionId = await this.session(ctx);
    if (sessionId === undefined) return;
    const session = await steps.held(ctx, sessionId);
    for (const enrolment of await store.ofSession(ctx.db, sessionId, ['COMPLETED'])) {
      const { nameKanji, mail } = store.learnerOf(enrolment);
      const { no } = await issue({
        subject: { kind: 'ENROLMENT', id: enrolment.id }, bodyCode: enrolment.bodyCode, courseCode: session.courseCode, fiscalYear: session.fiscalYear, sessionNo: session.number,
        title: session.courseTitle, holderRef: `H-${enrolment.person.toString('hex')}`, holderName: nameKanji,
      });
      await enrolments.take(ctx, session, { step: 'CERTIFY', enrolments: [enrolment] });
      await messages.addForLearner(ctx.db, {
        kind: 'CERTIFICATE', bodyCode: enrolment.bodyCode, reference: no, sessionId, address: mail, news: { learnerName: nameKanji, courseTitle: session.courseTitle, sessionNumber: session.number, certificateNo: no },
      }, ctx.now);
    }
  }

  private async session(ctx: Ctx): Promise<string | undefined> {
    return (await ctx.db.maybe<{ id: string }>("SELECT session_id AS id FROM enrolment WHERE state = 'COMPLETED' LIMIT 1"))?.id;
  }
}
