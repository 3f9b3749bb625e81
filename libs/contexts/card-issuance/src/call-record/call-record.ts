import { isBusinessDay, localDateInJapan, startOfDayInJapan } from '#kernel';

export const QUEUES = ['STOP', 'GENERAL'] as const;
export type Queue = (typeof QUEUES)[number];
export const LANGUAGES = ['ja', 'en', 'zh', 'ko', 'es', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];
export const TOPICS = ['LOSS_OR_THEFT', 'FOUND', 'APPLICATION', 'PHOTO', 'DELIVERY', 'HANDOVER', 'PICKUP', 'PIN', 'MOVING', 'CERTIFICATES', 'FEE', 'COMPLAINT', 'OTHER'] as const;
export const OUTCOMES = ['ANSWERED', 'STOPPED', 'NOT_IDENTIFIED', 'REFERRED_TO_MUNICIPALITY', 'CALL_BACK', 'ABANDONED'] as const;

/** Share of calls answered within 20 seconds; that of the general queue is our own (CARD-4.18). */
export const TARGETS: Readonly<Record<Queue, number>> = { STOP: 0.95, GENERAL: 0.8 };
export const ANSWER_SECONDS = 20;

/** Stops are taken at any hour; all else on weekdays 08:30–22:00, on Saturdays, Sundays and holidays 09:30–17:30 (CARD-4.18). The end is exclusive. */
export function isOpen(queue: Queue, at: Date): boolean {
  if (queue === 'STOP') return true;
  const day = localDateInJapan(at);
  const minute = Math.floor((at.getTime() - startOfDayInJapan(day).getTime()) / 60_000);
  const [opens, closes] = isBusinessDay(day) ? [510, 1_320] : [570, 1_050];
  return minute >= opens && minute < closes;
}



/** What comes in during an hour. */
export interface Traffic {
  readonly callsPerHour: number;
  readonly handleSeconds: number;
}

/** Load in Erlang. */
export function loadOf({ callsPerHour, handleSeconds }: Traffic): number {
  return (callsPerHour * handleSeconds) / 3_600;
}

/** Erlang C: the share of callers who have to wait; 1 where the seats cannot keep up. The recursion of Erlang B does not overflow. */
export function waitingShare(load: number, seats: number): number {
  if (load <= 0) return 0;
  if (seats <= load) return 1;
  let blocked = 1;
  for (let seat = 1; seat <= seats; seat += 1) blocked = (load * blocked) / (seat + load * blocked);
  return (seats * blocked) / (seats - load * (1 - blocked));
}

/** Share of calls answered within so many seconds (CARD-4.18). */
export function serviceLevel(traffic: Traffic, seats: number, seconds: number = ANSWER_SECONDS): number {
  const load = loadOf(traffic);
  if (load > 0 && seats <= load) return 0;
  return 1 - waitingShare(load, seats) * Math.exp((-(seats - load) * seconds) / traffic.handleSeconds);
}

/** The fewest seats with which so large a share is answered in time. */
export function seatsFor(traffic: Traffic, target: number, seconds: number = ANSWER_SECONDS): number {
  let seats = Math.max(1, Math.ceil(loadOf(traffic)));
  while (serviceLevel(traffic, seats, seconds) < target) seats += 1;
  return seats;
}
