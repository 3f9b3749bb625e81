import { addDays, localDateInJapan, startOfDayInJapan, type LocalDate } from '#kernel';
import type { Ctx, Db, Schedule } from '#platform';
import type { Prework } from '../attendance/prework.js';
import type { BodyStore } from '../body/body.store.js';
import type { KnownPerson } from '../course/prerequisite.store.js';
import type { SessionRecord, SessionStore } from '../session/session.store.js';
import { digestText, REMINDERS } from './message.js';
import type { MessageStore } from './message.store.js';

const EVENING_MS = 18 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** The last day whose evening has come. */
function lastEvening(now: Date): LocalDate {
  const today = localDateInJapan(now);
  return now.getTime() >= startOfDayInJapan(today).getTime() + EVENING_MS ? today : addDays(today, -1);
}

/** At 18:00 in Japan the coordinator of each body is told what its learners were told since the last time (TRN-4.13). */
export function digestsDaily(messages: MessageStore, bodies: BodyStore): Schedule {
  return {
    name: 'message-digests',
    due: (last, now) => (last === lastEvening(now) ? undefined : lastEvening(now)),
    run: async (ctx, day) => {
      for (const bodyCode of await messages.bodiesToDigest(ctx.db)) {
        const lines = await messages.digest(ctx.db, bodyCode, ctx.now);
        const address = await bodies.coordinatorMail(ctx.db, bodyCode);
        await messages.addDigest(ctx.db, { bodyCode, reference: ctx.now.toISOString(), address, ...digestText(day as LocalDate, lines) }, ctx.now);
        ctx.audit({ object: `body:${bodyCode}`, facts: { digested: lines.length } });
      }
    },
  };
}

/** A learner who has a place, as reminders address him. */
export interface AdmittedLearner extends KnownPerson {
  readonly enrolmentId: string;
  readonly name: string;
  readonly mail: string;
}

/** Who has a place of a session now. */
export interface AdmittedLearners {
  admitted(db: Db, sessionId: string): Promise<readonly AdmittedLearner[]>;
}

export interface ReminderParts {
  readonly learners: AdmittedLearners;
  readonly messages: MessageStore;
  readonly prework: Prework;
  readonly sessions: SessionStore;
}

/** In the morning of the seventh day and of the day before a session (TRN-4.13); a morning that was missed is made up on the next. */
export function remindersDaily(parts: ReminderParts): Schedule {
  return {
    name: 'message-reminders',
    due: (last, now) => {
      const today = localDateInJapan(new Date(now.getTime() - 8 * 3_600_000));
      return last === today ? undefined : today;
    },
    run: async (ctx) => {
      for (const { days, kind } of REMINDERS) {
        const from = startOfDayInJapan(addDays(localDateInJapan(ctx.now), days - 1));
        for (const session of await parts.sessions.beginning(ctx.db, from, new Date(from.getTime() + 2 * DAY_MS))) await remind(ctx, parts, { session, kind });
      }
    },
  };
}

async function remind(ctx: Ctx, { learners, messages, prework }: ReminderParts, { session, kind }: { session: SessionRecord; kind: (typeof REMINDERS)[number]['kind'] }): Promise<void> {
  const admitted = await learners.admitted(ctx.db, session.id);
  const lacking = await prework.lacking(ctx.db, session, admitted, ctx.now);
  for (const { enrolmentId, bodyCode, person, name, mail } of admitted) {
    const news = { learnerName: name, courseTitle: session.courseTitle, sessionNumber: session.number, venue: session.venue, startsAt: session.startsAt.toISOString(), prework: lacking.get(person.toString('hex')) };
    await messages.addForLearner(ctx.db, { kind, bodyCode, reference: enrolmentId, sessionId: session.id, address: mail, news }, ctx.now);
  }
  ctx.audit({ object: `session:${session.id}`, facts: { reminded: admitted.length, kind } });
}
