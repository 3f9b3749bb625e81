import { deriveKey, route, type ContextParts, type Platform } from '#platform';
import type { FrontProtection } from '../back-side/back-side.parts.js';
import type { Shelf } from '../shelf.js';
import { Authenticate } from './authenticate.js';
import { ContentSeal } from './content-seal.js';
import { CancelSession, CloseByShop, ReportTray } from './end-session.js';
import { overdueRequests } from './end-overdue.js';
import { Generation } from './generation.js';
import { HolderCheck } from './holder-check.js';
import { MunicipalityCall } from './municipality-call.js';
import { OpenSession } from './open-session.js';
import { FetchContent, Pay } from './pay.js';
import { Refund } from './refund.js';
import { ReportJournal, ReportPrinting } from './report-printing.js';
import { RequestDesk } from './request-desk.js';
import { RequestRegistration } from './request-registration.js';
import { SelectCertificate } from './select-certificate.js';
import { ListRequests, ShowRequest } from './show-request.js';

/** From the card on the reader to the paper in the hand (CARD-3.9, 4.15, 4.17). */
export function certificateRequestParts({ masterKey, peers }: Platform, shelf: Shelf, { backSides }: FrontProtection): Partial<ContextParts> {
  const { blocks, links, maintenances, operators, registrations, requests, servers } = shelf;
  const desk = new RequestDesk(requests);
  const seal = new ContentSeal(deriveKey(masterKey, 'certificate-content'));
  const generation = new Generation({ desk, servers, blocks, municipality: new MunicipalityCall(peers, servers), seal, backSides });
  const select = new SelectCertificate({ desk, servers, blocks, generation });
  return {
    http: [
      route('POST', '/kiosk-sessions', new OpenSession({ desk, operators, servers, maintenances }), { status: 201 }),
      route('GET', '/kiosk-sessions/:requestId', new ShowRequest(requests)),
      route('POST', '/kiosk-sessions/:requestId/authentication', new Authenticate(desk, new HolderCheck({ links, registrations, peers }))),
      route('POST', '/kiosk-sessions/:requestId/domicile-registration', new RequestRegistration(desk, registrations), { status: 201 }),
      route('POST', '/kiosk-sessions/:requestId/selection', select),
      route('POST', '/kiosk-sessions/:requestId/payment', new Pay(desk, blocks)),
      route('POST', '/kiosk-sessions/:requestId/content', new FetchContent(desk, seal)),
      route('POST', '/kiosk-sessions/:requestId/print-report', new ReportPrinting(desk)),
      route('POST', '/kiosk-sessions/:requestId/journal', new ReportJournal(desk)),
      route('POST', '/kiosk-sessions/:requestId/tray', new ReportTray(desk)),
      route('POST', '/kiosk-sessions/:requestId/shop-closure', new CloseByShop(desk)),
      route('POST', '/kiosk-sessions/:requestId/cancellation', new CancelSession(desk)),
      route('POST', '/kiosk-sessions/:requestId/refund', new Refund(desk)),
      route('GET', '/certificate-requests', new ListRequests(requests)),
    ],
    grpc: { 'IssuingCentre.Generate': select },
    schedules: [overdueRequests(desk)],
  };
}
