import { isSameOfficer, type LocalDate } from '#kernel';
import type { ProvisionMode, VerifierClass, VerifierPurpose, VerifierState } from '#contracts/jpki-verifier';

/** The authority whose certificates are asked for. */
export const CA_OF_PURPOSE = { SIGN: 'sign', AUTH: 'auth' } as const satisfies Readonly<Record<VerifierPurpose, string>>;

export const NETWORKS = ['LGWAN', 'GOVERNMENT_NETWORK', 'PRIVATE_LINE'] as const;
export type Network = (typeof NETWORKS)[number];

/** Why the agency stops the provision; the last one is found by the clock. */
export const SUSPENSION_REASONS = ['BREACH', 'FEE_UNPAID', 'CERTIFICATION_ENDED'] as const;
export type SuspensionReason = (typeof SUSPENSION_REASONS)[number];

/** Why the agency gives a notification back. */
export const RETURN_REASONS = ['INCOMPLETE', 'NOT_ENTITLED', 'CERTIFICATION_NOT_CONFIRMED'] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

export interface ClassRule {
  /** Files only under a certification of the Minister. */
  readonly certified: boolean;
  readonly purposes: readonly VerifierPurpose[];
  readonly fees: FeeGroup;
}

export type FeeGroup = 'GOVERNMENT' | 'PRIVATE';

const BOTH: readonly VerifierPurpose[] = ['SIGN', 'AUTH'];

/** Classes that may file (JPKI 4.13; act art. 17(1), 36(1)); professional groups check signatures for their members (art. 17(5)). */
export const CLASS_RULES: Readonly<Record<VerifierClass, ClassRule>> = {
  PUBLIC_BODY: { certified: false, purposes: BOTH, fees: 'GOVERNMENT' },
  COURT: { certified: false, purposes: BOTH, fees: 'GOVERNMENT' },
  DESIGNATED_BODY: { certified: false, purposes: BOTH, fees: 'PRIVATE' },
  ACCREDITED_CERTIFIER: { certified: false, purposes: BOTH, fees: 'PRIVATE' },
  SPECIFIED_CERTIFIER: { certified: true, purposes: BOTH, fees: 'PRIVATE' },
  PRIVATE: { certified: true, purposes: BOTH, fees: 'PRIVATE' },
  PROFESSIONAL_GROUP: { certified: false, purposes: ['SIGN'], fees: 'PRIVATE' },
};

/** What decides about a verifier. */
export interface Verifier {
  readonly class: VerifierClass;
  readonly state: VerifierState;
  /** Last day of the Minister's certification. */
  readonly certificationExpiry: LocalDate | null;
  /** Last day of the one that was filed after it while the provision runs, and that officers have to confirm. */
  readonly renewalExpiry: LocalDate | null;
  /** Officer who found the notification in order. */
  readonly checkedBy: string | null;
}

export type VerifierStep = 'DISCLOSE' | 'GRANT_TEST' | 'CERTIFY' | 'RENEW' | 'NOTIFY' | 'CHECK' | 'GRANT' | 'RETURN' | 'SUSPEND' | 'END' | 'LAPSE';

interface StepRow {
  readonly from: readonly VerifierState[];
  /** None where the state stays. */
  readonly to?: VerifierState;
}

/**
 * The table of JPKI 3.11. A returned notification may be filed again; a suspended provision is taken up again, and a renewed certification of a
 * running one confirmed, by the same check of two officers; whoever is not over may give up.
 */
export const VERIFIER_STEPS: Readonly<Record<VerifierStep, StepRow>> = {
  DISCLOSE: { from: ['INQUIRY'], to: 'SPEC_DISCLOSED' },
  GRANT_TEST: { from: ['SPEC_DISCLOSED'], to: 'TEST_ACCESS' },
  CERTIFY: { from: ['TEST_ACCESS'], to: 'CERTIFIED' },
  RENEW: { from: ['CERTIFIED', 'NOTIFIED', 'RETURNED', 'PRODUCTION', 'SUSPENDED'] },
  NOTIFY: { from: ['TEST_ACCESS', 'CERTIFIED', 'RETURNED'], to: 'NOTIFIED' },
  CHECK: { from: ['NOTIFIED', 'SUSPENDED', 'PRODUCTION'] },
  GRANT: { from: ['NOTIFIED', 'SUSPENDED', 'PRODUCTION'], to: 'PRODUCTION' },
  RETURN: { from: ['NOTIFIED'], to: 'RETURNED' },
  SUSPEND: { from: ['PRODUCTION'], to: 'SUSPENDED' },
  END: { from: ['INQUIRY', 'SPEC_DISCLOSED', 'TEST_ACCESS', 'CERTIFIED', 'NOTIFIED', 'RETURNED', 'PRODUCTION', 'SUSPENDED'], to: 'ENDED' },
  LAPSE: { from: ['CERTIFIED', 'RETURNED'], to: 'LAPSED' },
};

