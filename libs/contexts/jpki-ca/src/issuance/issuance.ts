import type { LocalDate } from '#kernel';
import type { CertificateType } from '../ca/ca.js';
import { isOfSigningAge } from '../profile/validity.js';

/** States of an issuance request that are kept (JPKI 3.3): LINTED holds what will be signed, SIGNED the certificate. */
export type IssuanceState = 'LINTED' | 'SIGNED' | 'DELIVERED' | 'UNDELIVERED' | 'REJECTED';

export type IssuanceChannel = 'CARD_PRODUCTION' | 'WINDOW';

/** One certificate asked for one key of a card. */
export interface CertificateOrder {
  /** `batch:<id>:<card>:<type>` or `window:<window>:<request>`: a repetition gets the same certificate. */
  readonly requestKey: string;
  readonly channel: IssuanceChannel;
  readonly type: CertificateType;
  readonly cardSerial: string;
  readonly personKey: string;
  readonly municipalityCode: string;
  /** Version of the facts on the card's face; the counter has the holder before it and takes the present one. */
  readonly factVersion?: number | undefined;
  readonly cardExpiry: LocalDate;
  /** PKCS#10 DER. */
  readonly csr: Buffer;
  readonly windowId: string;
  readonly productionBatchId?: string | undefined;
  /** The holder gives up what is in force of this type; it ends when the new one is delivered. */
  readonly replaces: boolean;
  /** Two clerks let a holder under 15 have it. */
  readonly ageWaived?: boolean;
}

/** States of a card that may lie at a counter: between its presetting and its end. */
const AT_COUNTER: readonly string[] = ['PRESET', 'NOTIFIED', 'HANDING_OVER', 'ACTIVE', 'SUSPENDED'];

/** Whether a window may issue for the card: known, not ended, this holder's and of this last day (JPKI 4.6 no. 4). A ledger of before says nothing of the latter two. */
export function isAtCounter({ state = '', agrees = true }: { readonly state?: string | undefined; readonly agrees?: boolean | undefined }): boolean {
  return AT_COUNTER.includes(state) && agrees;
}

/** The register's view of the holder, as far as the checks need it. */
export interface HolderFacts {
  readonly status: string;
  readonly factVersion: number;
  readonly municipalityCode: string;
  readonly birthDate: string;
}

export interface OrderFacts {
  readonly holder: HolderFacts | undefined;
  readonly partitionOpen: boolean;
  /** A certificate of this type is stored on the card and not final. */
  readonly onCard: boolean;
  /** The holder has one of this type in force. */
  readonly inForce: boolean;
  readonly today: LocalDate;
}

export type OrderFault = 'NOT_RESIDENT' | 'ATTRIBUTE_MISMATCH' | 'UNDER_AGE' | 'CARD_EXPIRED' | 'PARTITION_UNKNOWN' | 'DUPLICATE_VALID';

/** Checks 2 to 4 of JPKI 4.6. What production stores replaces what is in force only at the hand-over. */
export function orderFault(order: CertificateOrder, facts: OrderFacts): OrderFault | undefined {
  const { holder } = facts;
  if (holder?.status !== 'RESIDENT') return 'NOT_RESIDENT';
  if (order.factVersion !== undefined && order.factVersion !== holder.factVersion) return 'ATTRIBUTE_MISMATCH';
  if (order.municipalityCode !== holder.municipalityCode) return 'ATTRIBUTE_MISMATCH';
  if (order.type === 'SIGN_CERT' && order.ageWaived !== true && !isOfSigningAge(holder.birthDate, facts.today)) return 'UNDER_AGE';
  if (order.cardExpiry < facts.today) return 'CARD_EXPIRED';
  if (!facts.partitionOpen) return 'PARTITION_UNKNOWN';
  const duplicate = order.channel === 'CARD_PRODUCTION' ? facts.onCard : facts.inForce && !order.replaces;
  return duplicate ? 'DUPLICATE_VALID' : undefined;
}

/** Authentication certificates first: a signature certificate does not outlive the one beside it (JPKI 4.5). */
export function inIssuingOrder(orders: readonly CertificateOrder[]): CertificateOrder[] {
  return [...orders].sort((a, b) => Number(a.type === 'SIGN_CERT') - Number(b.type === 'SIGN_CERT'));
}
