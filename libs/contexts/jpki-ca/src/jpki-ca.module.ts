import { join } from 'node:path';
import { jpkiCaEvents, jpkiCaProto } from '#contracts/jpki-ca';
import { FileKeyStore, Pkcs11KeyStore } from '#pki';
import { deriveKey, joinParts, route, TimeServers, type ContextModule, type ContextParts, type GuestDoor, type Platform } from '#platform';
import { WriteOnceFolder } from '#sealed-trail';
import { auditSegmentParts } from './audit-segment/audit-segment.parts.js';
import { Authorities } from './ca/authorities.js';
import { CA_IDS, organisationFor } from './ca/ca.js';
import { CaStore } from './ca/ca.store.js';
import { GetCaCertificate } from './ca/get-ca-certificate.js';
import { ActivateCertificates } from './certificate/activate-certificates.js';
import { ApplyForRevocation } from './certificate/apply-for-revocation.js';
import { AuthCertificateStatus } from './certificate/auth-certificate-status.js';
import { CardFollower } from './certificate/card-follower.js';
import { CertificateDesk } from './certificate/certificate-answer.js';
import { CertificateStore } from './certificate/certificate.store.js';
import { FollowCard, StatesOfCards } from './certificate/states-of-cards.js';
import { CertificatesOfCard } from './certificate/certificates-of-card.js';
import { TellExpiring, expiringDaily } from './certificate/expiring.js';
import { expirySchedule } from './certificate/expiry.js';
import { GetCertificate } from './certificate/get-certificate.js';
import { HoldCertificate } from './certificate/hold-certificate.js';
import { lintIssued } from './certificate/lint-issued.js';
import { ListIssued } from './certificate/list-issued.js';
import { ReleaseCertificate } from './certificate/release-certificate.js';
import { RevokeCertificate } from './certificate/revoke-certificate.js';
import { StatusChanges } from './certificate/status-changes.js';
import { ceremonyParts } from './ceremony/ceremony.parts.js';
import { AnswerCommitteeFigures } from './committee-figures/answer-committee-figures.js';
import { CommitteeFiguresStore } from './committee-figures/committee-figures.store.js';
import { listParts } from './crl/crl.parts.js';
import { arlId, CrlStore } from './crl/crl.store.js';
import { GetArl, GetCrl } from './crl/get-crl.js';
import { crlSchedules, IssueCrls } from './crl/issue-crls.js';
import { listGrowth } from './crl/list-growth.js';
import { listWatch } from './crl/list-watch.js';
import { ListWatchStore } from './crl/list-watch.store.js';
import { RegisterPartition } from './crl/register-partition.js';
import { RequestCrlIssue } from './crl/request-crl-issue.js';
import { AgeWaiverStore } from './issuance/age-waiver.store.js';
import { CertifyProductionBatch } from './issuance/certify-production-batch.js';
import { ConfirmDelivery } from './issuance/confirm-delivery.js';
import { Drafter } from './issuance/drafter.js';
import { IssuanceStore } from './issuance/issuance.store.js';
import { Issuer } from './issuance/issuer.js';
import { ReportUndelivered } from './issuance/report-undelivered.js';
import { RequestCertificate } from './issuance/request-certificate.js';
import { undeliveredSchedule } from './issuance/undelivered.js';
import { WaiveAge } from './issuance/waive-age.js';
import { AccessGrants, GrantAccess } from './ocsp/access-grants.js';
import { AnswerAccess } from './ocsp/answer-access.js';
import { AnswerOcspGet, AnswerOcspPost } from './ocsp/answer-ocsp.js';
import { OcspDesk } from './ocsp/ocsp-desk.js';
import { Responders, responderSchedule } from './ocsp/responders.js';
import { StatusLookup } from './ocsp/status-lookup.js';
import { onCardEvents } from './on/on-card-events.js';
import { onMunicipalityChanged } from './on/on-municipality-changed.js';
import { onProductionBatchReady } from './on/on-production-batch-ready.js';
import { onResidentEvents } from './on/on-resident-events.js';
import { policy } from './policy.js';
import { AnswerProfileFigures } from './profile/answer-profile-figures.js';
import { disclosureParts } from './record-disclosure/record-disclosure.parts.js';
import { PublishedEvidence } from './reconciliation/published-evidence.js';
import { reconciliationParts } from './reconciliation/reconciliation.parts.js';
import { ReconciliationStore } from './reconciliation/reconciliation.store.js';
import { SigningGuard } from './reconciliation/signing-guard.js';
import { StatusCopier } from './reconciliation/status-copier.js';
import { CompareRegister, comparisonSchedule } from './resident-change/compare-register.js';
import { RegisterComparisonStore } from './resident-change/compare-register.store.js';
import { ListQuarantined } from './resident-change/list-quarantined.js';
import { ListUnsettledMovers } from './resident-change/list-unsettled-movers.js';
import { ResidentChangeStore } from './resident-change/resident-change.store.js';
import { ResidentChanges } from './resident-change/resident-changes.js';
import { ResolveNotice } from './resident-change/resolve-notice.js';
import { MoverStore } from './resident-change/unsettled-mover.store.js';
import { sealingOf, timestampParts } from './timestamp/timestamp.parts.js';
import { StatusQueryStore } from './verifier/status-query.store.js';
import { verifierParts } from './verifier/verifier.parts.js';

