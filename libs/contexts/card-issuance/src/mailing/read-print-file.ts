import { z } from 'zod';
import { csvLine, localDateInJapan } from '#kernel';
import { getPersons, type PersonView } from '#contracts/juki-net';
import { linkByPersons } from '#contracts/numbering';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type BinaryAnswer, type Ctx, type InputOf, type Peers, type UseCase } from '#platform';
import { delegatedOf } from '../delegation/require-delegated.js';
import type { DelegationStore } from '../delegation/delegation.store.js';
import type { MailingPlanStore } from './mailing-plan.store.js';
import type { MailingStore, Sheet } from './mailing.store.js';

const COLUMNS = [
  'barcode', 'sheet', 'sheets', 'postalCode', 'destination', 'addresseeName', 'applicationId', 'name', 'alias', 'address', 'birthDate', 'sex', 'number', 'issuedOn', 'mailService', 'doNotForward',
] as const;
/** Registered and never forwarded: whoever has moved gets it from the municipality (CARD-4.2). */
const MAIL = ['REGISTERED_MAIL', 'true'] as const;
/** As many as the neighbours tell of at once. */
const PAGE = 1_000;

const spec = useCase({
  action: 'card-issuance.mailing.print-file',
  kind: 'question',
  summary: `What is printed of a lot, a row a sheet (CSV ${COLUMNS.join(',')}): envelopes that are planned, or spoiled and printed again; those of people who may not be told now stay out`,
  input: z.strictObject({ setId: z.uuid(), lotNo: z.coerce.number().int().min(1).max(2_147_483_647) }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(cardIssuanceProblems, 'NOT_DELEGATED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** CARD-4.2, Ordinance 85 of 2014 art. 7: the items of the notification card as the register has them today. The number is asked for and not kept. */
export class ReadPrintFile implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly stores: { readonly mailings: MailingStore; readonly plans: MailingPlanStore; readonly delegations: DelegationStore },
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { setId, lotNo }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const { mailings, plans, delegations } = this.stores;
    const sheets = await mailings.sheetsToPrint(ctx.db, setId, found(await plans.lot(ctx.db, setId, lotNo)));
    const towns = [...new Set(sheets.map((sheet) => sheet.municipalityCode))];
    for (const town of towns) requireJurisdiction(ctx, town);
    const delegated = await delegatedOf(ctx, delegations, towns, 'NOTIFICATION_CARD_PRINT_MAIL');
    const missing = towns.find((town) => !delegated.has(town));
    if (missing !== undefined) throw cardIssuanceProblems.refuse('NOT_DELEGATED', { facts: { municipalityCode: missing } });
    const { persons, numbers } = await this.ask(ctx, setId, [...new Set(sheets.map((sheet) => sheet.personKey))]);
    const isKnown = ({ personKey }: Sheet): boolean => persons.has(personKey) && numbers.has(personKey);
    // An envelope without one of its sheets would be spoiled: it waits whole.
    const left = new Set(sheets.filter((sheet) => !isKnown(sheet)).map((sheet) => sheet.barcode));
    const printed = sheets.filter((sheet) => !left.has(sheet.barcode));
    const issuedOn = localDateInJapan(ctx.now);
    const lines = printed.map((sheet) => {
      const { nameKanji = '', aliasName = '', address = '', birthDate = '', sex = '' } = persons.get(sheet.personKey) ?? {};
      const { postalCode, address: destination, addresseeName } = sheet.destination;
      return csvLine([sheet.barcode, sheet.sheet, sheet.members, postalCode, destination, addresseeName, sheet.applicationId, nameKanji, aliasName, address, birthDate, sex, numbers.get(sheet.personKey) ?? '', issuedOn, ...MAIL]);
    });
    ctx.audit({ object: `mailing-lot:${setId}:${lotNo}`, subjects: printed.map((sheet) => sheet.personKey), facts: { sheets: printed.length, envelopesLeft: left.size } });
    return { contentType: 'text/csv; charset=utf-8', body: Buffer.from(csvLine(COLUMNS) + lines.join('')) };
  }

  private async ask(ctx: Ctx, setId: string, personKeys: readonly string[]): Promise<{ readonly persons: ReadonlyMap<string, Partial<PersonView>>; readonly numbers: ReadonlyMap<string, string> }> {
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'NOTIFICATION' };
    const persons = new Map<string, PersonView>();
    const numbers = new Map<string, string>();
    for (let at = 0; at < personKeys.length; at += PAGE) {
      const asked = personKeys.slice(at, at + PAGE);
      const [people, links] = await Promise.all([this.peers.call(getPersons, call, { personKeys: asked }), this.peers.call(linkByPersons, call, { personKeys: asked, setId })]);
      for (const person of people.persons) persons.set(person.personKey, person);
      for (const { personKey, number } of links.links) numbers.set(personKey, number);
    }
    return { persons, numbers };
  }
}
