import { certificatesOfCard } from '#contracts/jpki-ca';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
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

export class CertificatesOfCard implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly certificates: CertificateStore) {}

  async execute(ctx: Ctx, { cardSerial }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const rows = await this.certificates.ofCard(ctx.db, cardSerial);
    ctx.audit({ object: `card:${cardSerial}`, subjects: [...new Set(rows.map((row) => row.person_key))] });
    return { certificates: await cardCertificates(ctx, this.certificates, rows) };
  }
}
