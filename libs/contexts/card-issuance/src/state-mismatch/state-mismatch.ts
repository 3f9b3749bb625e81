import type { LocalDate } from '#kernel';
import type { CERTIFICATE_STATES, CERTIFICATE_TYPES } from '#contracts/jpki-ca';
import type { PersonView } from '#contracts/juki-net';
import { BEFORE_HANDOVER, isInUse, type AbolishReason, type Card } from '../card/card.js';
import type { Deadline } from '../card/continued-use.js';
import type { PersonChange } from '../card/person-change.js';

type CertificateState = (typeof CERTIFICATE_STATES)[number];
type CertificateType = (typeof CERTIFICATE_TYPES)[number];

export const MISMATCH_KINDS = [
  'CERTIFICATE_EARLY', 'CERTIFICATE_NOT_ACTIVATED', 'CERTIFICATE_NOT_RESUMED', 'CERTIFICATE_NOT_STOPPED', 'CERTIFICATE_NOT_ENDED', 'PERSON_ENDED', 'MUNICIPALITY',
] as const;
export type MismatchKind = (typeof MISMATCH_KINDS)[number];

/** What a stop does to each certificate (CARD-4.9); jpki-ca executes it, the comparison sees whether it did. */
export const STOP_EFFECT: Readonly<Record<CertificateType, 'HOLD' | 'REVOKE'>> = { AUTH_CERT: 'HOLD', SIGN_CERT: 'REVOKE' };

/** A difference is settled when a later comparison finds it again: until then the event may be on its way. */
export const SETTLE_AFTER_SECONDS = 120;
/** An operator is told of a difference that is older (CARD-3.5, Q6). */
export const ALARM_AFTER_SECONDS = 900;

const FINAL: readonly CertificateState[] = ['REVOKED', 'EXPIRED'];

/** How a certificate contradicts the state of its card; undefined where it does not. `waits`: its activation is queued (CARD-7). */
export function certificateMismatch(card: Card, { type, state }: { readonly type: CertificateType; readonly state: CertificateState }, waits: boolean): MismatchKind | undefined {
  if (FINAL.includes(state) || card.state === 'HANDING_OVER') return undefined;
  if (card.state === 'CANCELLED' || BEFORE_HANDOVER.includes(card.state) || card.state === 'WITHHELD') return state === 'ISSUED_INACTIVE' ? undefined : 'CERTIFICATE_EARLY';
  if (!isInUse(card.state)) return 'CERTIFICATE_NOT_ENDED';
  if (state === 'ISSUED_INACTIVE') return waits ? undefined : 'CERTIFICATE_NOT_ACTIVATED';
  if (card.state === 'SUSPENDED') return STOP_EFFECT[type] === 'HOLD' && state === 'HELD' ? undefined : 'CERTIFICATE_NOT_STOPPED';
  return state === 'HELD' ? 'CERTIFICATE_NOT_RESUMED' : undefined;
}

/** What jpki-ca is to be told once more; undefined where the rules allow nothing by itself. */
export function tellAgain(card: Card, kind: MismatchKind): 'SUSPENDED' | 'RESUMED' | 'ENDED' | undefined {
  if (kind === 'CERTIFICATE_NOT_STOPPED') return 'SUSPENDED';
  if (kind === 'CERTIFICATE_NOT_RESUMED') return 'RESUMED';
  return kind === 'CERTIFICATE_NOT_ENDED' && card.state !== 'CANCELLED' ? 'ENDED' : undefined;
}

const ENDS: Readonly<Partial<Record<PersonView['status'], AbolishReason>>> = { DECEASED: 'DEATH', ABROAD: 'MOVED_ABROAD', DELETED: 'RECORD_DELETED' };

/** How the register contradicts a card in use: its holder's end or move was not followed (CARD-4.13). A person in conflict or on the way is for the municipalities first. */
export function registerMismatch(card: Card, person: PersonView | undefined, open: readonly Deadline[]): MismatchKind | undefined {
  if (!isInUse(card.state) || person === undefined) return undefined;
  if (ENDS[person.status] !== undefined) return open.some(({ kind }) => kind === 'DEPARTURE') ? undefined : 'PERSON_ENDED';
  const settled = person.status !== 'RESIDENT' || person.municipalityCode === card.municipalityCode || open.some((one) => one.kind === 'CONTINUED_USE' && one.municipalityCode === person.municipalityCode);
  return settled ? undefined : 'MUNICIPALITY';
}

/** The change that the register's present facts amount to: what a lost event would have told (CARD-4.13). */
export function changeFromRegister({ personKey, factVersion, municipalityCode, status }: PersonView, today: LocalDate): PersonChange {
  const abolish = ENDS[status];
  return { personKey, factVersion, municipalityCode, on: today, toldOn: today, ...(abolish === undefined ? { kind: 'RETURNED' } : { kind: 'ENDED', abolish }) };
}
