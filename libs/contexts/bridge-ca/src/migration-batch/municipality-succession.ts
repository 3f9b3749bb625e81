import type { LocalDate } from '#kernel';

/** A code that gave way to another on a day: a merger, a division, a change of status (JPKI-4.12). */
export interface CodeChange {
  readonly oldCode: string;
  readonly newCode: string;
  readonly effectiveDate: LocalDate;
}

export type SuccessionFault = 'MUNICIPALITY_ENDED' | 'MUNICIPALITY_DIVIDED';

/**
 * The code that a municipality of `issuedOn` has on `asOf`. MUNICIPALITY_ENDED: it gave way before the certificate was issued;
 * MUNICIPALITY_DIVIDED: it became several, and which of them is the holder's the code does not tell.
 */
export function presentCode(changes: readonly CodeChange[], code: string, issuedOn: LocalDate, asOf: LocalDate): { readonly code: string } | { readonly fault: SuccessionFault } {
  const moves = changes.filter(({ oldCode, newCode }) => oldCode !== newCode);
  if (hadEnded(moves, code, issuedOn)) return { fault: 'MUNICIPALITY_ENDED' };
  let present = code;
  for (let from = issuedOn; ;) {
    const due = moves.filter(({ oldCode, effectiveDate }) => oldCode === present && effectiveDate > from && effectiveDate <= asOf);
    const [first] = due.map(({ effectiveDate }) => effectiveDate).toSorted();
    if (first === undefined) return { code: present };
    const successors = new Set(due.filter(({ effectiveDate }) => effectiveDate === first).map(({ newCode }) => newCode));
    const [successor] = successors;
    if (successor === undefined || successors.size > 1) return { fault: 'MUNICIPALITY_DIVIDED' };
    present = successor;
    from = first;
  }
}

/** A code may begin again, as that of another municipality. */
function hadEnded(moves: readonly CodeChange[], code: string, on: LocalDate): boolean {
  const last = (field: 'oldCode' | 'newCode'): LocalDate | undefined =>
    moves.filter((move) => move[field] === code && move.effectiveDate <= on).map(({ effectiveDate }) => effectiveDate).toSorted().at(-1);
  const [ended, begun] = [last('oldCode'), last('newCode')];
  return ended !== undefined && (begun === undefined || begun < ended);
}
