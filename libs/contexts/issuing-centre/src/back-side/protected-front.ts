/** A certificate whose back was made: hashes and ids. */
export interface ProtectedFront {
  readonly requestId: string;
  readonly municipalityCode: string;
  readonly pdfSha256: Buffer;
  readonly kid: string;
  readonly pageCount: number;
  readonly issuedAt: Date;
  readonly revokedAt: Date | null;
}
