import { route, type ContextParts, type Platform } from '#platform';
import { anyone, anyoneByForm } from '../anyone.js';
import { AGENCY } from '../permitted.js';
import { RenameHolder, RevokeCertificate, RotateCertificateKey } from './change-certificate.js';
import { CertificateIssuer } from './certificate-issuer.js';
import type { CertificateKeys } from './certificate-keys.js';
import { CertificateStore } from './certificate.store.js';
import { issueCompleted, type CompletionSource } from './issue-completed.js';
import { ExportBadge, ListCertificateKeys } from './publish-certificate.js';
import { ListCertificates, PrintCertificate } from './read-certificates.js';
import { AnswerVerificationPage, ShowVerificationPage } from './verification-page.js';
import { CompareHolderName, VerificationDesk, VerifyCertificate } from './verify-certificate.js';

/** Certificates of what was completed (TRN-4.9), issued for what these sources have. */
export function certificateParts({ cipher, clock, config, database }: Platform, keys: CertificateKeys, sources: readonly CompletionSource[]): Partial<ContextParts> {
  const certificates = new CertificateStore(cipher);
  const issuer = new CertificateIssuer(certificates, keys);
  const desk = new VerificationDesk(certificates, issuer);
  const verify = new VerifyCertificate(desk);
  const issuerName = config.environment === 'production' ? AGENCY : `${AGENCY} (試験)`;
  const form = { guest: anyoneByForm, binary: ['text/html'] };
  return {
    http: [
      route('GET', '/certificates', new ListCertificates(certificates)),
      route('GET', '/certificates/:no/sheet', new PrintCertificate(issuer, issuerName), { binary: ['application/pdf'] }),
      route('POST', '/certificates/:no/steps/renaming', new RenameHolder(issuer)),
      route('POST', '/certificates/:no/steps/revocation', new RevokeCertificate(issuer)),
      route('GET', '/certificates/:no/verification', verify, { guest: anyone }),
      route('POST', '/certificates/:no/verification', new CompareHolderName(desk), { guest: anyone }),
      route('GET', '/certificates/:no/badge', new ExportBadge(desk, `${config.publicUrl ?? new URL(config.issuer).origin}/api/training/v1`, issuerName), { guest: anyone }),
      route('GET', '/certificate-verification', new ShowVerificationPage(), form),
      route('POST', '/certificate-verification', new AnswerVerificationPage(desk), { ...form, upload: ['application/x-www-form-urlencoded'] }),
      route('GET', '/certificate-keys', new ListCertificateKeys(keys), { guest: anyone }),
      route('POST', '/certificate-keys', new RotateCertificateKey(keys), { status: 201 }),
    ],
    grpc: { 'Certificates.Verify': verify },
    schedules: [issueCompleted(issuer, sources)],
    prepare: () => keys.prepare(database, clock.now()),
  };
}
