import { z } from 'zod';
import { addMonths, localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { getPersons, isProtected } from '#contracts/juki-net';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { MAILING_STATES, RETURN_REASONS } from './mailing.js';
import type { MailingStore } from './mailing.store.js';
import { ADVICE, adviceOn, findingOf, FINDINGS, letterText } from './return-case.js';
import type { ReturnRetentionStore } from './return-retention.store.js';

const spec = useCase({
  action: 'card-issuance.mailing.return-case',
  kind: 'question',
  summary: 'Why a returned envelope may have come back, by what the register says of its members today, what to do next, and the letter for it',
  input: z.strictObject({ mailingId: z.uuid() }),
  output: z.object({
    mailingId: z.uuid(), state: z.enum(MAILING_STATES), reason: z.enum(RETURN_REASONS).nullable(), returnedOn: z.string(), keptUntil: z.string(),
    members: z.array(z.object({ personKey: z.uuid(), finding: z.enum(FINDINGS), presentMunicipality: z.string().optional() })),
    advice: z.enum(ADVICE), letter: z.string().optional().describe('Japanese, ready to print'),
  }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** CARD-8: returned mail was checked by hand, one by one. */
export class ShowReturnCase implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly mailings: MailingStore,
    private readonly retentions: ReturnRetentionStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { mailingId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const contents = found(await this.mailings.contents(ctx.db, mailingId));
    requireJurisdiction(ctx, contents.municipalityCode);
    const { state, reason, returnedOn, destination, municipalityCode, temporaryAddress } = contents;
    if (returnedOn === null) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state } });
    const personKeys = contents.forms.map((form) => form.personKey);
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'NOTIFICATION' };
    const [{ persons }, { entries }] = await Promise.all([this.peers.call(getPersons, call, { personKeys }), this.peers.call(isProtected, call, { personKeys })]);
    const members = personKeys.map((personKey, index) => {
      const person = persons.find((one) => one.personKey === personKey);
      const finding = findingOf({ municipalityCode, address: destination.address, temporaryAddress }, person, entries[index]?.isProtected === true);
      return { personKey, finding, ...(finding === 'MOVED_AWAY' && person !== undefined ? { presentMunicipality: person.municipalityCode } : {}) };
    });
    ctx.audit({ object: `mailing:${mailingId}`, subjects: personKeys, facts: { findings: members.map(({ finding }) => finding).join(' ') } });
    const told = z.enum(RETURN_REASONS).nullable().parse(reason);
    const advice = adviceOn(members.map(({ finding }) => finding));
    const keptUntil = addMonths(returnedOn, await this.retentions.monthsOf(ctx.db, municipalityCode));
    const letter = localDateInJapan(ctx.now) <= keptUntil ? letterText({ advice, reason: told, keptUntil }) : undefined;
    return { mailingId, state, reason: told, returnedOn, keptUntil, members, advice, ...(letter === undefined ? {} : { letter }) };
  }
}
