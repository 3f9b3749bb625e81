import { cardIssuanceProblems } from '#contracts/card-issuance';

/** States of a production batch (CARD-3.4). */
export const BATCH_STATES = ['OPEN', 'SEALED', 'CERTIFIED', 'SENT', 'ACKNOWLEDGED', 'MANUFACTURED', 'INSPECTED', 'SHIPPED', 'RECEIVED'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** Defects that inspection finds (CARD-4.5). */
export const DEFECT_CODES = ['Q01', 'Q02', 'Q03', 'Q04', 'Q05'] as const;

export interface Batch {
  readonly batchId: string;
  readonly maker: string;
  readonly state: BatchState;
  readonly filled: boolean;
  readonly quarantined: boolean;
  readonly records: number;
  readonly count: number | null;
  readonly hash: string | null;
  readonly requestsMissing: number | null;
  readonly certificatesMissing: number | null;
  /** Fixed at sealing: the key for which the data is encrypted. */
  readonly keyId: string | null;
  readonly plannedShipDate: string | null;
  readonly keyConfirmedBy: string | null;
  readonly keyReleasedAt: Date | null;
  /** Cards whose chip-data defect was looked into. */
  readonly examined: readonly string[];
  readonly releaseDecision: string | null;
  readonly releaseBy: string | null;
  readonly version: number;
}

/** Refuses BAD_STATE unless the batch is where the step begins, PRODUCTION_QUARANTINED once a chip-data defect was found (CARD-4.5). */
export function requireBatchState(batch: Batch, expected: BatchState): void {
  if (batch.quarantined) throw cardIssuanceProblems.refuse('PRODUCTION_QUARANTINED');
  if (batch.state !== expected) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: batch.state, expected } });
}

/** The maker must have received exactly what was sent: no partial acceptance (CARD-7). Refuses BAD_STATE, PRODUCTION_QUARANTINED. */
export function acknowledgementFault(batch: Batch, received: { readonly count: number; readonly hash: string }): 'COUNT_MISMATCH' | 'HASH_MISMATCH' | undefined {
  requireBatchState(batch, 'SENT');
  if (received.count !== batch.count) return 'COUNT_MISMATCH';
  return received.hash === batch.hash ? undefined : 'HASH_MISMATCH';
}

/** One chip that holds another card's data stops the line; only what two officers have looked into counts as the defect of one card (CARD-4.5). */
export function stopsLine(batch: Pick<Batch, 'examined'>, defects: readonly { readonly cardSerial: string; readonly code: string }[]): boolean {
  return defects.some(({ cardSerial, code }) => code === 'Q01' && !batch.examined.includes(cardSerial));
}

const CARDS_IN_BOX = 200;

export interface Packed<Item> {
  readonly municipalityCode: string;
  readonly issuingOffice: string;
  readonly items: readonly Item[];
}

/** Boxes of at most 200 cards for one office of one municipality (CARD-4.4). */
export function packBoxes<Item extends { readonly municipalityCode: string; readonly issuingOffice: string }>(items: readonly Item[]): Packed<Item>[] {
  const boxes: (Packed<Item> & { readonly items: Item[] })[] = [];
  const open = new Map<string, Item[]>();
  for (const item of items) {
    const { municipalityCode, issuingOffice } = item;
    const office = municipalityCode + issuingOffice;
    let box = open.get(office);
    if (box === undefined || box.length === CARDS_IN_BOX) {
      box = [];
      open.set(office, box);
      boxes.push({ municipalityCode, issuingOffice, items: box });
    }
    box.push(item);
  }
  return boxes;
}

export interface Receipt {
  readonly missing: readonly string[];
  readonly present: readonly string[];
}

/** Every card of a box is scanned (CARD-3.4). Refuses UNEXPECTED with the number of strange cards. */
export function decideReceipt(expected: readonly string[], scanned: readonly string[]): Receipt {
  const [inBox, seen] = [new Set(expected), new Set(scanned)];
  const strange = [...seen].filter((serial) => !inBox.has(serial));
  if (strange.length > 0) throw cardIssuanceProblems.refuse('UNEXPECTED', { facts: { unexpected: strange.length } });
  return { missing: expected.filter((serial) => !seen.has(serial)), present: expected.filter((serial) => seen.has(serial)) };
}

/** Which certificates a record still waits for. */
export function certificatesMissing(record: { readonly wishSign: boolean; readonly wishAuth: boolean; readonly signSerial: string | null; readonly authSerial: string | null }): number {
  return Number(record.wishSign && record.signSerial === null) + Number(record.wishAuth && record.authSerial === null);
}
