import { applicationApproved, applicationInvalidated, applicationReceived } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import type { ApplicationState } from './application.js';
import type { Application, ApplicationStore } from './application.store.js';
import type { CarryOverStore } from './carry-over.store.js';
import { drawApplicationId } from './draw-application-id.js';

interface Stores {
  readonly applications: ApplicationStore;
  readonly carryOvers: CarryOverStore;
}

/** An application without its ground ends; where a move took it, its photo may be used again (CARD-4.3, rule of March 2016). */
export async function voidApplication(ctx: Ctx, { applications, carryOvers }: Stores, open: Application, byMove: boolean): Promise<void> {
  const { applicationId, municipalityCode, channel, version, state } = open;
  await applications.moveTo(ctx.db, [applicationId], { state: 'INVALIDATED', codes: open.codes });
  if (byMove) await carryOvers.noteVoided(ctx.db, applicationId, state);
  ctx.emit(applicationInvalidated, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
}

/** Where the new application goes on: what was examined is not examined again, what was ordered waits for production again. */
export function carriedState(voidedFrom: ApplicationState): 'RECEIVED' | 'DEFICIENT' | 'APPROVED' {
  if (voidedFrom === 'APPROVED' || voidedFrom === 'ORDERED') return 'APPROVED';
  return voidedFrom === 'DEFICIENT' ? 'DEFICIENT' : 'RECEIVED';
}

/**
 * At the move-in a new application takes over the photo, the wishes and the place in the queue of the one that the move voided (CARD-3.3, CARD-8):
 * nobody is asked for the same photo twice, nobody begins again at the end of the queue. An application made meanwhile stands.
 */
export async function carryOver(ctx: Ctx, { applications, carryOvers }: Stores, moved: { readonly personKey: string; readonly municipalityCode: string; readonly factVersion: number }): Promise<void> {
  const { personKey, municipalityCode, factVersion } = moved;
  const old = await carryOvers.lockVoided(ctx.db, personKey);
  if (old === undefined || (await applications.lockOpen(ctx.db, personKey)) !== undefined) return;
  const forms = await applications.formsOf(ctx.db, personKey);
  const printSequence = Math.min(99, Math.max(-1, ...forms.map((form) => form.printSequence)) + 1);
  const applicationId = drawApplicationId(municipalityCode, printSequence);
  const state = carriedState(old.state);
  await applications.addForm(ctx.db, { applicationId, personKey, municipalityCode, printSequence }, ctx.now);
  await carryOvers.takeOver(ctx.db, old, { applicationId, municipalityCode, factVersion, state, version: state === 'APPROVED' ? 2 : 1 });
  const data = { applicationId, municipalityCode, channel: old.channel };
  ctx.emit(applicationReceived, { aggregateId: applicationId, sequence: 1, data });
  if (state === 'APPROVED') ctx.emit(applicationApproved, { aggregateId: applicationId, sequence: 2, data });
  ctx.audit({ object: `application:${applicationId}`, subjects: [personKey], facts: { takesOver: old.applicationId } });
}
