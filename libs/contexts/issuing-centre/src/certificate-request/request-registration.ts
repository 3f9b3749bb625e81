import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { DomicileRegistrationStore } from '../resident-link/domicile-registration.store.js';
import { requestId } from './request-id.js';
import type { RequestDesk } from './request-desk.js';

const written = z.string().normalize('NFC').regex(/^[^\p{Cc}]{1,200}$/u);

const spec = useCase({
  action: 'issuing-centre.domicile-registration.request',
  kind: 'command',
  summary: 'The holder of the card at the kiosk asks to use the family register certificates of the municipality of the domicile',
  input: z.strictObject({ requestId, name: written, domicile: written, head: written.describe('first person of the register (筆頭者)') }),
  output: z.object({ registrationId: z.uuid() }),
  refusals: [...refusals(issuingCentreProblems, 'BAD_STATE', 'TIMED_OUT'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** 本籍地利用登録 (CARD-2): of one authentication certificate. It ends the session: the municipality decides in its own time. */
export class RequestRegistration implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly desk: RequestDesk,
    private readonly registrations: DomicileRegistrationStore,
  ) {}

  async execute(ctx: Ctx, { requestId: id, ...statement }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const held = await this.desk.held(ctx, id);
    const { state, access, serial, cardSerial, municipalityCode } = held;
    if (state !== 'AUTHENTICATED' || access !== 'NONE' || serial === null || cardSerial === null) throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state } });
    const registrationId = await this.registrations.request(ctx.db, { id: uuidv7(), serial, cardSerial, municipalityCode }, statement, ctx.now);
    await this.desk.move(ctx, held, 'ABANDONED', { reason: 'REGISTRATION_ASKED' });
    ctx.audit({ object: `domicile-registration:${registrationId}`, facts: { municipalityCode } });
    return { registrationId };
  }
}