/** Holders have no access token: what they sign lets them in. */
const holders: GuestDoor = { scheme: {}, takesJson: true, admit: async () => ({ clientId: 'holder', kind: 'guest', organisation: 'holder' }) };

/** 公的個人認証サービス: the agency's two authorities, their certificates and their revocation information. */
export const jpkiCaModule: ContextModule = {
  name: 'jpki-ca',
  title: 'Public personal authentication (JPKI)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: jpkiCaProto,
  events: jpkiCaEvents,
  policy,
  build: (platform) => {
    const parts = assemble(platform);
    const { authorities, cas, certificates, changes, comparisons, copier, crls, desk, evidence, folder, grants, guard, issuances, issuer, ocsp, reconciliations, residentChanges, responders, sealing } = parts;
    const [notices, waivers, watched] = [new ResidentChangeStore(), new AgeWaiverStore(), new ListWatchStore()];
    const own = {
      http: [
        route('GET', '/cas/:caId/certificate', new GetCaCertificate(authorities), { binary: ['application/pkix-cert', 'application/x-pem-file'] }),
        route('GET', '/cas/:caId/arl', new GetArl({ authorities, crls, grants }), { binary: ['application/pkix-crl'], tagged: true }),
        route('POST', '/issuance-requests', new RequestCertificate({ authorities, certificates, issuances, issuer, peers: platform.peers, waivers }), { status: 201 }),
        route('POST', '/age-waivers', new WaiveAge(waivers, certificates)),
        route('POST', '/issuance-requests/:id/delivery', new ConfirmDelivery({ certificates, changes, issuances })),
        route('POST', '/issuance-requests/:id/write-failure', new ReportUndelivered({ certificates, changes, issuances })),
        route('GET', '/certificates/:ca/:serial', new GetCertificate(desk)),
        route('POST', '/certificates/:ca/:serial/revocations', new RevokeCertificate(desk, changes), { status: 201 }),
        route('POST', '/certificates/:ca/:serial/revocation-applications', new ApplyForRevocation(certificates, changes, platform.cipher), { status: 201, guest: holders }),
        route('POST', '/certificates/:ca/:serial/holds', new HoldCertificate(desk, changes), { status: 201 }),
        route('DELETE', '/certificates/:ca/:serial/holds', new ReleaseCertificate(desk, changes)),
        route('GET', '/issued-certificates', new ListIssued(certificates)),
        route('GET', '/unsettled-movers', new ListUnsettledMovers(new MoverStore())),
        route('GET', '/quarantined-notices', new ListQuarantined(notices)),
        route('POST', '/quarantined-notices/resolutions', new ResolveNotice(notices)),
        route('POST', '/crl-partitions', new RegisterPartition(crls), { status: 201 }),
        route('POST', '/crl-partitions/:partitionId/issues', new RequestCrlIssue(crls), { status: 202 }),
        route('GET', '/crl-partitions/:partitionId/current.crl', new GetCrl({ authorities, crls, grants }), { binary: ['application/pkix-crl'], tagged: true }),
        route('POST', '/access-grants', new GrantAccess(grants, platform.config.environment === 'production'), { status: 201 }),
        route('POST', '/ocsp/:ca', new AnswerOcspPost(ocsp), { upload: ['application/ocsp-request'], binary: ['application/ocsp-response'] }),
        route('GET', '/ocsp/:ca/:request', new AnswerOcspGet(ocsp), { binary: ['application/ocsp-response'], tagged: true }),
      ],
      grpc: {
        'JpkiCa.CertificatesOfCard': new CertificatesOfCard(certificates, authorities),
        'JpkiCa.ActivateCertificates': new ActivateCertificates(certificates, changes),
        'JpkiCa.AuthCertificateStatus': new AuthCertificateStatus({ authorities, certificates, guard, links: new StatusQueryStore() }),
        'JpkiCa.StatesOfCards': new StatesOfCards(certificates),
        'JpkiCa.FollowCard': new FollowCard(certificates, new CardFollower(certificates, changes)),
        'JpkiCa.ProfileFigures': new AnswerProfileFigures(authorities.profiles),
        'JpkiCa.ProvisionAccess': new AnswerAccess(grants),
        'JpkiCa.CommitteeFigures': new AnswerCommitteeFigures(new CommitteeFiguresStore()),
      },
      subscriptions: [onResidentEvents(residentChanges), onCardEvents(new CardFollower(certificates, changes)), onMunicipalityChanged(watched), onProductionBatchReady],
      jobs: [
        new CertifyProductionBatch(issuer, platform.peers), new IssueCrls(crls, authorities, evidence),
        new CompareRegister({ store: comparisons, residents: residentChanges, peers: platform.peers }), new TellExpiring(certificates, changes),
      ],
      schedules: [...crlSchedules, listGrowth(crls), listWatch(watched), responderSchedule(responders), undeliveredSchedule({ certificates, changes, issuances }), expirySchedule(certificates, changes), expiringDaily, comparisonSchedule(comparisons), lintIssued(certificates, authorities)],
      prepare: async () => {
        await sealing.timeServers.consult(guard);
        await copier.examine(platform.database.db);
        // Nothing is made by a database that does not know what was made before.
        if (guard.database === 'AGREES') await authorities.prepare();
        if (guard.database === 'AGREES') await responders.prepare();
        for (const ca of CA_IDS) await crls.addPartition(platform.database.db, { id: arlId(ca), ca, kind: 'ARL', municipality_code: null, prefecture_romaji: null, municipality_romaji: null, part: 1 });
      },
    } satisfies Partial<ContextParts>;
    return joinParts(own, ceremonyParts(platform, parts), disclosureParts(platform, desk), listParts({ authorities, crls, grants }), verifierParts(platform, grants, guard), timestampParts(platform, sealing), auditSegmentParts(sealing, folder),
      reconciliationParts({ cas, certificates, changes, copier, crls, evidence, guard, store: reconciliations }));
  },
};

