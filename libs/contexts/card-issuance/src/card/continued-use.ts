import { addDays, type LocalDate } from '#kernel';
import type { AbolishReason, Card } from './card.js';
import { isInUse } from './card.js';
import type { PersonChange } from './person-change.js';

const DAYS_AFTER_PLANNED_MOVE_OUT = 30;
const DAYS_AFTER_MOVE_IN = 14;
const DAYS_FOR_CONTINUED_USE = 90;

/** Last day on which a move-in may be notified without the card lapsing: 30 days from the planned move-out or 14 from the move-in, whichever is first; each limb alone where the other is unknown (CARD-4.10 a). */
export function lastNotificationDay(plannedMoveOut: LocalDate | undefined, movedIn?: LocalDate): LocalDate | undefined {
  const limbs = [...(plannedMoveOut === undefined ? [] : [addDays(plannedMoveOut, DAYS_AFTER_PLANNED_MOVE_OUT)]), ...(movedIn === undefined ? [] : [addDays(movedIn, DAYS_AFTER_MOVE_IN)])];
  return limbs.sort()[0];
}

/** Last day for continuing to use the card in the new municipality; the card lapses at the start of the next (CARD-4.10 b). */
export function lastDayForContinuedUse(notifiedOn: LocalDate): LocalDate {
  return addDays(notifiedOn, DAYS_FOR_CONTINUED_USE);
}

export const DEADLINE_KINDS = ['MOVE_IN_NOTICE', 'CONTINUED_USE', 'DEPARTURE'] as const;
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** What a move has set to a card in use. */
export interface Deadline {
  readonly kind: DeadlineKind;
  readonly municipalityCode: string;
  readonly begunOn: LocalDate;
  readonly lastDay: LocalDate;
}

/** Why a card ends whose deadline has passed (CARD-4.9, 4.10). */
export const LAPSE_REASONS: Readonly<Record<DeadlineKind, AbolishReason>> = { MOVE_IN_NOTICE: 'MOVE_NOT_NOTIFIED', CONTINUED_USE: 'CONTINUED_USE_NOT_DONE', DEPARTURE: 'MOVED_ABROAD' };

export interface MoveEffect {
  /** Deadlines that the change meets or makes void. */
  readonly ends: readonly DeadlineKind[];
  /** The deadline that was missed: the card lapses at the start of the next day. */
  readonly lapses?: DeadlineKind;
  readonly opens?: Deadline;
}
const NOTHING: MoveEffect = { ends: [] };

/** What a move does to a card in use with these open deadlines (CARD-4.10 a to c); nothing where the card was made or continued knowing of it. */
export function moveEffect(change: PersonChange, card: Card, open: readonly Deadline[]): MoveEffect {
  if (!isInUse(card.state) || card.factVersion >= change.factVersion) return NOTHING;
  const { municipalityCode, toldOn, on } = change;
  switch (change.kind) {
    case 'MOVED_OUT': {
      const lastDay = lastNotificationDay(on);
      return lastDay === undefined ? NOTHING : { ends: ['MOVE_IN_NOTICE', 'DEPARTURE'], opens: { kind: 'MOVE_IN_NOTICE', municipalityCode, begunOn: on, lastDay } };
    }
    case 'DEPARTING':
      return { ends: ['MOVE_IN_NOTICE', 'DEPARTURE'], opens: { kind: 'DEPARTURE', municipalityCode, begunOn: on, lastDay: on } };
    case 'RESTORED':
      return { ends: ['MOVE_IN_NOTICE', 'DEPARTURE'] };
    case 'RETURNED':
      return arrival(change, card);
    case 'MOVED_IN': {
      const continued = open.find(({ kind }) => kind === 'CONTINUED_USE');
      if (continued !== undefined) return continued.municipalityCode === municipalityCode ? { ends: ['MOVE_IN_NOTICE', 'DEPARTURE'] } : { ends: DEADLINE_KINDS, lapses: 'CONTINUED_USE' };
      const notifyUntil = lastNotificationDay(open.find(({ kind }) => kind === 'MOVE_IN_NOTICE')?.begunOn, on);
      if (notifyUntil !== undefined && toldOn > notifyUntil) return { ends: DEADLINE_KINDS, lapses: 'MOVE_IN_NOTICE' };
      return arrival(change, card);
    }
    case 'FACE_CHANGED':
    case 'ENDED':
    case 'NO_EFFECT':
      return NOTHING;
  }
}

function arrival({ municipalityCode, toldOn }: PersonChange, card: Card): MoveEffect {
  if (card.municipalityCode === municipalityCode) return { ends: DEADLINE_KINDS };
  return { ends: DEADLINE_KINDS, opens: { kind: 'CONTINUED_USE', municipalityCode, begunOn: toldOn, lastDay: lastDayForContinuedUse(toldOn) } };
}

/** What the counter found when the holder, or somebody of the household, came to continue the use. */
export interface ContinuedUseCheck {
  readonly today: LocalDate;
  /** PIN given to the chip, which alone judges it; unknown or locked, it is reset first. */
  readonly pinVerified: boolean;
  /** Where the register has the holder. */
  readonly residesIn: string | undefined;
  readonly municipalityCode: string;
}

/** Why a card cannot be continued here and now; undefined when it can (CARD-4.10). */
export function continuedUseFault(card: Card, open: Deadline | undefined, check: ContinuedUseCheck): string | undefined {
  if (card.state !== 'ACTIVE') return card.state;
  if (open === undefined || open.municipalityCode !== check.municipalityCode) return 'NO_MOVE';
  if (check.today > open.lastDay) return 'DEADLINE_PASSED';
  if (check.residesIn !== check.municipalityCode) return 'NOT_RESIDENT';
  return check.pinVerified ? undefined : 'PIN_NOT_VERIFIED';
}

/** Entries that the write-in area of a face holds [A]. */
export const FACE_ADDITIONS = 4;
