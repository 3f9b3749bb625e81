import { route, type ContextParts, type Platform } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import { organisationFor } from '../ca/ca.js';
import type { CaStore } from '../ca/ca.store.js';
import { DecideCompromise, ReportCompromise } from '../ca/compromise-generation.js';
import { Generations } from '../ca/generations.js';
import { GetTrustMaterial } from '../ca/get-trust-material.js';
import { generationAlarm, ListGenerations } from '../ca/list-generations.js';
import { PlanReissue } from '../ca/reissue-plan.js';
import { RevokeGeneration } from '../ca/revoke-generation.js';
import { signatureRetention, type CaKeyStore } from '../ca/signature-log.js';
import type { CertificateStore } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import type { Responders } from '../ocsp/responders.js';
import { CeremonyDesk } from './ceremony-desk.js';
import { CeremonySteps } from './ceremony-steps.js';
import { CeremonyStore } from './ceremony.store.js';
import { AbortCeremony, AttendCeremony, CloseCeremony, PerformStep, SignMinutes } from './hold-ceremony.js';
import { ListCeremonies, ReadCeremony, ReadMinutes } from './read-ceremonies.js';
import { ScheduleCeremony } from './schedule-ceremony.js';

export interface CeremonyParts {
  readonly authorities: Authorities;
  readonly caKeys: CaKeyStore;
  readonly cas: CaStore;
  readonly certificates: CertificateStore;
  readonly changes: StatusChanges;
  readonly responders: Responders;
}

/** Key generations of the authorities, and the ceremonies in which they change (JPKI 3.1, 3.2, 4.11). */
export function ceremonyParts({ config }: Platform, { authorities, caKeys, cas, certificates, changes, responders }: CeremonyParts): Partial<ContextParts> {
  const generations = new Generations(cas, responders);
  const desk = new CeremonyDesk(new CeremonyStore());
  const steps = new CeremonySteps({ generations, authorities, keys: caKeys });
  return {
    http: [
      route('GET', '/cas/:caId/generations', new ListGenerations(cas)),
      route('GET', '/cas/:caId/generations/:generation/reissue-plan', new PlanReissue(cas)),
      route('GET', '/cas/:caId/certificates', new GetTrustMaterial(cas), { binary: ['application/pkcs7-mime'] }),
      route('POST', '/cas/:caId/generations/:generation/compromise', new ReportCompromise(generations)),
      route('POST', '/cas/:caId/generations/:generation/compromise/confirmation', new DecideCompromise(generations, 'CONFIRM')),
      route('POST', '/cas/:caId/generations/:generation/compromise/dismissal', new DecideCompromise(generations, 'DISMISS')),
      route('POST', '/key-ceremonies', new ScheduleCeremony(desk, generations, organisationFor(config.environment)), { status: 201 }),
      route('GET', '/key-ceremonies', new ListCeremonies(desk)),
      route('GET', '/key-ceremonies/:ceremonyId', new ReadCeremony(desk)),
      route('POST', '/key-ceremonies/:ceremonyId/attendances', new AttendCeremony(desk)),
      route('POST', '/key-ceremonies/:ceremonyId/steps/:step', new PerformStep(desk, steps)),
      route('GET', '/key-ceremonies/:ceremonyId/minutes', new ReadMinutes(desk), { binary: ['application/json'], tagged: true }),
      route('POST', '/key-ceremonies/:ceremonyId/minutes/signatures', new SignMinutes(desk)),
      route('POST', '/key-ceremonies/:ceremonyId/closing', new CloseCeremony(desk, steps)),
      route('POST', '/key-ceremonies/:ceremonyId/abortion', new AbortCeremony(desk, steps)),
    ],
    jobs: [new RevokeGeneration(certificates, changes)],
    schedules: [generationAlarm(cas), authorities.signatures.schedule(), signatureRetention],
  };
}
