import { route, type ContextParts } from '#platform';
import type { Generations } from '../authority/generations.js';
import type { CrossDesk } from './cross-desk.js';
import { AskRevocation, DecideRevocation, expirySchedule } from './end-cross-certification.js';
import { ConfirmFingerprint, ReceiveRequest, WriteCrossRequest } from './exchange-request.js';
import { IssueCrossCertificate, PublishCrossCertification } from './issue-cross-certificate.js';
import { MapPolicies, ProposeCrossCertification, RenewCrossCertification, ReviseTerms } from './propose-cross-certification.js';
import { DeliverCertificate, ListCrossCertifications, ReadCrossCertification } from './read-cross-certifications.js';

const ONE = '/cross-certifications/:crossId';

/** The bridge and other authorities certify each other (JPKI 3.10). */
export function crossCertificationParts(generations: Generations, desk: CrossDesk): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/authorities/:authorityId/requests', new WriteCrossRequest(generations)),
      route('POST', '/cross-certifications', new ProposeCrossCertification(generations, desk), { status: 201 }),
      route('GET', '/cross-certifications', new ListCrossCertifications(desk.store)),
      route('GET', ONE, new ReadCrossCertification(desk.store)),
      route('PUT', `${ONE}/terms`, new ReviseTerms(generations, desk)),
      route('POST', `${ONE}/policy-mapping`, new MapPolicies(desk)),
      route('POST', `${ONE}/:direction/request`, new ReceiveRequest(generations.authorities, desk)),
      route('POST', `${ONE}/:direction/fingerprint`, new ConfirmFingerprint(desk)),
      route('POST', `${ONE}/:direction/certificate`, new IssueCrossCertificate(generations, desk)),
      route('GET', `${ONE}/:direction/certificate`, new DeliverCertificate(desk.store), { binary: ['application/pkix-cert', 'application/pkcs7-mime'] }),
      route('POST', `${ONE}/publication`, new PublishCrossCertification(generations, desk)),
      route('POST', `${ONE}/renewal`, new RenewCrossCertification(generations, desk), { status: 201 }),
      route('POST', `${ONE}/revocation`, new AskRevocation(desk)),
      route('POST', `${ONE}/revocation/confirmation`, new DecideRevocation(desk, 'CONFIRM')),
      route('POST', `${ONE}/revocation/dismissal`, new DecideRevocation(desk, 'DISMISS')),
    ],
    schedules: [expirySchedule(desk)],
  };
}
