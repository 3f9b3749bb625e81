import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { PkiError, basicConstraintsOf, isCertificateSignedBy, keyUsageOf, parseCertificate, type ParsedCertificate } from '#pki';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { AUTHORITY_ID, isForeignId } from './authority.js';
import { generationView, paperRef, viewOfGeneration } from './authority-view.js';
import { modulusBits } from './certificate-signer.js';
import { namedOfficer, type Generations } from './generations.js';

const MOST_BASE64 = 16_384;

const spec = useCase({
  action: 'bridge-ca.external-authority.register', kind: 'command',
  summary: 'Takes over the self-signed certificate of an external authority, or of its next key; another officer confirms its digest by activation',
  input: z.strictObject({
    authorityId: z.string().regex(AUTHORITY_ID).refine(isForeignId, { params: { code: 'OWN_AUTHORITY' } }), certificate: z.base64().max(MOST_BASE64), letterRef: paperRef,
  }),
  output: generationView,
  refusals: refusals(bridgeCaProblems, 'CERTIFICATE_UNFIT', 'GENERATION_PLANNED', 'OPERATOR_NOT_ASSERTED', 'OTHER_NAME'),
});

/** An authority that others run: what we know of it is its name and its keys (JPKI 3.1). */
export class RegisterExternal implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly generations: Generations) {}

  async execute(ctx: Ctx, { authorityId, certificate: base64, letterRef }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const officer = namedOfficer(ctx);
    const certificate = fitAnchor(Buffer.from(base64, 'base64'), ctx.now);
    const { store } = this.generations;
    await store.register(ctx.db, [{ id: authorityId, kind: 'EXTERNAL', prefecture: null, organisation: 'EXTERNAL', subjectDer: certificate.subjectDer }], { officer, at: ctx.now });
    // Nothing was added when the name belongs to another authority.
    const authority = await store.lock(ctx.db, authorityId);
    if (authority?.subjectDer.equals(certificate.subjectDer) !== true) throw bridgeCaProblems.refuse('OTHER_NAME');
    const generation = (await store.generations(ctx.db, authorityId)).length + 1;
    const added = await store.plan(ctx.db, { authorityId, generation, keyId: null, activateAt: ctx.now, ceremonyRef: letterRef, plannedBy: officer });
    if (!added) throw bridgeCaProblems.refuse('GENERATION_PLANNED');
    const planned = await this.generations.generation(ctx, authorityId, generation);
    const { der, serial, notBefore, notAfter } = certificate;
    return viewOfGeneration(await this.generations.move(ctx, { ...planned, certificate: der, serial: serial.toString(), notBefore, notAfter }, 'KEY_GENERATED'));
  }
}

/** A certificate of an authority, signed by its own RSA key of at least 2048 bits, in force. Refuses CERTIFICATE_UNFIT. */
function fitAnchor(der: Buffer, now: Date): ParsedCertificate {
  try {
    const certificate = parseCertificate(der);
    const isRoot = certificate.issuerDer.equals(certificate.subjectDer) && certificate.serial > 0n && isCertificateSignedBy(certificate, certificate.spki);
    const isAuthority = basicConstraintsOf(certificate)?.ca === true && keyUsageOf(certificate)?.includes('keyCertSign') === true;
    const isStrong = modulusBits(certificate.spki) >= 2048;
    if (isRoot && isAuthority && isStrong && certificate.notBefore <= now && now <= certificate.notAfter) return certificate;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
  }
  throw bridgeCaProblems.refuse('CERTIFICATE_UNFIT');
}
