import type { LocalDate } from '#kernel';

/** What learners are told (TRN-4.13). */
export const LEARNER_MESSAGES = [
  'ADMITTED', 'WAITLISTED', 'REJECTED', 'OFFERED', 'OFFER_LAPSED', 'EXPIRED', 'REMOVED', 'REMINDER_7', 'REMINDER_1', 'CANCELLED', 'POSTPONED', 'CERTIFICATE',
] as const;
export type LearnerMessage = (typeof LEARNER_MESSAGES)[number];

export const RECIPIENTS = ['LEARNER', 'COORDINATOR'] as const;
export type Recipient = (typeof RECIPIENTS)[number];

export type MessageKind = LearnerMessage | 'DIGEST';

/** What a message to one learner says; it names nobody else. */
export interface LearnerNews {
  readonly learnerName: string;
  readonly courseTitle: string;
  /** Number of the session; absent for e-learning. */
  readonly sessionNumber?: number | undefined;
  readonly venue?: string | undefined;
  readonly startsAt?: string | undefined;
  /** Until when an offer is held. */
  readonly answerBy?: string | undefined;
  readonly waitingRank?: number | undefined;
  readonly certificateNo?: string | undefined;
  /** Codes of e-learning that the learner still has to complete before the session. */
  readonly prework?: readonly string[] | undefined;
}

/** Days before a session on which its learners are reminded (TRN-4.13). */
export const REMINDERS = [{ days: 7, kind: 'REMINDER_7' }, { days: 1, kind: 'REMINDER_1' }] as const;

const SUBJECTS: Readonly<Record<LearnerMessage, string>> = {
  ADMITTED: '受講決定のお知らせ',
  WAITLISTED: '補欠登録のお知らせ',
  REJECTED: '選考結果のお知らせ',
  OFFERED: '繰上げ受講のご案内',
  OFFER_LAPSED: '繰上げ受講の期限経過のお知らせ',
  EXPIRED: '補欠期間終了のお知らせ',
  REMOVED: '受講決定取消しのお知らせ',
  REMINDER_7: '研修開催のご案内 (7日前)',
  REMINDER_1: '研修開催のご案内 (前日)',
  CANCELLED: '開催中止のお知らせ',
  POSTPONED: '開催延期のお知らせ',
  CERTIFICATE: '修了証発行のお知らせ',
};

/** A text for one reader. */
export interface MessageText {
  readonly subject: string;
  readonly text: string;
}

/** The message to a learner (TRN-4.13). */
export function learnerText(kind: LearnerMessage, news: LearnerNews): MessageText {
  const { learnerName, courseTitle, sessionNumber, startsAt, venue, answerBy, waitingRank, certificateNo, prework = [] } = news;
  const lines = [
    `${learnerName} 様`,
    sessionNumber === undefined ? courseTitle : `${courseTitle} 第${sessionNumber}回`,
    startsAt === undefined ? undefined : `開催日時: ${japanMinutes(startsAt)}`,
    venue === undefined ? undefined : `会場: ${venue}`,
    waitingRank === undefined ? undefined : `補欠順位: ${waitingRank}`,
    answerBy === undefined ? undefined : `回答期限: ${japanMinutes(answerBy)}`,
    prework.length === 0 ? undefined : `事前学習 (未修了の講座): ${prework.join(', ')}`,
    certificateNo === undefined ? undefined : `修了証番号: ${certificateNo}`,
  ];
  return { subject: SUBJECTS[kind], text: lines.filter((line) => line !== undefined).join('\n') };
}

/** What the coordinator of a body is told of one message to a learner of the body. */
export interface DigestLine {
  readonly kind: LearnerMessage;
  readonly news: LearnerNews;
}

/** The day's messages to the learners of one body, for its coordinator (TRN-4.13). */
export function digestText(day: LocalDate, lines: readonly DigestLine[]): MessageText {
  const rows = lines.map(({ kind, news }) => [SUBJECTS[kind], news.courseTitle, news.sessionNumber === undefined ? undefined : `第${news.sessionNumber}回`, news.learnerName].filter((part) => part !== undefined).join(' / '));
  return { subject: `研修のお知らせ ${day} (${lines.length}件)`, text: rows.join('\n') };
}

/** `2015-09-30 13:00` of an ISO instant, in Japan. */
export function japanMinutes(instant: string): string {
  return new Date(new Date(instant).getTime() + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
