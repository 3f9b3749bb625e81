import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bindingInPdf, bindingMessage, CONVENIENCE_ISSUANCE, renderCertificate } from '#contracts/municipal-issuer';
import { Refusal } from '#kernel';
import { Peers, type Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { municipalIssuerModule } from '../municipal-issuer.module.js';
import { familyRegister, resident, sealImage, sealRegistration, taxation } from '../records.fixture.js';

const API = '/api/municipal-issuer/v1/municipalities/990019';
const city: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const town: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const KEY = Buffer.alloc(32, 9);
const imported = z.object({ lines: z.number(), taken: z.number(), older: z.number(), bad: z.number(), faults: z.array(z.object({ line: z.number(), column: z.string(), reason: z.string() })) });
const problem = z.looseObject({ code: z.string() });

let estate: TestEstate;
let peers: Record<'centre' | 'other', Peers>;

beforeAll(async () => {
  estate = await startEstate([municipalIssuerModule], { at: new Date('2016-02-01T01:00:00Z') });
  const peersAs = (organisation: string): Peers => new Peers({ peers: estate.config.peers }, { token: () => estate.token({ clientId: `svc-${organisation}`, kind: 'service', organisation }) });
  peers = { centre: peersAs('issuing-centre'), other: peersAs('card-issuance') };
});
afterAll(async () => {
  peers?.centre.close();
  peers?.other.close();
  await estate?.stop();
});

const load = (lines: readonly unknown[], as = city): Promise<Answer> => estate.request('POST', `${API}/records`, {
  as, purpose: CONVENIENCE_ISSUANCE, headers: { 'content-type': 'application/x-ndjson' }, body: lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
});
type Asked = z.input<typeof renderCertificate.input>;
const asked = (more: object = {}): Asked => ({ requestId: 'REQ-20160201-0000001', municipalityCode: '990019', type: 'RESIDENT_RECORD', options: [], copies: 2, residentKey: 'resident-0001', ...more }) as Asked;
const render = (more: object = {}, as: Peers = peers.centre) => as.call(renderCertificate, { correlationId: 'test-render', purpose: CONVENIENCE_ISSUANCE, idempotencyKey: 'REQ', deadlineMs: 30_000 }, asked(more));
const refused = (answer: Promise<unknown>): Promise<string> => answer.then(() => 'answered', (error: unknown) => (error instanceof Refusal ? error.code : String(error)));

describe('the municipal issuing server (CARD-4.15)', () => {
  it('a municipality sets itself up and loads its records: good lines in, each bad one named, older versions ignored', async () => {
    expect(await refused(render())).toBe('MUNICIPALITY_UNKNOWN');
    expect(problem.parse((await load([])).json).code).toBe('MUNICIPALITY_UNKNOWN');
    const settings = { name: '試験市', mayor: '基盤　太郎', seal: await sealImage('試験市長之印', '#c8321e', true), served: ['RESIDENT_RECORD', 'SEAL_CERT', 'INCOME_TAX_CERT', 'FAMILY_REGISTER_FULL'], options: ['HOUSEHOLD', 'RELATION'], bindingKey: KEY.toString('base64') };
    const set = (body: object, as = city) => estate.request('PUT', API, { as, purpose: CONVENIENCE_ISSUANCE, idempotencyKey: JSON.stringify(body).length.toString(), body });
    expect((await set(settings)).status).toBe(200);
    expect([(await set(settings, town)).status, (await set({ ...settings, bindingKey: 'AAAA' })).status, (await set({ ...settings, seal: Buffer.from('89504e470d0a1a0a00', 'hex').toString('base64') })).status]).toEqual([403, 400, 422]);

    const lines = [
      { kind: 'RESIDENT', key: 'resident-0001', version: 3, facts: resident() },
      { kind: 'RESIDENT', key: 'resident-0002', version: 1, facts: resident({ position: 2, name: '試験　花子', relation: '妻', sex: 'F' }) },
      { kind: 'SEAL_REGISTRATION', key: 'resident-0001', version: 1, facts: await sealRegistration() },
      { kind: 'TAXATION', key: 'resident-0001_2015', version: 1, facts: taxation() },
      { kind: 'FAMILY_REGISTER', key: 'register-0001', version: 1, facts: familyRegister() },
      '{"kind":',
      { kind: 'RESIDENT', key: 'resident-0003', version: 1, facts: resident({ number: '123' }) },
      { kind: 'TAXATION', key: 'resident-0001_2014', version: 1, facts: taxation() },
      { kind: 'SEAL_REGISTRATION', key: 'resident-0002', version: 1, facts: { ...(await sealRegistration()), image: Buffer.from('89504e470d0a1a0a00', 'hex').toString('base64') } },
      { kind: 'RESIDENT', key: 'resident-0001', version: 2, facts: resident({ name: '古い　名前' }) },
    ];
    const answer = imported.parse((await load(lines)).json);
    expect(answer).toEqual({
      lines: 10, taken: 5, older: 1, bad: 4,
      faults: [{ line: 6, column: '', reason: 'NOT_JSON' }, { line: 7, column: 'facts.number', reason: 'INVALID_FORMAT' }, { line: 8, column: 'key', reason: 'KEY_DIFFERS' }, { line: 9, column: 'facts.image', reason: 'IMAGE' }],
    });
    expect(imported.parse((await load(lines)).json)).toMatchObject({ taken: 0, older: 6 });
    expect((await load(lines, town)).status).toBe(403);
    const stored = await estate.sql<{ facts: Buffer }>('SELECT facts FROM municipal_issuer.record');
    expect(stored.map(({ facts }) => facts.includes('試験'))).toEqual(Array(5).fill(false));
  });

  it('renders for the centre alone, bound to request and resident; the same request has the same octets, also five times at once', async () => {
    expect(await refused(render({}, peers.other))).toBe('ACTION_NOT_PERMITTED');
    const answers = await Promise.all(Array.from({ length: 5 }, () => render()));
    const [first] = answers;
    expect(new Set(answers.map(({ pdf }) => pdf.toString('latin1'))).size).toBe(1);
    const { residentKeyMac, ...facts } = first?.binding ?? expect.fail('no answer');
    expect(facts).toEqual({ requestId: 'REQ-20160201-0000001', type: 'RESIDENT_RECORD', pageCount: 1, issuedAt: expect.stringMatching(/^2016-02-01T01:/) });
    expect(residentKeyMac).toEqual(createHmac('sha256', KEY).update(bindingMessage('990019', 'resident-0001', facts)).digest());
    expect(bindingInPdf(first?.pdf ?? Buffer.alloc(0))).toEqual(first?.binding);
    expect(await estate.sql('SELECT request_id, copies FROM municipal_issuer.rendering')).toEqual([{ request_id: 'REQ-20160201-0000001', copies: 2 }]);

    for (const other of [{ copies: 3 }, { type: 'SEAL_CERT' }, { options: ['RELATION'] }, { residentKey: 'resident-0002' }]) expect(await refused(render(other))).toBe('REQUEST_DIFFERS');
    estate.clock.set(new Date('2016-02-01T05:00:00Z'));
    expect((await render()).pdf.equals(first?.pdf ?? Buffer.alloc(0))).toBe(true);
  });

  it('tells why there is no certificate, and refuses to repeat one whose record has changed', async () => {
    const next = (type: string, residentKey = 'resident-0001', options: string[] = []) => render({ requestId: `REQ-20160201-9${String(type.length + options.length * 100).padStart(6, '0')}`, type, residentKey, options });
    expect(await refused(next('SEAL_CERT'))).toBe('answered');
    expect(await refused(next('SEAL_CERT', 'resident-0009'))).toBe('REQUEST_DIFFERS');
    expect(await refused(next('REGISTER_ADDENDUM'))).toBe('TYPE_NOT_SERVED');
    expect(await refused(next('RESIDENT_RECORD', 'resident-0001', ['NUMBER']))).toBe('TYPE_NOT_SERVED');
    await load([{ kind: 'SEAL_REGISTRATION', key: 'resident-0001', version: 2, withdrawn: true }, { kind: 'RESIDENT', key: 'resident-0001', version: 4, facts: resident({ address: '試験県試験市北町９番' }) }]);
    expect(await refused(next('SEAL_CERT'))).toBe('NOT_ELIGIBLE');
    expect(await refused(render())).toBe('RECORD_CHANGED');
    expect(await refused(next('INCOME_TAX_CERT'))).toBe('answered');
    const list = await estate.request('GET', `${API}/renderings?day=2016-02-01`, { as: city, purpose: CONVENIENCE_ISSUANCE });
    expect(z.object({ items: z.array(z.looseObject({ type: z.string() })) }).parse(list.json).items.map(({ type }) => type)).toEqual(['RESIDENT_RECORD', 'SEAL_CERT', 'INCOME_TAX_CERT']);
    await load([{ kind: 'DOMICILE_USE', key: 'elsewhere-1', version: 1, facts: { registerKey: 'register-0009', isProtected: false } }, { kind: 'FAMILY_REGISTER', key: 'register-0009', version: 1, facts: familyRegister({ members: familyRegister().members.map((member) => ({ ...member, resident: 'elsewhere-1' })) }) }]);
    expect(await refused(render({ requestId: 'REQ-20160201-8000001', type: 'RESIDENT_RECORD', residentKey: 'elsewhere-1' }))).toBe('NOT_ELIGIBLE');
    expect((await render({ requestId: 'REQ-20160201-8000002', type: 'FAMILY_REGISTER_FULL', residentKey: 'elsewhere-1' })).binding.type).toBe('FAMILY_REGISTER_FULL');
    const audit = await estate.sql<{ line: string }>("SELECT audit_line::text AS line FROM municipal_issuer.audit_line WHERE audit_line::text LIKE '%certificate-request:REQ-20160201-0000001%'");
    expect(audit.length).toBeGreaterThan(0);
    expect(audit.filter(({ line }) => line.includes('試験') || !line.includes(CONVENIENCE_ISSUANCE))).toEqual([]);
  });
});
