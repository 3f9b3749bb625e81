import { route, type ContextParts, type Platform } from '#platform';
import type { Register } from '../change-notice/register.js';
import { TransferStore } from '../transfer/transfer.store.js';
import { EffectChange, startChanges } from './effect-change.js';
import { GetChange, ListChanges, PlanChange, StepChange } from './manage-change.js';
import { MunicipalityChangeStore } from './municipality-change.store.js';
import { PassPersons } from './pass-persons.js';
import { PassingStore } from './passing.store.js';

/** Municipalities that merge, divide or take another name (JUKI-5.4). */
export function mergerParts({ cipher }: Platform, register: Register): Partial<ContextParts> {
  const changes = new MunicipalityChangeStore();
  const passing = new PassingStore();
  return {
    http: [
      route('POST', '/municipality-changes', new PlanChange(changes), { status: 201 }),
      route('GET', '/municipality-changes', new ListChanges(changes)),
      route('GET', '/municipality-changes/:changeId', new GetChange(changes)),
      route('POST', '/municipality-changes/:changeId/approval', new StepChange(changes, 'APPROVE')),
      route('POST', '/municipality-changes/:changeId/withdrawal', new StepChange(changes, 'WITHDRAW')),
    ],
    jobs: [new EffectChange({ changes, passing, transfers: new TransferStore(cipher), persons: new PassPersons(register, passing) })],
    schedules: [startChanges(changes)],
  };
}
