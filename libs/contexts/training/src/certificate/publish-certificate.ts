import { createHash } from 'node:crypto';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { CertificateKeys } from './certificate-keys.js';
import { byNumber } from './certificate-view.js';
import type { VerificationDesk } from './verify-certificate.js';

const keysSpec = useCase({
  action: 'training.certificate-key.list', kind: 'question', summary: 'Public keys of certificates (JWK set, RFC 8037), the newest first: with them a code is checked without asking', input: z.strictObject({}),
  output: z.object({ keys: z.array(z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), alg: z.literal('EdDSA'), use: z.literal('sig'), kid: z.string(), x: z.string() })) }), refusals: [],
});

/** TRN-7: keys before the present one stay. */
export class ListCertificateKeys implements UseCase<typeof keysSpec> {
  readonly spec = keysSpec;

  constructor(private readonly keys: CertificateKeys) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof keysSpec>> {
    const keys = await this.keys.all(ctx.db);
    return { keys: keys.map(({ kid, publicKey }) => ({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x: publicKey.toString('base64url') })) };
  }
}

const badgeSpec = useCase({
  action: 'training.certificate.export-badge', kind: 'question', summary: 'A certificate as hosted assertion in the form of Open Badges 2.0', input: byNumber,
  output: z.looseObject({ id: z.string(), type: z.literal('Assertion') }), refusals: [...refusals(trainingProblems, 'UNKNOWN'), ...refusals(platformProblems, 'QUOTA_EXCEEDED')],
});

/** TRN-4.9: the recipient is a salted hash of the holder's reference. One that is not in force says `revoked`. */
export class ExportBadge implements UseCase<typeof badgeSpec> {
  readonly spec = badgeSpec;

  /** `base`: address of this context's API as the outside has it. */
  constructor(
    private readonly desk: VerificationDesk,
    private readonly base: string,
    private readonly issuerName: string,
  ) {}

  async execute(ctx: Ctx, { no }: InputOf<typeof badgeSpec>): Promise<OutputOf<typeof badgeSpec>> {
    const { state, title, holderRef, issuedOn, courseCode, fiscalYear } = await this.desk.find(ctx, no);
    const id = `${this.base}/certificates/${no}/badge`;
    if (state !== 'ISSUED') return { '@context': 'https://w3id.org/openbadges/v2', type: 'Assertion', id, revoked: true, revocationReason: state };
    const identity = `sha256$${createHash('sha256').update(`urn:kiban:training:holder:${holderRef}${no}`).digest('hex')}`;
    return {
      '@context': 'https://w3id.org/openbadges/v2', type: 'Assertion', id,
      recipient: { type: 'url', hashed: true, salt: no, identity },
      badge: {
        type: 'BadgeClass', id: `urn:kiban:training:course:${fiscalYear}:${courseCode}`, name: title, description: title, criteria: { narrative: '研修の修了 / completion of the course' },
        issuer: { type: 'Issuer', id: this.base, name: this.issuerName, url: this.base },
      },
      issuedOn: `${issuedOn}T00:00:00+09:00`,
      verification: { type: 'HostedBadge' },
    };
  }
}
