import { certificateEvents, issuingCentreProblems } from '#contracts/issuing-centre';
import type { EventDefinition } from '#kernel';
import { found, type Ctx } from '#platform';
import { requireOwn } from '../permitted.js';
import { graceEndOf } from '../service-calendar/service-calendar.js';
import { canMove, deadlineOf, isLate, isOver, type RequestState } from './certificate-request.js';
import type { CertificateRequest, CertificateRequestStore } from './certificate-request.store.js';

type RequestEvent = (typeof certificateEvents)[RequestState];
type Told = RequestEvent extends EventDefinition<infer Data> ? Data : never;

/** The steps of a request with their event and audit line, in the caller's transaction. */
export class RequestDesk {
  constructor(readonly requests: CertificateRequestStore) {}

  /** Of the caller's operator, locked until the transaction ends. Refuses NOT_FOUND, OUT_OF_JURISDICTION, TIMED_OUT. */
  async held(ctx: Ctx, id: string): Promise<CertificateRequest> {
    const request = found(await this.requests.lock(ctx.db, id));
    requireOwn(ctx, request.operator);
    if (isLate(request, ctx.now)) throw issuingCentreProblems.refuse('TIMED_OUT', { facts: { state: request.state } });
    return request;
  }

  /** Refuses BAD_STATE. Where nothing of the resident is needed any more, it is erased with the step. */
  async move(ctx: Ctx, held: CertificateRequest, to: RequestState, changes: Partial<CertificateRequest> = {}): Promise<CertificateRequest> {
    if (!canMove(held.state, to)) throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    const erased = isOver(to) ? { residentKey: null, serial: null, cardSerial: null } : {};
    const moved: CertificateRequest = { ...held, ...changes, ...erased, state: to, version: held.version + 1, deadline: deadlineOf(to, ctx.now, graceEndOf(held.openedAt)) };
    await this.requests.save(ctx.db, moved, ctx.now);
    if (isOver(to) || to === 'PRINT_UNCERTAIN') await this.requests.takeContent(ctx.db, held.id);
    this.tell(ctx, moved, certificateEvents[to]);
    ctx.audit({ object: `certificate:${held.id}`, facts: { from: held.state, to, ...(changes.reason == null ? {} : { reason: changes.reason }) } });
    return moved;
  }

  /** `request.version` counts what is told of it. */
  tell(ctx: Ctx, request: CertificateRequest, event: EventDefinition<Told>, copies = request.copies): void {
    const { id: requestId, municipalityCode, operator, type, reason, version } = request;
    ctx.emit(event, {
      aggregateId: requestId, sequence: version,
      data: { requestId, municipalityCode, operator, ...(type === null ? {} : { type }), ...(copies === null ? {} : { copies }), ...(reason === null ? {} : { reason }) },
    });
  }
}
