import { certificatesOfCard } from '#contracts/jpki-ca';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import { cardCertificates } from './card-certificates.js';
import type { CertificateStore } from './certificate.store.js';

const spec = useCase({
  action: 'jpki-ca.card-certificate.read',
  kind: 'question',
  summary: 'The certificates stored on a card',
  input: certificatesOfCard.input,
  output: certificatesOfCard.output,
  refusals: [],
});

/** Each with the certificate of the key that signed it: after a rollover the certificates of one batch, or card, have different ones (JPKI 4.11). */
export class CertificatesOfCard implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly authorities: Authorities,
  ) {}

  async execute(ctx: Ctx, { cardSerial }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const rows = await this.certificates.ofCard(ctx.db, cardSerial);
    ctx.audit({ object: `card:${cardSerial}`, subjects: [...new Set(rows.map((row) => row.person_key))] });
    const issuers = await Promise.all(rows.map(({ ca, generation }) => this.authorities.certificate(ctx.db, ca, generation)));
    return { certificates: (await cardCertificates(ctx, this.certificates, rows)).map((one, index) => ({ ...one, issuer: issuers[index]?.der })) };
  }
}
