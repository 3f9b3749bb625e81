import { route, type ContextParts } from '#platform';
import { ErrorReportStore } from '../change-notice/error-report.store.js';
import type { Provision } from '../inquiry/provision.js';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { AskCorrection, ListCorrections } from './ask-correction.js';
import { CorrectionStore } from './correction.store.js';
import { DisclosureStore } from './disclosure.store.js';
import { GiveDisclosure } from './give-disclosure.js';
import { ProvisionReportStore } from './provision-report.store.js';
import { ReceiveDisclosure } from './receive-disclosure.js';
import { ReportProvisions } from './report-provisions.js';
import { DecideDisclosure, GetDisclosure, IdentifyRequester, ListOverdueDisclosures } from './step-disclosure.js';

/** What a person may learn of themselves, and of who received it (JUKI-4.12). */
export function disclosureParts(views: PersonViewStore, { inquiries }: Provision): Partial<ContextParts> {
  const requests = new DisclosureStore();
  const [reports, corrections] = [new ErrorReportStore(), new CorrectionStore()];
  return {
    http: [
      route('POST', '/disclosures', new ReceiveDisclosure(requests, views), { status: 201 }),
      route('GET', '/disclosures/:requestId', new GetDisclosure(requests)),
      route('POST', '/disclosures/:requestId/identification', new IdentifyRequester(requests)),
      route('POST', '/disclosures/:requestId/decision', new DecideDisclosure(requests)),
      route('POST', '/disclosures/:requestId/hand-over', new GiveDisclosure(requests, inquiries)),
      route('POST', '/disclosures/:requestId/corrections', new AskCorrection(requests, reports, corrections), { status: 201 }),
      route('GET', '/disclosures/:requestId/corrections', new ListCorrections(requests, reports, corrections)),
      route('GET', '/overdue-disclosures', new ListOverdueDisclosures(requests)),
      route('GET', '/provision-report', new ReportProvisions(new ProvisionReportStore())),
    ],
  };
}
