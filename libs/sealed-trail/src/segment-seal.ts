import { createHash } from 'node:crypto';
import { PkiError, messageImprintOf, parseTimestampToken, signData, verifySignedData, verifyTimestamp, type CmsSigner, type ParsedCertificate, type TimestampFailure, type TimestampRequest } from '#pki';
import { canonicalJson, platformProblems, type Ctx, type Db } from '#platform';
import type { SealedSegment, SegmentEnd } from './audit-segment.store.js';

/** Who seals: the time-stamp authority, and the trail itself, whose key is not that of an authority (JPKI 4.14). */
export type SealingRole = 'tsa' | 'audit';

/** What the context whose trail it is seals with. */
export interface SealingMeans {
  readonly context: string;
  readonly guard: { isTrusted(): boolean };
  readonly keys: {
    /** The key that seals at present, if there is one. */
    current(db: Db, role: SealingRole, now: Date): Promise<(CmsSigner & { readonly number: number }) | undefined>;
    /** Certificate of a key of any time. */
    certificate(db: Db, role: SealingRole, number: number): Promise<ParsedCertificate | undefined>;
    /** Whether it is of a key of this role, and an authority that is to be believed signed it. */
    isCertified(db: Db, role: SealingRole, certificate: ParsedCertificate): Promise<boolean>;
  };
  readonly timestamps: {
    readonly policy: string;
    stamp(ctx: Ctx, request: TimestampRequest): Promise<{ readonly token: Buffer } | TimestampFailure>;
  };
}

/** A segment as it is sealed, with what ties it to the segment before and to the platform's chain. */
export interface SegmentToSeal {
  readonly before: SegmentEnd;
  readonly end: SegmentEnd;
  readonly linkHash: Buffer;
}

/**
 * Seals segments and verifies their seals: a time-stamp over h_last, then the signature of the audit key over what the segment is and
 * that time-stamp (JPKI 4.14).
 */
export class SegmentSeals {
  constructor(private readonly means: SealingMeans) {}

  /** Whether the clock and both keys are there to seal with. */
  async canSeal({ db, now }: Ctx): Promise<boolean> {
    const { guard, keys } = this.means;
    return guard.isTrusted() && (await keys.current(db, 'tsa', now)) !== undefined && (await keys.current(db, 'audit', now)) !== undefined;
  }

  /** Refuses UNAVAILABLE when they are not. */
  async seal(ctx: Ctx, segment: SegmentToSeal): Promise<SealedSegment> {
    const { keys, timestamps } = this.means;
    const signer = await keys.current(ctx.db, 'audit', ctx.now);
    if (signer === undefined) throw platformProblems.refuse('UNAVAILABLE', { facts: { reason: 'NO_AUDIT_KEY' } });
    const stamped = await timestamps.stamp(ctx, { version: 1, imprint: messageImprintOf('sha256', segment.end.hash), withCertificate: true, extensions: [] });
    if (typeof stamped === 'string') throw platformProblems.refuse('UNAVAILABLE', { facts: { reason: stamped } });
    const seal = await signData(this.statementOf(segment, stamped.token, ctx.now), signer, ctx.now);
    return { ...segment.end, seal, token: stamped.token, auditKey: signer.number, sealedAt: ctx.now };
  }

  /** Whether the audit key signed that the segment is what its record says. */
  async isSealWhole(db: Db, segment: SegmentToSeal, { seal, token, auditKey, sealedAt }: SealedSegment): Promise<boolean> {
    const certificate = await this.means.keys.certificate(db, 'audit', auditKey);
    if (certificate === undefined || !(await this.means.keys.isCertified(db, 'audit', certificate))) return false;
    return valueOf(() => verifySignedData(seal, certificate).content.equals(this.statementOf(segment, token, sealedAt))) === true;
  }

  async isTimestampWhole(db: Db, { hash, token }: SealedSegment): Promise<boolean> {
    const verdict = valueOf(() => verifyTimestamp(parseTimestampToken(token), { imprint: messageImprintOf('sha256', hash), policies: [this.means.timestamps.policy], certificates: [] }));
    return verdict?.valid === true && this.means.keys.isCertified(db, 'tsa', verdict.certificate);
  }

  private statementOf({ before, end, linkHash }: SegmentToSeal, token: Buffer, sealedAt: Date): Buffer {
    return Buffer.from(canonicalJson({
      context: this.means.context, segment: end.segment, firstSeq: end.firstSeq, entries: end.entries, before: before.hash.toString('hex'), hash: end.hash.toString('hex'),
      link: end.lastLink, linkHash: linkHash.toString('hex'), lastLine: end.lineId, sealedAt: sealedAt.toISOString(), timestampSha256: createHash('sha256').update(token).digest('hex'),
    }));
  }
}

/** Undefined for what cannot be read or does not verify. */
function valueOf<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}