export type StepRefusal = 'CERTIFICATION_ENDED' | 'CERTIFICATION_MISSING' | 'CERTIFICATION_NOT_FOR_CLASS' | 'NOTIFICATION_UNCHECKED' | 'NOT_IN_STATE' | 'SAME_OFFICER';

export interface StepBy {
  readonly officer: string;
  readonly today: LocalDate;
}

/** The next state or why not. */
export function stepVerifier(held: Verifier, step: VerifierStep, by: StepBy): { readonly state: VerifierState } | { readonly refusal: StepRefusal } {
  const { from, to = held.state } = VERIFIER_STEPS[step];
  const refusal = from.includes(held.state) ? refusalOf(held, step, by) : 'NOT_IN_STATE';
  return refusal === undefined ? { state: to } : { refusal };
}

function refusalOf(held: Verifier, step: VerifierStep, { officer, today }: StepBy): StepRefusal | undefined {
  const { certified } = CLASS_RULES[held.class];
  switch (step) {
    case 'CERTIFY':
    case 'RENEW':
      return certified ? undefined : 'CERTIFICATION_NOT_FOR_CLASS';
    case 'NOTIFY':
      if (certified && held.state === 'TEST_ACCESS') return 'CERTIFICATION_MISSING';
      return hasLapsed(held, today) ? 'CERTIFICATION_ENDED' : undefined;
    case 'CHECK':
    case 'GRANT':
      if (held.state === 'PRODUCTION' && held.renewalExpiry === null) return 'NOT_IN_STATE';
      if (hasLapsed(held, today)) return 'CERTIFICATION_ENDED';
      if (step === 'CHECK') return undefined;
      if (held.checkedBy === null) return 'NOTIFICATION_UNCHECKED';
      return isSameOfficer(held.checkedBy, officer) ? 'SAME_OFFICER' : undefined;
    default:
      return undefined;
  }
}

/** Whether the Minister's certification has ended: it holds through its last day in Japan. */
export function hasLapsed({ certificationExpiry }: Pick<Verifier, 'certificationExpiry'>, today: LocalDate): boolean {
  return certificationExpiry !== null && certificationExpiry < today;
}

/** Whether filing it would give nothing: it has ended, or runs no longer than the one before. */
export function isCertificationUseless({ certificationExpiry }: Pick<Verifier, 'certificationExpiry'>, expiry: LocalDate, today: LocalDate): boolean {
  return expiry < today || (certificationExpiry !== null && expiry <= certificationExpiry);
}

/** What the end of the certification does: an unfiled one lapses, a running provision is suspended, the others wait for the agency (JPKI 3.11). */
export function lapseStep(held: Verifier, today: LocalDate): 'LAPSE' | 'SUSPEND' | undefined {
  if (!hasLapsed(held, today)) return undefined;
  return (['LAPSE', 'SUSPEND'] as const).find((step) => VERIFIER_STEPS[step].from.includes(held.state));
}

/** Purposes that the class may not file for. */
export function purposesNotOpen(verifierClass: VerifierClass, purposes: readonly VerifierPurpose[]): VerifierPurpose[] {
  return purposes.filter((purpose) => !CLASS_RULES[verifierClass].purposes.includes(purpose));
}

/** What is agreed with a verifier (JPKI 4.13). */
export interface Agreement {
  readonly purposes: readonly VerifierPurpose[];
  readonly modes: readonly ProvisionMode[];
  readonly network: Network | null;
}

export function isOver({ state }: Pick<Verifier, 'state'>): boolean {
  return VERIFIER_STEPS.END.from.every((from) => from !== state);
}
