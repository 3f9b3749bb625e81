import { activateCertificates, jpkiCaProblems } from '#contracts/jpki-ca';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { cardCertificates } from './card-certificates.js';
import type { CertificateRow, CertificateStore } from './certificate.store.js';
import type { StatusChanges } from './status-changes.js';

const spec = useCase({
  action: 'jpki-ca.card-certificate.activate',
  kind: 'process',
  summary: 'Brings the wished certificates of a card into force and revokes the others; when none is wished, also those in force',
  input: activateCertificates.input,
  output: activateCertificates.output,
  refusals: refusals(jpkiCaProblems, 'PERSON_MISMATCH'),
});

/**
 * The hand-over of a card (JPKI 3.4, CARD 4.7): only what production stored and still waits is changed, so that a repetition changes nothing. What became
 * ineffective in the meantime stays so; the answer says it. When none is wished the hand-over was undone: what it brought into force is revoked.
 */
export class ActivateCertificates implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly changes: StatusChanges,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const rows = await ctx.transaction(async (tx) => {
      await this.certificates.lockPersons(tx.db, [input.personKey]);
      await this.activate(tx, input);
      tx.audit({ object: `card:${input.cardSerial}`, subjects: [input.personKey] });
      return this.certificates.ofCard(tx.db, input.cardSerial);
    });
    return { certificates: await cardCertificates(ctx, this.certificates, rows) };
  }

  private async activate(ctx: Ctx, { cardSerial, personKey, wishSign, wishAuth }: InputOf<typeof spec>): Promise<void> {
    const sourceRef = `handover:${cardSerial}`;
    for (const row of await this.certificates.ofCard(ctx.db, cardSerial)) {
      if (row.person_key !== personKey) throw jpkiCaProblems.refuse('PERSON_MISMATCH');
      if (!waitsForHandover(row) && (wishSign || wishAuth)) continue;
      const wished = row.type === 'SIGN_CERT' ? wishSign : wishAuth;
      if (wished) await this.changes.activate(ctx, row, sourceRef);
      else await this.changes.revoke(ctx, row, { cause: 'NOT_WANTED', sourceRef });
    }
  }
}

/** What a window issued waits for its delivery alone: whether it was ever written into the card only the read-back tells. */
function waitsForHandover({ state, channel }: CertificateRow): boolean {
  return state === 'ISSUED_INACTIVE' && channel !== 'WINDOW';
}
