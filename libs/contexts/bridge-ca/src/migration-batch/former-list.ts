import { createHash } from 'node:crypto';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { PkiError, crlEntriesOf, isCrlSignedBy, parseCrl, type CrlEntry, type ParsedCertificate, type ParsedCrl } from '#pki';
import type { Db } from '#platform';
import type { RecordStore } from './migrated-record.store.js';
import { serialOctets } from './migration-record.js';

/** A list of a million entries (JPKI-4.18); those of the 47 authorities are far smaller. */
export const MOST_LIST_OCTETS = 40_000_000;

/** Numbers go on after it. */
const HIGHEST_NUMBER = 1_000_000_000n;

/** A list that the former system issued, as it is compared. */
export interface FormerList {
  readonly number: number;
  readonly at: Date;
  readonly sha256: Buffer;
  readonly crl: ParsedCrl;
}

/** Reads a complete list of a prefecture's authority, signed by one of its keys. Refuses LIST_UNFIT. */
export function formerList(der: Buffer, authorities: readonly ParsedCertificate[]): FormerList {
  try {
    const crl = parseCrl(der);
    const { number, baseNumber, issuingDistributionPoint: point } = crl;
    const isWhole = baseNumber === undefined && point?.onlySomeReasons === undefined && point?.indirect !== true && (point?.only ?? 'userCerts') === 'userCerts';
    const isOurs = authorities.some(({ subjectDer, spki }) => subjectDer.equals(crl.issuerDer) && isCrlSignedBy(crl, spki));
    if (!isWhole || !isOurs || number === undefined || number > HIGHEST_NUMBER) throw bridgeCaProblems.refuse('LIST_UNFIT');
    return { number: Number(number), at: crl.thisUpdate, sha256: createHash('sha256').update(der).digest(), crl };
  } catch (error) {
    if (error instanceof PkiError) throw bridgeCaProblems.refuse('LIST_UNFIT');
    throw error;
  }
}

/** Takes its entries down, to be compared with the records of the batch; tells how many. Refuses LIST_UNFIT at an entry that is not well formed. */
export async function takeEntries(db: Db, records: RecordStore, batchId: string, { crl }: FormerList): Promise<number> {
  try {
    return await records.takeFormerList(db, batchId, entriesOf(crl));
  } catch (error) {
    // COPY passes the fault of its source on, or ends with one of its own.
    if (error instanceof PkiError || hasRepeatedEntry(error)) throw bridgeCaProblems.refuse('LIST_UNFIT');
    throw error;
  }
}

function* entriesOf(crl: ParsedCrl): Generator<CrlEntry & { readonly octets: Buffer }> {
  for (const entry of crlEntriesOf(crl)) yield { ...entry, octets: serialOctets(entry.serial) };
}

/** unique_violation */
function hasRepeatedEntry(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
