import { residentMovedIn, residentMovedOut } from '#contracts/juki-net';
import { route, type ContextParts } from '#platform';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { ApplySupportMeasure } from './apply-support-measure.js';
import { CheckProtection, IsProtected, ListEndingMeasures } from './check-protection.js';
import { endSupportMeasures, leaveOutOthers, onResidentArrived, onResidentLeft } from './follow-moves.js';
import { RegisterSupportMeasure } from './register-support-measure.js';
import { ConsultOffice, DecideSupportMeasure, GetSupportMeasure, NoteOpinion, RenewSupportMeasure, SupportSteps, WithdrawSupportMeasure } from './step-support-measure.js';
import { SupportMeasureStore } from './support-measure.store.js';

/** Support measures (支援措置, JUKI-3.8). */
export function protectionParts(views: PersonViewStore): Partial<ContextParts> {
  const measures = new SupportMeasureStore();
  const steps = new SupportSteps(measures);
  return {
    http: [
      route('POST', '/support-measures', new RegisterSupportMeasure(measures, views), { status: 201 }),
      route('POST', '/support-applications', new ApplySupportMeasure(measures, views), { status: 201 }),
      route('GET', '/support-measures/:measureId', new GetSupportMeasure(measures)),
      route('POST', '/support-measures/:measureId/consultation', new ConsultOffice(steps)),
      route('POST', '/support-measures/:measureId/opinion', new NoteOpinion(steps)),
      route('POST', '/support-measures/:measureId/decision', new DecideSupportMeasure(steps)),
      route('POST', '/support-measures/:measureId/renewal', new RenewSupportMeasure(steps)),
      route('POST', '/support-measures/:measureId/withdrawal', new WithdrawSupportMeasure(steps)),
      route('GET', '/ending-support-measures', new ListEndingMeasures(measures)),
      route('POST', '/protection-checks', new CheckProtection(measures, views)),
    ],
    grpc: { 'JukiRegister.IsProtected': new IsProtected(measures) },
    subscriptions: [
      { name: 'support-moves-out', from: 'juki-net', filter: 'kiban.juki-net.resident.moved-out.>', together: leaveOutOthers(measures, residentMovedOut), handlers: [onResidentLeft(measures)] },
      { name: 'support-moves-in', from: 'juki-net', filter: 'kiban.juki-net.resident.moved-in.>', together: leaveOutOthers(measures, residentMovedIn), handlers: [onResidentArrived(measures)] },
    ],
    schedules: [endSupportMeasures(measures)],
  };
}
