import { cardIssuanceProblems } from '#contracts/card-issuance';

/** What a municipality's ordinance says of cards from a day on. */
export interface Ordinance {
  readonly cardYen: number;
  readonly certificatesYen: number;
  /** Reasons for which it waives the fee. */
  readonly waivers: readonly string[];
  /** After an invitation or reminder that nobody follows, the card counts as uncollected (CARD-3.5). */
  readonly uncollectedMonths: number;
}

/** Where the ordinance says nothing (CARD-4.9, CARD-3.5). */
export const NATIONAL_DEFAULT: Ordinance = { cardYen: 800, certificatesYen: 200, waivers: [], uncollectedMonths: 3 };

const OWN_CAUSES = ['LOST', 'STOLEN', 'DAMAGED', 'SURRENDERED', 'LAPSED'] as const;
const FREE_CAUSES = ['AGENCY_FAULT', 'MUNICIPALITY_FAULT', 'EXPIRED', 'NO_SPACE_ON_FACE'] as const;
/** Why another card is wanted (CARD-4.9). */
export const REISSUE_CAUSES = [...OWN_CAUSES, ...FREE_CAUSES] as const;
export type ReissueCause = (typeof REISSUE_CAUSES)[number];

export interface Fee {
  readonly cardYen: number;
  readonly certificatesYen: number;
}

/** The fee of a re-issue; the first card has no case and no fee (CARD-4.9). Refuses WAIVER_UNKNOWN. */
export function assessFee(cause: ReissueCause, { cardYen, certificatesYen, waivers }: Ordinance, waiver?: string): Fee {
  if (waiver !== undefined && !waivers.includes(waiver)) throw cardIssuanceProblems.refuse('WAIVER_UNKNOWN');
  const free = waiver !== undefined || FREE_CAUSES.some((one) => one === cause);
  return free ? { cardYen: 0, certificatesYen: 0 } : { cardYen, certificatesYen };
}

/** Yen to pay at the hand-over: certificates cost where the application wishes any (CARD-4.9). */
export function dueYen(fee: Fee, wishesCertificates: boolean): number {
  return fee.cardYen + (wishesCertificates ? fee.certificatesYen : 0);
}
