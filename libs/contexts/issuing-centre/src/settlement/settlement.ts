/** A request as one side has it. */
export interface Stated {
  readonly copies: number;
  readonly amountYen: number | null;
}

/** A request of a month as the three sides have it (CARD-4.15): the centre what was printed, the kiosk what it took money for, the municipality what it served. */
export interface ThreeSides {
  readonly centre: Stated | null;
  readonly kiosk: Stated | null;
  readonly municipality: Stated | null;
}

export const DIFFERENCE_KINDS = ['NOT_AT_CENTRE', 'NOT_AT_KIOSK', 'NOT_AT_MUNICIPALITY', 'KIOSK_COPIES', 'KIOSK_AMOUNT', 'MUNICIPALITY_COPIES'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  readonly centre: number | null;
  readonly stated: number | null;
}

/**
 * Where the sides differ. What a municipality served and nobody printed is none: the resident did not pay, or the fee was given back. Which journals
 * came for the month is asked first: a side that has sent nothing yet differs in nothing.
 */
export function differencesOf({ centre, kiosk, municipality }: ThreeSides, came: { readonly kiosk: boolean; readonly municipality: boolean }): Difference[] {
  const found: (Difference | false)[] = [
    kiosk !== null && centre === null && { kind: 'NOT_AT_CENTRE', centre: null, stated: kiosk.copies },
    came.kiosk && centre !== null && kiosk === null && { kind: 'NOT_AT_KIOSK', centre: centre.copies, stated: null },
    came.municipality && centre !== null && municipality === null && { kind: 'NOT_AT_MUNICIPALITY', centre: centre.copies, stated: null },
    centre !== null && kiosk !== null && centre.copies !== kiosk.copies && { kind: 'KIOSK_COPIES', centre: centre.copies, stated: kiosk.copies },
    centre !== null && kiosk !== null && centre.amountYen !== kiosk.amountYen && { kind: 'KIOSK_AMOUNT', centre: centre.amountYen, stated: kiosk.amountYen },
    centre !== null && municipality !== null && municipality.copies < centre.copies && { kind: 'MUNICIPALITY_COPIES', centre: centre.copies, stated: municipality.copies },
  ];
  return found.filter((one) => one !== false);
}

export interface SettlementLine {
  readonly municipalityCode: string;
  readonly operator: string;
  readonly type: string;
  readonly printed: number;
  readonly feeYen: number;
  readonly commissionYen: number;
  readonly refundsYen: number;
}

/** What the operator owes the municipality (CARD-4.15). */
export function netOf({ feeYen, commissionYen, refundsYen }: Pick<SettlementLine, 'feeYen' | 'commissionYen' | 'refundsYen'>): number {
  return feeYen - commissionYen - refundsYen;
}

/** CARD-5: `month, municipality, operator, type, printed, fee, commission, refunds, net`, CRLF. No field needs quoting. */
export function settlementCsv(month: string, lines: readonly SettlementLine[]): string {
  const rows = lines.map((line) => [month, line.municipalityCode, line.operator, line.type, line.printed, line.feeYen, line.commissionYen, line.refundsYen, netOf(line)]);
  return [['month', 'municipality', 'operator', 'type', 'printed', 'fee', 'commission', 'refunds', 'net'], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
