import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listAccess, statementIssued, verifierChanged } from '#contracts/jpki-verifier';
import { connectStreams, parseCloudEvent, Peers, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { FormerHome } from '../jpki-ca.fixture.js';
import { jpkiVerifierModule } from '../jpki-verifier.module.js';

const API = '/api/jpki-verifier/v1';
const officer = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
const [first, second] = [officer('officer-1'), officer('officer-2')];
const window: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const verifierOf = (organisation: string): Actor => ({ clientId: `verifier-${organisation}`, kind: 'signature-verifier', organisation });
const view = z.object({ verifierId: z.string(), state: z.string(), isChecked: z.boolean().optional(), reason: z.string().nullish() });

const FORMER = { bank: '01950000-0000-7000-8000-000000000001', guild: '01950000-0000-7000-8000-000000000002' };
/** A row as jpki-ca wrote it, with what hangs on it. */
const record = (id: string, organisation: string, more: object): string => JSON.stringify({
  id, organisation, class: 'PRIVATE', state: 'PRODUCTION', hearing_ref: '聴取第1号', disclosure_ref: null, test_ref: null, client_certificate: 'ab'.repeat(32), certification_no: '認定第7号',
  certification_expiry: '2017-03-31', renewal_no: null, renewal_expiry: null, purposes: ['SIGN', 'AUTH'], modes: ['OCSP'], network: 'LGWAN', checked_by: null,
  granted_at: '2015-12-01T00:00:00+00:00', reason: null, told: 2, opened_at: '2015-11-01T00:00:00+00:00', changed_at: '2015-12-01T00:00:00+00:00',
  provided_at: '2015-12-01T00:00:00+00:00', provided_by: 'operator-1', confirmers: [], statements: [], lines: [], ...more,
});

const home = new FormerHome();
const told: CloudEvent[] = [];
let estate: TestEstate;
let listener: Awaited<ReturnType<typeof connectStreams>>;

beforeAll(async () => {
  const contacts = JSON.stringify([{ desk: '監視室', phone: '03-0000-0000', mail: 'noc@example.jp' }]);
  const of = { organisation: 'old-bank', month: '2015-12' };
  const [statement, line] = [{ ...of, definitive: 7, amount_yen: 140, issued_at: '2016-01-01T00:00:00+00:00' }, { ...of, purpose: 'SIGN', mode: 'OCSP', definitive: 7, free: 1, amount_yen: 140 }];
  home.former = [
    { verifierId: FORMER.bank, contacts, record: record(FORMER.bank, 'old-bank', { statements: [statement], lines: [line] }) },
    {
      verifierId: FORMER.guild,
      record: record(FORMER.guild, 'old-guild', {
        class: 'PROFESSIONAL_GROUP', state: 'SUSPENDED', reason: 'BREACH', confirmers: [{ organisation: 'old-office', verifier_id: FORMER.guild, added_at: '2016-01-01T00:00:00+00:00', added_by: 'x' }],
      }),
    },
  ];
  home.pages = 1;
  estate = await startEstate([home.module(), jpkiVerifierModule], { at: new Date('2016-02-10T01:00:00Z') });
  listener = await connectStreams(estate.natsUrl, 'listener');
  for (const subject of ['kiban.jpki-verifier.>', 'kiban-restricted.jpki-verifier.>']) listener.connection.subscribe(subject, { callback: (_error, message) => void told.push(parseCloudEvent(message.string())) });
  await listener.connection.flush();
});

afterAll(async () => {
  await listener?.connection.close();
  await estate?.stop();
  home.close();
});

const post = (path: string, body: unknown, as: Actor): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body });
const get = (path: string, as: Actor): Promise<Answer> => estate.request('GET', `${API}${path}`, { as });
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json).code ?? ''}`.trim();
const step = (id: string, name: string, as: Actor, body: unknown = {}): Promise<Answer> => post(`/verifiers/${id}/steps/${name}`, body, as);
const stateOf = (answer: Answer): string => view.parse(answer.json).state;
const changesOf = (id: string): CloudEvent[] => told.filter(({ type, subject }) => type === verifierChanged.type && subject === id);

const PAPERS = { disclosure: { hearingRef: '聴取第1号', disclosureRef: '開示第1号' }, test: { testRef: '試験第1号', clientCertificate: 'ab'.repeat(32) } };
const agreement = (more: object = {}): object => ({
  purposes: ['SIGN'], modes: ['OCSP'], network: 'PRIVATE_LINE', clientCertificate: 'cd'.repeat(32),
  contacts: [{ desk: '監視室', phone: '03-0000-0000', mail: 'noc@example.jp' }], ...more,
});

async function testing(organisation: string, of: string): Promise<string> {
  const { verifierId } = view.parse((await post('/verifiers', { organisation, class: of }, first)).json);
  await step(verifierId, 'disclosure', first, PAPERS.disclosure);
  expect(stateOf(await step(verifierId, 'test-access', first, PAPERS.test))).toBe('TEST_ACCESS');
  return verifierId;
}

async function granted(verifierId: string): Promise<void> {
  expect(codeOf(await step(verifierId, 'check', first))).toBe('200');
  expect(stateOf(await step(verifierId, 'production', second))).toBe('PRODUCTION');
}

async function producing(organisation: string, of: string, more: object = {}): Promise<string> {
  const verifierId = await testing(organisation, of);
  if (of === 'PRIVATE') await step(verifierId, 'certification', verifierOf(organisation), { certificationNo: '認定第7号', certificationExpiry: '2017-03-31' });
  expect(stateOf(await step(verifierId, 'notification', verifierOf(organisation), agreement(more)))).toBe('NOTIFIED');
  await granted(verifierId);
  return verifierId;
}

/** As jpki-ca asks. */
async function access(organisation: string) {
  const peers = new Peers(estate.config, { token: () => estate.token({ clientId: `svc-${organisation}`, kind: 'service', organisation }) });
  return peers.call(listAccess, { correlationId: `test-${randomUUID()}` }, {}).finally(() => peers.close());
}

describe('what jpki-ca kept before', () => {
  it('is taken over page by page, whoever is killed or away, and nothing is answered before all of it is here', async () => {
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM jpki_verifier.verifier')).length === 1);
    await estate.restart();
    for (const answer of [await post('/verifiers', { organisation: 'old-guild', class: 'COURT' }, first), await get('/verifiers', first)]) expect(codeOf(answer)).toBe('503 UNAVAILABLE');
    await expect(access('jpki-ca')).rejects.toThrow('UNAVAILABLE');
    home.pages = Number.POSITIVE_INFINITY;
    await estate.eventually(async () => (await get('/verifiers', first)).status === 200);
    expect(codeOf(await post('/verifiers', { organisation: 'old-guild', class: 'COURT' }, first))).toBe('409 VERIFIER_ON_FILE');
    expect((await get(`/verifiers/${FORMER.bank}`, verifierOf('old-bank'))).json).toMatchObject({
      state: 'PRODUCTION', certificationNo: '認定第7号', certificationExpiry: '2017-03-31', contacts: [{ mail: 'noc@example.jp' }], hearingRef: '聴取第1号', grantedAt: '2015-12-01T00:00:00.000Z',
    });
    expect((await get(`/verifiers/${FORMER.bank}/grants`, first)).json).toMatchObject({ grants: [{ ca: 'sign', modes: ['OCSP'], grantedBy: 'operator-1' }, { ca: 'auth' }] });
    expect((await get(`/verifiers/${FORMER.bank}/statements/2015-12`, first)).bytes.toString()).toContain('old-bank,2015-12,SIGN,OCSP,7,1,140\r\n');
    expect(await access('jpki-ca')).toMatchObject({
      verifiers: [{ verifierId: FORMER.bank, version: 1, told: 2, state: 'PRODUCTION' }, { confirmers: ['old-office'], state: 'SUSPENDED', reason: 'BREACH', modes: ['OCSP'] }],
    });
    await expect(access('card-issuance')).rejects.toThrow('ACTION_NOT_PERMITTED');
    const stored = await estate.sql<{ contacts: Buffer }>('SELECT contacts FROM jpki_verifier.verifier WHERE id = $1', FORMER.bank);
    expect(stored[0]?.contacts.includes(Buffer.from('example.jp'))).toBe(false);
    // The month after the last one that was stated comes next, though a later one is over.
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_verifier.job WHERE kind = 'issue-statements' AND parameters->>'month' = '2016-01'")).length === 1);
    expect(stateOf(await step(FORMER.bank, 'suspension', first, { reason: 'BREACH' }))).toBe('SUSPENDED');
    await estate.eventually(async () => changesOf(FORMER.bank).length === 1);
    expect(changesOf(FORMER.bank)[0]).toMatchObject({ sequence: '2', data: { state: 'SUSPENDED', told: 3 } });
  });
});

describe('life of a verifier (JPKI-3.11)', () => {
  it('from the inquiry to the end: who may do what, the check of two officers, and what neighbours are told', async () => {
    const bank = verifierOf('bank');
    expect(codeOf(await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, window))).toBe('403 ACTION_NOT_PERMITTED');
    const { verifierId: id } = view.parse((await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, bank)).json);
    expect(codeOf(await post('/verifiers', { organisation: 'bank', class: 'COURT' }, first))).toBe('409 VERIFIER_ON_FILE');
    expect(codeOf(await step(id, 'test-access', first, PAPERS.test))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await step(id, 'disclosure', bank, PAPERS.disclosure))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await step(id, 'disclosure', first, { ...PAPERS.disclosure, hearingRef: 'a\0b' }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await step(id, 'disclosure', first, PAPERS.disclosure))).toBe('200');
    expect(codeOf(await step(id, 'test-access', first, PAPERS.test))).toBe('200');
    expect(codeOf(await step(id, 'notification', bank, agreement()))).toBe('409 CERTIFICATION_MISSING');
    expect(codeOf(await step(id, 'certification', bank, { certificationNo: '認定第7号', certificationExpiry: '2016-02-09' }))).toBe('409 CERTIFICATION_ENDED');
    expect(codeOf(await step(id, 'certification', first, { certificationNo: '認定第7号', certificationExpiry: '2017-03-31' }))).toBe('403 ACTION_NOT_PERMITTED');
    expect(stateOf(await step(id, 'certification', bank, { certificationNo: '認定第7号', certificationExpiry: '2017-03-31' }))).toBe('CERTIFIED');
    const nul = { contacts: [{ desk: 'a\u0000', phone: '03-0000-0000', mail: 'noc@example.jp' }] };
    for (const bad of [{ purposes: [] }, { purposes: ['SIGN', 'SIGN'] }, { network: 'INTERNET' }, { contacts: [] }, nul]) {
      expect(codeOf(await step(id, 'notification', bank, agreement(bad)))).toBe('400 INVALID_INPUT');
    }
    expect(codeOf(await step(id, 'notification', verifierOf('shop'), agreement()))).toBe('403 OUT_OF_JURISDICTION');
    expect(stateOf(await step(id, 'notification', bank, agreement()))).toBe('NOTIFIED');
    expect(codeOf(await step(id, 'production', second))).toBe('409 NOTIFICATION_UNCHECKED');
    const { operator: _name, ...unnamed } = second;
    expect(codeOf(await step(id, 'check', unnamed))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(stateOf(await step(id, 'return', first, { reason: 'INCOMPLETE' }))).toBe('RETURNED');
    expect(stateOf(await step(id, 'notification', bank, agreement()))).toBe('NOTIFIED');
    expect(view.parse((await step(id, 'check', first)).json)).toMatchObject({ state: 'NOTIFIED', isChecked: true, reason: null });
    expect(codeOf(await step(id, 'production', first))).toBe('409 SAME_OFFICER');
    expect(codeOf(await step(id, 'production', unnamed))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect((await get(`/verifiers/${id}/grants`, bank)).json).toEqual({ grants: [] });
    expect(stateOf(await step(id, 'production', second))).toBe('PRODUCTION');
    expect((await get(`/verifiers/${id}/grants`, bank)).json).toMatchObject({ grants: [{ ca: 'sign', modes: ['OCSP'], grantedBy: 'operator-1' }] });

    expect(stateOf(await step(id, 'suspension', first, { reason: 'BREACH' }))).toBe('SUSPENDED');
    expect((await get(`/verifiers/${id}/grants`, bank)).json).toEqual({ grants: [] });
    expect(codeOf(await step(id, 'production', second))).toBe('409 NOTIFICATION_UNCHECKED');
    await granted(id);
    expect(codeOf(await step(id, 'end', verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(stateOf(await step(id, 'end', bank))).toBe('ENDED');
    expect(codeOf(await step(id, 'check', first))).toBe('409 NOT_IN_STATE');
    await estate.eventually(async () => changesOf(id).length === 12);
    const steps = changesOf(id).map(({ sequence, data }) => `${sequence} ${verifierChanged.data.parse(data).state} ${verifierChanged.data.parse(data).told}`);
    expect(steps).toEqual([
      '1 SPEC_DISCLOSED 0', '2 TEST_ACCESS 1', '3 CERTIFIED 1', '4 NOTIFIED 1', '5 RETURNED 1', '6 NOTIFIED 1', '7 NOTIFIED 1', '8 PRODUCTION 2', '9 SUSPENDED 3', '10 SUSPENDED 3',
      '11 PRODUCTION 4', '12 ENDED 5',
    ]);
    expect(changesOf(id)[8]?.data).toMatchObject({ organisation: 'bank', class: 'PRIVATE', purposes: ['SIGN'], modes: ['OCSP'], reason: 'BREACH', grantedAt: expect.any(String) });
    expect(stateOf(await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, bank))).toBe('INQUIRY');
    expect((await estate.sql("SELECT entry FROM jpki_verifier.audit_line WHERE entry LIKE '%OUT_OF_JURISDICTION%' AND entry LIKE '%verifier-shop%'")).length).toBe(3);
  });

  it('shows an organisation its own alone, and its contacts in no other place', async () => {
    const guild = await testing('guild-x', 'PROFESSIONAL_GROUP');
    expect(codeOf(await step(guild, 'notification', verifierOf('guild-x'), agreement({ purposes: ['SIGN', 'AUTH'] })))).toBe('422 PURPOSE_NOT_OPEN');
    const id = await producing('court', 'COURT', { purposes: ['SIGN', 'AUTH'], modes: ['CRL', 'OCSP'] });
    expect((await get(`/verifiers/${id}`, verifierOf('court'))).json).toMatchObject({ contacts: [{ desk: '監視室' }], confirmers: [], certificationNo: null });
    expect(codeOf(await get(`/verifiers/${id}`, verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await get(`/verifiers/${randomUUID()}`, first))).toBe('404 NOT_FOUND');
    const listed = z.object({ items: z.array(z.object({ organisation: z.string() })), next: z.string().optional() });
    expect(listed.parse((await get('/verifiers', verifierOf('court'))).json).items).toMatchObject([{ organisation: 'court' }]);
    const page = listed.parse((await get('/verifiers?limit=1', first)).json);
    expect(listed.parse((await get(`/verifiers?limit=1&before=${page.next}`, first)).json).items.length).toBeGreaterThan(0);
    expect(await estate.sql("SELECT 1 FROM jpki_verifier.audit_line WHERE entry LIKE '%example.jp%'")).toEqual([]);
    expect(JSON.stringify(told)).not.toContain('example.jp');
  });

  it('a professional group names its members, each of one group, and neighbours are told', async () => {
    const group = await producing('lawyers', 'PROFESSIONAL_GROUP');
    const other = await producing('notaries', 'PROFESSIONAL_GROUP');
    const court = z.object({ items: z.array(z.object({ verifierId: z.string() })) }).parse((await get('/verifiers', verifierOf('court'))).json).items[0]?.verifierId;
    const add = (id: string | undefined, as: string): Promise<Answer> => post(`/verifiers/${id}/confirmers`, { organisation: 'office-1' }, verifierOf(as));
    expect(codeOf(await add(other, 'lawyers'))).toBe('403 OUT_OF_JURISDICTION');
    expect((await add(group, 'lawyers')).json).toEqual({ confirmers: ['office-1'] });
    expect(codeOf(await add(other, 'notaries'))).toBe('409 CONFIRMER_ELSEWHERE');
    expect(codeOf(await add(court, 'court'))).toBe('409 NOT_A_GROUP');
    const remove = (): Promise<Answer> => estate.request('DELETE', `${API}/verifiers/${group}/confirmers/office-1`, { as: verifierOf('lawyers') });
    expect((await remove()).json).toEqual({ confirmers: [] });
    expect(codeOf(await remove())).toBe('404 NOT_FOUND');
    await add(group, 'lawyers');
    await step(group, 'end', verifierOf('lawyers'));
    expect((await add(other, 'notaries')).json).toEqual({ confirmers: ['office-1'] });
    await estate.eventually(async () => changesOf(group).length === 9 && changesOf(other).length === 6);
    expect(changesOf(group).map(({ data }) => verifierChanged.data.parse(data).confirmers.length)).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 0]);
  });
});

describe('statements (JPKI-3.11, 4.13)', () => {
  it('are made of what was counted elsewhere, once, when it is counted, whatever is killed', async () => {
    const payer = verifierOf('payer');
    const id = await producing('payer', 'PRIVATE', { purposes: ['SIGN', 'AUTH'], modes: ['OCSP', 'CRL'] });
    const none = { complete: true, days: [] };
    for (const organisation of ['bank', 'court', 'lawyers', 'notaries', 'old-bank', 'old-guild']) for (const month of ['2016-01', '2016-02']) home.uses.set(`${organisation}:${month}`, none);
    const use = { day: '2016-02-10', mode: 'OCSP' as const };
    const days = [
      { ...use, purpose: 'SIGN' as const, mode: 'CRL' as const, definitive: 0, free: 1 }, { ...use, purpose: 'SIGN' as const, definitive: 1_000, free: 4 },
      { ...use, purpose: 'AUTH' as const, definitive: 50_000, free: 300 }, { ...use, day: '2016-02-09', purpose: 'SIGN' as const, definitive: 9, free: 9 },
    ];
    home.uses.set('court:2016-02', { complete: true, days: [{ ...use, purpose: 'SIGN', definitive: 5, free: 0 }] });
    await estate.sql("CREATE FUNCTION jpki_verifier.fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''killed''; END'");
    await estate.sql('CREATE TRIGGER killed BEFORE INSERT ON jpki_verifier.statement_line FOR EACH ROW EXECUTE FUNCTION jpki_verifier.fail()');
    estate.clock.set(new Date('2016-02-29T18:00:00Z'));
    const job = async () => (await estate.sql<{ state: string; done: number }>("SELECT state, done::int FROM jpki_verifier.job WHERE parameters->>'month' = '2016-02'"))[0];
    await estate.eventually(async () => (await job())?.done === 1);
    await estate.restart();
    // Past the lease of the process that was killed.
    estate.clock.set(new Date('2016-02-29T18:01:00Z'));
    await estate.sql('DROP TRIGGER killed ON jpki_verifier.statement_line');
    // The payer's month is not counted yet.
    await estate.eventually(async () => (await job())?.done === 6, 90);
    expect(codeOf(await get(`/verifiers/${id}/statements/2016-02`, payer))).toBe('404 NOT_FOUND');
    home.uses.set('payer:2016-02', { complete: true, days });
    await estate.eventually(async () => (await job())?.state === 'SUCCEEDED', 30);
    const csv = (await get(`/verifiers/${id}/statements/2016-02`, payer)).bytes.toString();
    expect(csv).toBe([
      'verifier,month,purpose,mode,definitive,free,amount_yen', 'payer,2016-02,SIGN,CRL,0,1,0', 'payer,2016-02,SIGN,OCSP,1000,4,20000',
      'payer,2016-02,AUTH,OCSP,50000,300,100000', '',
    ].join('\r\n'));
    expect((await get(`/verifiers/${id}/statements`, first)).json).toMatchObject({ items: [{ month: '2016-02', definitive: 51_000, amountYen: 120_000 }] });
    expect(codeOf(await get(`/verifiers/${id}/statements/2016-02`, verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await get(`/verifiers/${id}/statements/2016-13`, payer))).toBe('400 INVALID_INPUT');
    // Public bodies pay nothing; who was answered nothing has no statement.
    const others = await estate.sql("SELECT organisation, amount_yen::int FROM jpki_verifier.usage_statement WHERE month >= '2016' AND organisation <> 'payer'");
    expect(others).toEqual([{ organisation: 'court', amount_yen: 0 }]);

    home.uses.set('payer:2016-02', { complete: true, days: [{ ...use, purpose: 'SIGN', definitive: 1, free: 0 }] });
    await estate.sql("UPDATE jpki_verifier.job SET state = 'QUEUED', cursor = NULL, done = 0, result = NULL, lease_until = NULL WHERE parameters->>'month' = '2016-02'");
    await estate.eventually(async () => (await job())?.state === 'SUCCEEDED');
    expect((await get(`/verifiers/${id}/statements/2016-02`, payer)).bytes.toString()).toBe(csv);
    await estate.eventually(async () => told.some(({ subject }) => subject === 'payer:2016-02'));
    expect(told.filter(({ type }) => type === statementIssued.type).map(({ subject }) => subject).sort()).toEqual(['court:2016-02', 'payer:2016-02']);
  }, 180_000);
});

describe('the end of a certification (JPKI-3.11)', () => {
  it('suspends the provision and lapses what was not filed, on the day after its last one; a further one takes it up again', async () => {
    const running = await producing('pay-2', 'PRIVATE');
    const unfiled = await testing('pay-3', 'PRIVATE');
    const certification = { certificationNo: '認定第8号', certificationExpiry: '2016-03-31' };
    expect(stateOf(await step(unfiled, 'certification', verifierOf('pay-3'), certification))).toBe('CERTIFIED');
    expect(codeOf(await step(running, 'certification', verifierOf('pay-2'), certification))).toBe('409 CERTIFICATION_ENDED');
    // Nobody prolongs its own access: two officers confirm what was filed.
    const longer = await step(running, 'certification', verifierOf('pay-2'), { certificationNo: '認定第9号', certificationExpiry: '2018-03-31' });
    expect(longer.json).toMatchObject({ state: 'PRODUCTION', certificationExpiry: '2017-03-31', renewalExpiry: '2018-03-31' });
    await granted(running);
    expect((await get(`/verifiers/${running}`, first)).json).toMatchObject({ certificationNo: '認定第9号', certificationExpiry: '2018-03-31', renewalExpiry: null });
    expect(codeOf(await step(running, 'check', first))).toBe('409 NOT_IN_STATE');
    await estate.sql("UPDATE jpki_verifier.verifier SET certification_expiry = '2016-03-31' WHERE id = $1", running);
    const states = async (): Promise<string[]> => [stateOf(await get(`/verifiers/${running}`, first)), stateOf(await get(`/verifiers/${unfiled}`, first))];
    const runOn = (day: string): Promise<unknown> =>
      estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_verifier.cursor WHERE name = 'schedule:verifier-certifications' AND value = $1", day)).length === 1);
    estate.clock.set(new Date('2016-03-31T14:00:00Z'));
    await runOn('2016-03-31');
    expect(await states()).toEqual(['PRODUCTION', 'CERTIFIED']);
    estate.clock.set(new Date('2016-03-31T15:00:01Z'));
    await runOn('2016-04-01');
    expect(await states()).toEqual(['SUSPENDED', 'LAPSED']);
    await estate.eventually(async () => changesOf(running).at(-1)?.sequence === '10');
    expect(changesOf(running).at(-1)?.data).toMatchObject({ state: 'SUSPENDED', reason: 'CERTIFICATION_ENDED' });
    expect(codeOf(await step(running, 'check', first))).toBe('409 CERTIFICATION_ENDED');
    expect(stateOf(await step(running, 'certification', verifierOf('pay-2'), { certificationNo: '認定第9号', certificationExpiry: '2019-03-31' }))).toBe('SUSPENDED');
    await granted(running);
    expect(view.parse((await get(`/verifiers/${running}`, first)).json).reason).toBeNull();
    expect(stateOf(await post('/verifiers', { organisation: 'pay-3', class: 'PRIVATE' }, verifierOf('pay-3')))).toBe('INQUIRY');
  });
});
