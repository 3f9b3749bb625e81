/** How far a ledger is: how many numbers it ever drew, and the mark of the last drawing. Says nothing of any number. */
export interface LedgerHead {
  readonly drawn: number;
  readonly mark: string;
}

/** AHEAD: the head kept outside is to follow. BEHIND: the database was restored from before that head, and could draw a number again. */
export type HeadFinding = 'AGREES' | 'AHEAD' | 'BEHIND';

/** Holds the ledger against the head that is kept outside of its database (NUM-7). Equally long with another mark is another past. */
export function compareHeads(own: LedgerHead, kept: LedgerHead | undefined): HeadFinding {
  if (kept === undefined || kept.drawn < own.drawn) return 'AHEAD';
  return kept.drawn === own.drawn && kept.mark === own.mark ? 'AGREES' : 'BEHIND';
}

/**
 * What a list has brought: nothing is missing any more but what two officers say nobody ever had (CAUGHT_UP), the rest must come
 * by another list (INCOMPLETE), or more came than was ever drawn, so that the list is not the ledger's (EXCESS).
 */
export function catchUpFinding(missing: number, neverIssued: number): 'CAUGHT_UP' | 'INCOMPLETE' | 'EXCESS' {
  if (missing < neverIssued) return 'EXCESS';
  return missing === neverIssued ? 'CAUGHT_UP' : 'INCOMPLETE';
}
