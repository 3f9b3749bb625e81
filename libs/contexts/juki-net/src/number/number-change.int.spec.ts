import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOfPersons, residentChanged, resolveCodes, type ResidentFact } from '#contracts/juki-net';
import { linkByPersons, numberChanged, numberDesignated, numberingProto } from '#contracts/numbering';
import { IndividualNumber, ResidentCode, type EventDefinition } from '#kernel';
import { connectStreams, FieldCipher, masterKey, parseCloudEvent, Peers, useCase, type Actor, type ContextModule, type Streams, type UseCase } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const TOWN: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const code = ResidentCode.fromBody('9900000901').reveal();
const [former, present] = [IndividualNumber.fromBody('99000000901').reveal(), IndividualNumber.fromBody('99000000902').reveal()];
const links = new Map<string, { number: string; seq: number }>();

const byPersons: UseCase = {
  spec: useCase({ action: 'numbering.link.by-persons', kind: 'question', summary: '', input: linkByPersons.input, output: linkByPersons.output, refusals: [] }),
  execute: async (_ctx, input) => ({ links: linkByPersons.input.parse(input).personKeys.flatMap((personKey) => ({ personKey, state: 'DESIGNATED', ...(links.get(personKey) ?? { number: '', seq: 0 }) })) }),
};
const numbering: ContextModule = {
  name: 'numbering', title: 'fake', migrations: pathToFileURL(`${mkdtempSync(join(tmpdir(), 'kiban-none-'))}/`), proto: numberingProto, events: [numberDesignated, numberChanged],
  policy: [{ action: 'numbering.link.by-persons', institution: 'service', purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: 'test' }],
  build: () => ({ http: [], grpc: { 'Numbering.LinkByPersons': byPersons }, subscriptions: [], jobs: [], schedules: [] }),
};

let estate: TestEstate;
let asNumbering: Peers;
let streams: Streams;
const told: ResidentFact[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule, numbering], { at: new Date('2016-01-20T01:00:00Z') });
  asNumbering = new Peers(estate.config, { token: () => estate.token({ clientId: 'svc-numbering', kind: 'service', organisation: 'numbering' }) });
  streams = await connectStreams(estate.natsUrl, 'number spec');
  streams.connection.subscribe('kiban.juki-net.resident.changed.>', { callback: (_error, message) => void told.push(residentChanged.data.parse(parseCloudEvent(message.string()).data)) });
  await streams.connection.flush();
});
afterAll(async () => {
  asNumbering.close();
  await streams.connection.close();
  await estate.stop();
});

async function emit<Data>(definition: EventDefinition<Data>, data: Data): Promise<void> {
  const actor: Actor = { clientId: 'spec', kind: 'service', organisation: 'numbering' };
  await estate.running.runners.get('numbering')?.inTransaction('spec.emit', { actor, correlationId: randomUUID() }, async (ctx) => ctx.emit(definition, { aggregateId: randomUUID(), sequence: 1, data }));
}

const byNumber = async (number: string) =>
  estate.sql('SELECT person_key FROM juki_net.individual_number WHERE number_index = $1', new FieldCipher(masterKey(estate.config.keys), 'juki-net').blindIndex('individual-number', number));

describe('a changed number (JUKI-4.3, reasons 43 and 44)', () => {
  it('replaces the former one in the identity information, once, as an event of the person\'s facts', async () => {
    const notice = {
      municipalSeq: 1, residentCode: code, personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '',
      birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '',
    };
    expect((await estate.request('POST', '/api/juki-net/v1/change-notices', { as: TOWN, purpose: 'RESIDENT_REGISTER', body: notice })).status).toBe(202);
    const { entries } = await asNumbering.call(resolveCodes, { correlationId: 'spec', purpose: 'NUMBER_DESIGNATION' }, { residentCodes: [code] });
    const personKey = entries[0]?.personKey ?? '';
    const facts = async () => (await estate.sql('SELECT fact_version, change_reason, number_seq FROM juki_net.person WHERE person_key = $1', personKey))[0];
    const [oldAssignmentId, newAssignmentId] = [randomUUID(), randomUUID()];
    links.set(personKey, { number: former, seq: 1 });
    await emit(numberDesignated, { assignmentId: oldAssignmentId, personKey, municipalityCode: '990019', designatedAt: '2016-01-19T20:00:00.000Z', generation: 1 });
    await estate.eventually(async () => (await byNumber(former)).length === 1);
    links.set(personKey, { number: present, seq: 2 });
    const change = { personKey, oldAssignmentId, newAssignmentId, ground: 'CHANGE_EX_OFFICIO', at: '2016-01-20T00:30:00.000Z' } as const;
    await emit(numberChanged, change);
    await emit(numberChanged, change);
    await estate.eventually(async () => (await byNumber(present)).length === 1);
    expect(await byNumber(former)).toEqual([]);
    await emit(numberChanged, { ...change, ground: 'CHANGE_ON_REQUEST' });
    // All of it is taken in before the next number is there, or an earlier event would find that one.
    await estate.eventually(async () => (await estate.sql("SELECT FROM juki_net.inbox WHERE consumer = 'juki-net-numbers'")).length === 4);
    links.set(personKey, { number: former, seq: 3 });
    await emit(numberChanged, { ...change, ground: 'CHANGE_ON_REQUEST' });
    await estate.eventually(async () => (await byNumber(former)).length === 1);
    expect(await facts()).toEqual({ fact_version: 4, change_reason: '43', number_seq: 3 });
    await estate.eventually(async () => told.length >= 3);
    const fact = { personKey, municipalityCode: '990019', fields: ['individualNumber'] };
    expect(told).toEqual([['42', 2], ['44', 3], ['43', 4]].map(([reason, factVersion]) => ({ ...fact, factVersion, factDate: '2016-01-20', reason })));
    expect(await estate.sql('SELECT FROM juki_net.dead_letter')).toEqual([]);
  });

  it('NUM-3.4 tells numbering the present code, for that affair only', async () => {
    const { entries } = await asNumbering.call(resolveCodes, { correlationId: 'spec', purpose: 'NUMBER_DESIGNATION' }, { residentCodes: [code] });
    const personKeys = [entries[0]?.personKey ?? '', randomUUID()];
    const { codes } = await asNumbering.call(codesOfPersons, { correlationId: 'spec-codes', purpose: 'NUMBER_DESIGNATION' }, { personKeys });
    expect(codes).toEqual([{ personKey: personKeys[0], residentCode: code }]);
    await expect(asNumbering.call(codesOfPersons, { correlationId: 'spec', purpose: 'NOTIFICATION' }, { personKeys })).rejects.toMatchObject({ code: 'PURPOSE_NOT_PERMITTED' });
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%spec-codes%'");
    expect(JSON.parse(line?.entry ?? '')).toMatchObject({ action: 'juki-net.resident-code.of-persons', subjects: [personKeys[0]], purpose: 'NUMBER_DESIGNATION' });
    expect(line?.entry).not.toContain(code);
  });
});
