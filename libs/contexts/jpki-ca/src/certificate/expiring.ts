import { z } from 'zod';
import { addDays, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import { queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { lastRenewableEnd } from '../profile/validity.js';
import type { CertificateStore } from './certificate.store.js';
import type { StatusChanges } from './status-changes.js';

const TELL_EXPIRING = 'jpki-ca.tell-expiring';
const AT_ONCE = 500;
const cursorOf = z.object({ ca: z.string(), serial: z.number() }).nullable();

/** Each day, with all on which nothing ran since: a holder who is not told misses the renewal. */
export const expiringDaily: Schedule = {
  name: 'certificate-expiring',
  due: (last, now) => {
    const today = localDateInJapan(now);
    const told = last?.split('/')[1] ?? addDays(today, -1);
    return told < today ? `${told}/${today}` : undefined;
  },
  run: async (ctx, days) => void (await queueJob(ctx, TELL_EXPIRING, { days })),
};

/** Tells of certificates in force or on hold whose renewal has opened since the day that was told last (JPKI 4.5), so that their holders can be written to. */
export class TellExpiring implements JobKind {
  readonly kind = TELL_EXPIRING;

  constructor(private readonly certificates: CertificateStore, private readonly changes: StatusChanges) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { days } = z.object({ days: z.string() }).parse(job.parameters);
    const [from, until] = days.split('/').map((day) => startOfDayInJapan(addDays(lastRenewableEnd(toLocalDate(day)), 1))) as [Date, Date];
    const page = { from, until, after: cursorOf.parse(job.cursor), limit: AT_ONCE };
    const rows = await this.certificates.locked(ctx.db, () => this.certificates.ending(ctx.db, page));
    await this.changes.expiring(ctx, rows);
    const [done, last] = [job.done + rows.length, rows.at(-1)];
    return last === undefined ? { cursor: null, done, total: done, result: { told: done } } : { cursor: { ca: last.ca, serial: last.serial }, done };
  }
}
