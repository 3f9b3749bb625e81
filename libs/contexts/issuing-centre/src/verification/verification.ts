import { parseStatement, type SignedStatement } from '../back-side/front-statement.js';
import type { ProtectedFront } from '../back-side/protected-front.js';

/** CARD-4.16. */
export const VERDICTS = ['MATCH_SHOWN', 'SIGNATURE_INVALID', 'UNREADABLE', 'REVOKED_OR_UNKNOWN'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The one statement of a back; undefined where there is none, or where a picture shows the backs of two. */
export function statementIn(frames: readonly Buffer[]): SignedStatement | undefined {
  const texts = new Set(frames.map((frame) => frame.toString('latin1')).filter((text) => text.startsWith('KBF1.')));
  const [text] = texts;
  return texts.size === 1 && text !== undefined ? parseStatement(text) : undefined;
}

/**
 * What is wrong with a statement before its image is looked at: first whether we know the key, then the signature, then what has become of the
 * certificate. `isSigned` is undefined where the key is none of ours.
 */
export function statementFault(statement: SignedStatement, isSigned: boolean | undefined, front: ProtectedFront | undefined): Exclude<Verdict, 'MATCH_SHOWN' | 'UNREADABLE'> | undefined {
  if (isSigned === undefined) return 'REVOKED_OR_UNKNOWN';
  if (!isSigned) return 'SIGNATURE_INVALID';
  const isKnown = front !== undefined && front.revokedAt === null && front.pdfSha256.equals(statement.pdfSha256) && front.pageCount === statement.pages;
  return isKnown ? undefined : 'REVOKED_OR_UNKNOWN';
}