function assemble(platform: Platform) {
  const { config, database, clock, cipher, masterKey } = platform;
  const guard = new SigningGuard(clock, config.timeServers.length > 0);
  const timeServers = new TimeServers(config.timeServers, clock);
  const folder = new WriteOnceFolder(config.auditStore ?? join(config.keys, 'audit-segments'));
  const evidence = new PublishedEvidence(folder.in('published'));
  const reconciliations = new ReconciliationStore();
  const keys = new FileKeyStore(join(config.keys, 'ca'), deriveKey(masterKey, 'pki-kek'));
  const cas = new CaStore(guard);
  const caKeys = config.pkcs11 === undefined ? keys : new Pkcs11KeyStore(config.pkcs11);
  const authorities = new Authorities({ database, clock, guard, keys: caKeys, store: cas, organisation: organisationFor(config.environment), ocspBase: config.ocspUrl });
  const responders = new Responders({ database, clock, keys, cas, authorities });
  const certificates = new CertificateStore(cipher);
  const changes = new StatusChanges(certificates);
  const residents = new ResidentChangeStore();
  const residentChanges = new ResidentChanges({ store: residents, certificates, changes });
  const issuances = new IssuanceStore(cipher);
  const crls = new CrlStore();
  const grants = new AccessGrants();
  const drafter = new Drafter({ authorities, cas, certificates, partitions: crls });
  const issuer = new Issuer({ authorities, drafter, issuances, certificates, changes, residentChanges });
  const ocsp = new OcspDesk({ guard, responders, lookup: new StatusLookup(authorities) });
  return { authorities, caKeys, cas, certificates, changes, comparisons: new RegisterComparisonStore(), copier: new StatusCopier({ store: reconciliations, evidence, guard }), crls, desk: new CertificateDesk(certificates, residents), evidence, folder, grants, guard, issuances, issuer, ocsp, reconciliations, residentChanges, responders, sealing: sealingOf(platform, { authorities, cas, guard, timeServers }) };
}
