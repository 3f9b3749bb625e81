import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { isSameOfficer } from '#kernel';
import { officerOf, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { namedOfficer } from '../ca/named-officer.js';
import { reference } from '../certificate/certificate-answer.js';
import type { CertificateStore } from '../certificate/certificate.store.js';
import type { AgeWaiverStore } from './age-waiver.store.js';

const spec = useCase({
  action: 'jpki-ca.age-waiver.give', kind: 'command',
  summary: 'A named clerk lets a holder under 15 have a signature certificate, for a reason; for a day once another clerk of the municipality has said the same within a day',
  input: z.strictObject({ personKey: z.uuid(), reason: reference }), output: z.object({ state: z.enum(['ASKED', 'GIVEN']) }),
  refusals: refusals(jpkiCaProblems, 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'),
});

/** JPKI-4.6 no. 3: refused in principle; the exception needs a reason and a second clerk. */
export class WaiveAge implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly waivers: AgeWaiverStore,
    private readonly certificates: CertificateStore,
  ) {}

  async execute(ctx: Ctx, { personKey, reason }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    namedOfficer(ctx);
    const [by, place] = [officerOf(ctx), { personKey, municipalityCode: ctx.actor.organisation }];
    await this.certificates.lockPersons(ctx.db, [personKey]);
    const asked = await this.waivers.asked(ctx.db, place, ctx.now);
    if (asked !== undefined && isSameOfficer(asked.askedBy, by)) throw jpkiCaProblems.refuse('SAME_OFFICER');
    if (asked === undefined) await this.waivers.ask(ctx.db, place, { reason, by, at: ctx.now });
    else await this.waivers.give(ctx.db, asked.id, by, ctx.now);
    const state = asked === undefined ? 'ASKED' : 'GIVEN';
    ctx.audit({ object: 'age-waiver', subjects: [personKey], facts: { to: state, reason } });
    return { state };
  }
}
