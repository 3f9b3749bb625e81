import { openChipRecord, type ChipRecord } from '#chip';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import type { Db } from '#platform';
import type { ChipKeyStore } from './chip-key.store.js';

/** The record of this card's chip, verified with the key registered at production. Refuses CHIP_KEY_UNKNOWN, CHIP_RECORD_INVALID. */
export async function verifiedRecord(db: Db, chipKeys: ChipKeyStore, cardSerial: string, record: string): Promise<ChipRecord> {
  const spki = await chipKeys.find(db, cardSerial);
  if (spki === undefined) throw cardIssuanceProblems.refuse('CHIP_KEY_UNKNOWN');
  const opened = openChipRecord(Buffer.from(record, 'base64'), spki);
  if (typeof opened === 'string') throw invalid(opened);
  if (opened.cardSerial !== cardSerial) throw invalid('CARD');
  return opened;
}

/** Whether this session activated the chip (CARD-4.7 step 5). Refuses CHIP_RECORD_INVALID. */
export function requireActivation({ state, activated }: ChipRecord, sessionId: string): void {
  if (state !== 'ACTIVATED') throw invalid('STATE');
  if (activated !== sessionId) throw invalid('SESSION');
}

function invalid(reason: string): Error {
  return cardIssuanceProblems.refuse('CHIP_RECORD_INVALID', { facts: { reason } });
}
