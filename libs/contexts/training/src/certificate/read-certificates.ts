import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { nextOf, pageLimit, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isOwnBody } from '../permitted.js';
import { codeText } from './certificate.js';
import { signedBytes, type CertificateIssuer } from './certificate-issuer.js';
import { certificatePdf } from './certificate-pdf.js';
import type { CertificateStore } from './certificate.store.js';
import { byNumber, certificateView, certificateViewOf } from './certificate-view.js';

const listSpec = useCase({
  action: 'training.certificate.list', kind: 'question', summary: 'Certificates of the people of a body, by number',
  input: z.strictObject({ bodyCode: z.string().regex(/^\d{6}$/), after: z.string().regex(/^\d{18}$/).optional(), limit: pageLimit }),
  output: z.object({ items: z.array(certificateView), next: z.string().optional() }), refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListCertificates implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly certificates: CertificateStore) {}

  async execute(ctx: Ctx, { bodyCode, after = '', limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    if (!isOwnBody(ctx, bodyCode)) throw platformProblems.refuse('OUT_OF_JURISDICTION');
    const items = await this.certificates.ofBody(ctx.db, bodyCode, after, limit);
    ctx.audit({ object: `body:${bodyCode}`, facts: { certificates: items.length } });
    return { items: items.map(certificateViewOf), ...nextOf(items, limit, ({ no }) => no) };
  }
}

const pdfSpec = useCase({ action: 'training.certificate.print', kind: 'question', summary: 'A certificate as PDF with its 2-D code', input: byNumber, output: z.custom<BinaryAnswer>(), refusals: refusals(trainingProblems, 'NOT_IN_STATE', 'UNKNOWN') });

/** TRN-4.9: only one that is in force is printed. */
export class PrintCertificate implements UseCase<typeof pdfSpec> {
  readonly spec = pdfSpec;

  constructor(
    private readonly issuer: CertificateIssuer,
    private readonly issuerName: string,
  ) {}

  async execute(ctx: Ctx, { no }: InputOf<typeof pdfSpec>): Promise<BinaryAnswer> {
    const held = await this.issuer.permitted(ctx, no);
    if (held.state !== 'ISSUED') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
    ctx.audit({ object: `certificate:${no}` });
    const code = codeText({ ...held, payload: signedBytes(held) });
    return { contentType: 'application/pdf', body: await certificatePdf({ ...held, issuer: this.issuerName, code }), headers: { 'content-disposition': `inline; filename="${no}.pdf"` } };
  }
}
