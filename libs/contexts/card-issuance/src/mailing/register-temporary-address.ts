import type { Readable } from 'node:stream';
import { z } from 'zod';
import { localDateFault, localDateInJapan, ResidentCode, toLocalDate, type LocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { resolveCodes } from '#contracts/juki-net';
import { officerOf, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { fileReport, takeFile, type FileReader, type Read, type RowError } from '../csv-file.js';
import { written } from './decide-destination.js';
import { arrivalFault, TEMPORARY_GROUNDS } from './temporary-address.js';
import type { TemporaryAddress, TemporaryAddressStore } from './temporary-address.store.js';

const COLUMNS = ['residentCode', 'ground', 'postalCode', 'address', 'addresseeName', 'arrivedOn'] as const;

const form = z.strictObject({
  residentCode: z.string().refine((code) => ResidentCode.fault(code) === undefined, { params: { code: 'CHECK_DIGIT' } }),
  ground: z.enum(TEMPORARY_GROUNDS),
  postalCode: z.string().regex(/^\d{7}$/),
  address: written(200),
  addresseeName: written(100),
  arrivedOn: z.string().refine((day) => localDateFault(day) === undefined, { params: { code: 'DATE' } }),
});
type Form = z.output<typeof form>;
const municipalityCode = z.string().regex(/^\d{6}$/);

const spec = useCase({
  action: 'card-issuance.temporary-address.register',
  kind: 'process',
  summary: 'Registers where the first notification of a person goes who does not live at the registered address; it had to arrive from 24 August to 25 September 2015',
  input: form.extend({ municipalityCode }),
  output: z.object({ personKey: z.uuid() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNAVAILABLE'),
});

const fileSpec = useCase({
  action: 'card-issuance.temporary-address.import',
  kind: 'process',
  summary: `Registers them from a file (CSV ${COLUMNS.join(',')}): good rows count, each bad one is told. Harmless to repeat`,
  input: z.strictObject({ municipalityCode }),
  output: fileReport,
  refusals: [...refusals(cardIssuanceProblems, 'FILE_MALFORMED'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** What both ways in do: the register says whose code it is, and the municipality registers its own residents. */
class Registrations {
  constructor(
    private readonly addresses: TemporaryAddressStore,
    private readonly peers: Peers,
  ) {}

  async take(ctx: Ctx, municipality: string, rows: readonly Read<Form>[]): Promise<{ readonly personKeys: string[]; readonly errors: RowError[] }> {
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'NOTIFICATION' };
    const { entries } = await this.peers.call(resolveCodes, call, { residentCodes: rows.map(({ row }) => row.residentCode) });
    const errors: RowError[] = [];
    const latest = new Map<string, TemporaryAddress>();
    rows.forEach(({ line, row: { ground, postalCode, address, addresseeName, arrivedOn } }, index) => {
      const person = entries[index];
      if (person?.found !== true) return errors.push({ line, column: 'residentCode', code: 'CODE_UNKNOWN' });
      if (person.municipalityCode !== municipality) return errors.push({ line, column: 'residentCode', code: 'CODE_NOT_YOURS' });
      const { personKey } = person;
      const earlier = latest.get(personKey);
      if (earlier === undefined || earlier.arrivedOn <= arrivedOn) latest.set(personKey, { personKey, municipalityCode: municipality, ground, destination: { postalCode, address, addresseeName }, arrivedOn: toLocalDate(arrivedOn) });
      return undefined;
    });
    const registered = [...latest.values()];
    await ctx.transaction(async (own) => {
      await this.addresses.put(own.db, registered, { person: officerOf(own), now: own.now });
      own.audit({ object: 'temporary-addresses', subjects: registered.map((one) => one.personKey), facts: { municipalityCode: municipality, registered: registered.length } });
    });
    return { personKeys: registered.map((one) => one.personKey), errors };
  }
}

/** CARD-4.2: at the counter or by letter, one by one. */
export class RegisterTemporaryAddress implements UseCase<typeof spec> {
  readonly spec = spec;
  private readonly registrations: Registrations;

  constructor(addresses: TemporaryAddressStore, peers: Peers) {
    this.registrations = new Registrations(addresses, peers);
  }

  async execute(ctx: Ctx, { municipalityCode: municipality, ...row }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipality);
    const late = arrivalFault(toLocalDate(row.arrivedOn), localDateInJapan(ctx.now));
    if (late !== undefined) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/arrivedOn', code: late }] });
    const { personKeys: [personKey], errors: [error] } = await this.registrations.take(ctx, municipality, [{ line: 1, row }]);
    if (personKey === undefined) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: `/${error?.column ?? ''}`, code: error?.code ?? '' }] });
    return { personKey };
  }
}

/** CARD-4.2: what a municipality has collected. */
export class ImportTemporaryAddresses implements UseCase<typeof fileSpec> {
  readonly spec = fileSpec;
  private readonly registrations: Registrations;

  constructor(addresses: TemporaryAddressStore, peers: Peers) {
    this.registrations = new Registrations(addresses, peers);
  }

  async execute(ctx: Ctx, { municipalityCode: municipality }: InputOf<typeof fileSpec>, body?: Readable): Promise<OutputOf<typeof fileSpec>> {
    requireJurisdiction(ctx, municipality);
    const take: FileReader<Form>['take'] = async (rows) => ({ errors: (await this.registrations.take(ctx, municipality, rows)).errors, unchanged: 0 });
    return takeFile<Form>(body, { columns: COLUMNS, read: (fields) => readForm(fields, localDateInJapan(ctx.now)), take });
  }
}

function readForm(fields: readonly string[], today: LocalDate): Form | Omit<RowError, 'line'> {
  const read = form.safeParse(Object.fromEntries(COLUMNS.map((column, index) => [column, fields[index]])));
  if (!read.success) return { column: String(read.error.issues[0]?.path[0] ?? ''), code: 'FORMAT' };
  const late = arrivalFault(toLocalDate(read.data.arrivedOn), today);
  return late === undefined ? read.data : { column: 'arrivedOn', code: late };
}
