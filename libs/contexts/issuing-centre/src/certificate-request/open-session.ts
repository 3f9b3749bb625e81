import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { certificateEvents, issuingCentreProblems } from '#contracts/issuing-centre';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { kioskId, organisation } from '../operator/register-operator.js';
import type { KioskOperatorStore } from '../operator/kiosk-operator.store.js';
import { municipalityCode } from '../municipal-server/register-municipality.js';
import { mayAsk } from '../municipal-server/municipal-server.js';
import type { MunicipalServerStore } from '../municipal-server/municipal-server.store.js';
import { requireOwn } from '../permitted.js';
import type { MaintenanceStore } from '../service-calendar/maintenance.store.js';
import { graceEndOf, isOpen } from '../service-calendar/service-calendar.js';
import { deadlineOf, isSkewed, type RequestState } from './certificate-request.js';
import { NONCE_OCTETS } from './challenge.js';
import type { RequestDesk } from './request-desk.js';

const spec = useCase({
  action: 'issuing-centre.session.open',
  kind: 'command',
  summary: 'Opens a session at a kiosk for certificates of a municipality',
  input: z.strictObject({ operator: organisation, kioskId, municipalityCode, kioskTime: z.iso.datetime({ offset: true }), trayClear: z.boolean().describe('what the sensor of the tray says') }),
  output: z.object({ requestId: z.string(), nonce: z.string().describe('32 octets, hex'), signUntil: z.iso.datetime() }),
  refusals: [
    ...refusals(issuingCentreProblems, 'CLOCK_SKEW', 'JOURNAL_REQUIRED', 'KIOSK_UNKNOWN', 'MUNICIPALITY_DOWN', 'MUNICIPALITY_UNKNOWN', 'OUT_OF_HOURS', 'TRAY_NOT_CLEAR'),
    ...refusals(platformProblems, 'OUT_OF_JURISDICTION'),
  ],
});

/** How a session that the kiosk has forgotten ends when the next one opens. */
const FORGOTTEN: Partial<Readonly<Record<RequestState, RequestState>>> = { OPENED: 'ABANDONED', AUTHENTICATED: 'ABANDONED', GENERATING: 'FAILED', READY: 'EXPIRED', TAKEN: 'CLOSED' };
const OF_THE_JOURNAL: readonly RequestState[] = ['PAID', 'PRINTING', 'PRINT_UNCERTAIN'];

export interface OpenSessionParts {
  readonly desk: RequestDesk;
  readonly operators: KioskOperatorStore;
  readonly servers: MunicipalServerStore;
  readonly maintenances: MaintenanceStore;
}

/** CARD-4.15 step 1, 4.17, 7: the session before has to be accounted for, and its paper gone. */
export class OpenSession implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: OpenSessionParts) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { desk: { requests }, operators } = this.parts;
    requireOwn(ctx, input.operator);
    if (!(await operators.hasKiosk(ctx.db, input.operator, input.kioskId))) throw issuingCentreProblems.refuse('KIOSK_UNKNOWN');
    if (isSkewed(new Date(input.kioskTime), ctx.now)) throw issuingCentreProblems.refuse('CLOCK_SKEW');
    await this.requireService(ctx, input.municipalityCode);
    await this.endFormer(ctx, input);
    const [id, nonce] = [await requests.nextId(ctx.db, ctx.now), randomBytes(NONCE_OCTETS)];
    const deadline = deadlineOf('OPENED', ctx.now, graceEndOf(ctx.now)) ?? ctx.now;
    const added = await requests.add(ctx.db, { id, operator: input.operator, kioskId: input.kioskId, municipalityCode: input.municipalityCode, nonce, deadline }, ctx.now);
    if (!added) throw issuingCentreProblems.refuse('TRAY_NOT_CLEAR');
    ctx.audit({ object: `certificate:${id}`, facts: { kiosk: `${input.operator}:${input.kioskId}`, municipalityCode: input.municipalityCode } });
    ctx.emit(certificateEvents.OPENED, { aggregateId: id, sequence: 1, data: { requestId: id, municipalityCode: input.municipalityCode, operator: input.operator } });
    return { requestId: id, nonce: nonce.toString('hex'), signUntil: deadline.toISOString() };
  }

  private async requireService(ctx: Ctx, code: string): Promise<void> {
    const server = await this.parts.servers.find(ctx.db, code);
    if (server === undefined) throw issuingCentreProblems.refuse('MUNICIPALITY_UNKNOWN');
    const standing = await this.parts.maintenances.standing(ctx.db, ctx.now);
    if (!isOpen(ctx.now, standing.filter((one) => one.municipalityCode === null || one.municipalityCode === code))) throw issuingCentreProblems.refuse('OUT_OF_HOURS');
    if (!mayAsk(server, ctx.now)) throw issuingCentreProblems.refuse('MUNICIPALITY_DOWN');
  }

  private async endFormer(ctx: Ctx, input: InputOf<typeof spec>): Promise<void> {
    if (!input.trayClear) throw issuingCentreProblems.refuse('TRAY_NOT_CLEAR');
    const former = await this.parts.desk.requests.lockAtKiosk(ctx.db, input.operator, input.kioskId);
    if (former === undefined) return;
    if (OF_THE_JOURNAL.includes(former.state)) throw issuingCentreProblems.refuse('JOURNAL_REQUIRED', { facts: { requestId: former.id } });
    const end = FORGOTTEN[former.state];
    if (end === undefined) throw issuingCentreProblems.refuse('TRAY_NOT_CLEAR', { facts: { requestId: former.id } });
    await this.parts.desk.move(ctx, former, end, { reason: 'NEXT_SESSION' });
  }
}
