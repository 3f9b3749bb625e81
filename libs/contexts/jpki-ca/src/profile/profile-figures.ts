import type { CertificateProfile, ExtensionValue } from '#pki';
import type { CaId, CertificateType } from '../ca/ca.js';
import { ARL_LIFE_MS, CRL_LIFE_MS, dailyRun } from '../crl/crl.js';
import { ANSWER_LIFE_MS } from '../ocsp/ocsp.js';
import type { ProfileSet } from './profiles.js';

const HOUR_MS = 3_600_000;
const TYPE_OF: Readonly<Record<CaId, CertificateType>> = { sign: 'SIGN_CERT', auth: 'AUTH_CERT' };

/** A figure that a CP/CPS states, as text; units are part of the name. */
export interface ProfileFigure {
  readonly name: string;
  readonly value: string;
}

/** What the running profiles of an authority say, so that what is published of them can be held against it (JPKI-4.19). */
export function profileFigures({ organisation, root, holder, responder }: ProfileSet, ca: CaId): ProfileFigure[] {
  const [authority, subscriber] = [root[ca], holder[TYPE_OF[ca]]];
  const [policy] = valueOf(subscriber, 'certificatePolicies').policies;
  const figures: Readonly<Record<string, string | number | undefined>> = {
    organisation, policyOid: policy?.oid, cpsUri: policy?.cpsUri, signatureAlgorithm: subscriber.signature,
    caKeyBits: authority.key.modulusBits, caLifeYears: authority.validity.maxYears,
    subscriberKeyBits: subscriber.key.modulusBits, subscriberLifeYears: subscriber.validity.maxYears,
    crlIntervalHours: intervalHours(), crlLifeHours: CRL_LIFE_MS / HOUR_MS, arlLifeDays: ARL_LIFE_MS / HOUR_MS / 24,
    ocspAnswerMinutes: ANSWER_LIFE_MS / 60_000, responderLifeDays: responder[ca].validity.maxDays,
  };
  return Object.entries(figures).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: String(value) }]));
}

function valueOf<K extends ExtensionValue['kind']>({ id, extensions }: CertificateProfile, kind: K): Extract<ExtensionValue, { kind: K }> {
  for (const { value } of extensions) if (isOf(value, kind)) return value;
  throw new Error(`profile ${id} has no ${kind}`);
}

function isOf<K extends ExtensionValue['kind']>(value: ExtensionValue, kind: K): value is Extract<ExtensionValue, { kind: K }> {
  return value.kind === kind;
}

/** Hours from one regular list to the next, by the schedule itself. */
function intervalHours(): number {
  const runAt = (hour: number): string => dailyRun(new Date(hour * HOUR_MS));
  const changes = Array.from({ length: 24 * 14 }, (_, hour) => hour).filter((hour) => runAt(hour) !== runAt(hour + 1));
  const [first = 0, second = 0] = changes;
  return second - first;
}
