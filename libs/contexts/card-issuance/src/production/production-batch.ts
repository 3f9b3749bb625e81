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
  readonly version: number;
}

/** Refuses BAD_STATE unless the batch is where the step begins, PRODUCTION_QUARANTINED once a chip-data defect was found (CARD-4.5). */
export function requireBatchState(batch: Batch, expected: BatchState): void {
  if (batch.quarantined) throw cardIssuanceProblems.refuse('PRODUCTION_QUARANTINED');
  if (batch.state !== expected) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: batch.state, expected } });
}

/** The maker must have received exactly what was sent: no partial acceptance (CARD-7). Refuses COUNT_MISMATCH, HASH_MISMATCH. */
export function decideAcknowledgement(batch: Batch, received: { readonly count: number; readonly hash: string }): void {
  requireBatchState(batch, 'SENT');
  if (received.count !== batch.count) throw cardIssuanceProblems.refuse('COUNT_MISMATCH', { facts: { sent: batch.count ?? 0, received: received.count } });
  if (received.hash !== batch.hash) throw cardIssuanceProblems.refuse('HASH_MISMATCH');
}

const CARDS_IN_BOX = 200;

export interface Packed<Item> {
  readonly municipalityCode: string;
  readonly items: readonly Item[];
}

/** Boxes of at most 200 cards of one municipality (CARD-4.4). */
export function packBoxes<Item extends { readonly municipalityCode: string }>(items: readonly Item[]): Packed<Item>[] {
  const boxes: { municipalityCode: string; items: Item[] }[] = [];
  const open = new Map<string, Item[]>();
  for (const item of items) {
    let box = open.get(item.municipalityCode);
    if (box === undefined || box.length === CARDS_IN_BOX) {
      box = [];
      open.set(item.municipalityCode, box);
      boxes.push({ municipalityCode: item.municipalityCode, items: box });
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
