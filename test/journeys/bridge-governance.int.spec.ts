import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bridgeCaModule } from '#contexts/bridge-ca';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';

const API = '/api/bridge-ca/v1';
const officer = (operator: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator });
const verifier: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json ?? {}).code ?? ''}`.trim();
const council = (organisation: string, operator: string): Actor => ({ clientId: `prefecture-${organisation}`, kind: 'prefecture', organisation, operator });
const DAY = 86_400_000;

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
/** What was told of an aggregate, oldest first. */
const told = (id: string): unknown[] => events.filter(({ subject }) => subject === id).map(({ type, data }) => [type.split('.').slice(3, 5).join('.'), data]);
const post = (path: string, as: Actor, body: object = {}): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body });
const get = (path: string, as: Actor = officer('op-1')): Promise<Answer> => estate.request('GET', `${API}${path}`, { as });
const idOf = ({ json }: Answer, name: string): string => z.record(z.string(), z.unknown()).transform((found) => String(found[name])).parse(json);

beforeAll(async () => {
  estate = await startEstate([jpkiCaModule, bridgeCaModule], { at: new Date('2016-03-10T03:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'listener');
  streams.connection.subscribe('kiban.bridge-ca.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await streams.connection.flush();
}, 120_000);
afterAll(async () => {
  await streams?.connection.close();
  await estate?.stop();
});

describe('documents (JPKI-3.13, 4.19)', () => {
  const stored = z.object({ documentId: z.string(), subject: z.string(), content: z.object({ figures: z.record(z.string(), z.string()), sections: z.array(z.unknown()) }) });
  const seeded = async (subject: string) => {
    const { items } = z.object({ items: z.array(z.object({ documentId: z.string() })) }).parse((await get(`/policy-documents?subject=${subject}`)).json);
    return stored.parse((await get(`/policy-documents/${items[0]?.documentId}`)).json);
  };
  const approved = async (id: string, first: Actor, second: Actor): Promise<string[]> => {
    const steps = [await post(`/policy-documents/${id}/review`, officer('reviewer')), await post(`/policy-documents/${id}/approvals`, first), await post(`/policy-documents/${id}/approvals`, second)];
    return steps.map(codeOf);
  };

  it.each(['sign', 'auth', 'bridge'])('every OID, life, interval and key size that the document of %s states is what runs', async (subject) => {
    const { documentId } = await seeded(subject);
    expect((await post(`/policy-documents/${documentId}/comparison`, officer('op-1'))).json).toEqual({ differences: [] });
  });

  it('one whose figures differ is not published, and the refusal names the figure', async () => {
    const { documentId: id, content } = await seeded('sign');
    const edit = (figures: Record<string, string>): Promise<Answer> => estate.request('PUT', `${API}/policy-documents/${id}/content`, { as: officer('drafter'), body: { content: { ...content, figures } } });
    expect(codeOf(await edit({ ...content.figures, caKeyBits: '4096' }))).toBe('200');
    expect(codeOf(await post(`/policy-documents/${id}/review`, officer('drafter')))).toBe('409 SAME_OFFICER');
    expect(await approved(id, officer('a-1'), officer('a-2'))).toEqual(['200', '200', '200']);
    const refused = await post(`/policy-documents/${id}/publication`, officer('op-1'));
    expect([codeOf(refused), refused.json]).toEqual(['409 FIGURE_DIFFERS', expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/content/figures/caKeyBits' })] })]);
    expect(codeOf(await get('/published-documents/sign', verifier))).toBe('404 NOT_FOUND');
    expect(codeOf(await post(`/policy-documents/${id}/return`, officer('a-1')))).toBe('200');
    expect(codeOf(await edit(content.figures))).toBe('200');
    expect(await approved(id, officer('a-1'), officer('a-2'))).toEqual(['200', '200', '200']);
    expect(codeOf(await post(`/policy-documents/${id}/publication`, officer('op-1')))).toBe('200');
    expect((await get('/published-documents/sign', verifier)).json).toMatchObject({ version: '1.0', content: { figures: { policyOid: '1.2.392.200149.8.5.1.0.20', crlLifeHours: '48' } } });
    const text = async (query: string): Promise<string> => (await get(`/published-documents/sign/text?${query}`, verifier)).bytes.toString();
    expect(await text('language=en&format=md')).toContain('RSA of 2048 bits');
    expect(await text('')).toContain('<h3>6.1 鍵ペアの生成及び導入</h3>');
  }, 30_000);

  it('the council approves that of the bridge, and a later version takes its place', async () => {
    const { documentId: id, content } = await seeded('bridge');
    expect(await approved(id, officer('a-1'), council('13', 'x'))).toEqual(['200', '403 NOT_POLICY_AUTHORITY', '200']);
    expect(codeOf(await post(`/policy-documents/${id}/publication`, officer('op-1')))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await post(`/policy-documents/${id}/approvals`, council('27', 'y')))).toBe('200');
    expect(codeOf(await post(`/policy-documents/${id}/publication`, officer('op-1')))).toBe('200');
    expect(codeOf(await post('/policy-documents', officer('drafter'), { subject: 'bridge', version: '1.0', content }))).toBe('409 VERSION_NOT_LATER');
    const faulty = await post('/policy-documents', officer('drafter'), { subject: 'bridge', version: '1.1', content: { ...content, sections: content.sections.slice(1) } });
    expect([codeOf(faulty), JSON.stringify(faulty.json)]).toEqual(['422 DOCUMENT_FAULTY', expect.stringContaining('SECTION_MISSING')]);
    const next = idOf(await post('/policy-documents', officer('drafter'), { subject: 'bridge', version: '1.1', content }), 'documentId');
    await approved(next, council('13', 'x'), council('27', 'y'));
    expect(codeOf(await post(`/policy-documents/${next}/publication`, officer('op-1')))).toBe('200');
    expect([(await get(`/policy-documents/${id}`)).json, (await get('/published-documents/bridge', verifier)).json]).toMatchObject([{ state: 'SUPERSEDED' }, { version: '1.1' }]);
  }, 30_000);
});

describe('items of the common platform (JPKI-3.15)', () => {
  it('are agreed on by the council, read by everybody once released, and end by themselves', async () => {
    const at = (days: number): string => new Date(estate.clock.now().getTime() + days * DAY).toISOString();
    const texts = { title: { ja: '保守のお知らせ', en: 'Maintenance' }, text: { ja: '夜間に停止します。', en: 'Stops at night.' } };
    const id = idOf(await post('/platform-items', officer('op-1'), { details: { kind: 'MAINTENANCE_WINDOW', from: at(2), until: at(3) }, texts }), 'itemId');
    expect(codeOf(await post(`/platform-items/${id}/release`, officer('op-1')))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await post(`/platform-items/${id}/agreements`, officer('op-1')))).toBe('403 ACTION_NOT_PERMITTED');
    expect([codeOf(await post(`/platform-items/${id}/agreements`, council('13', 'x'))), codeOf(await post(`/platform-items/${id}/agreements`, council('13', 'x')))]).toEqual(['200', '409 SAME_OFFICER']);
    expect(codeOf(await post(`/platform-items/${id}/agreements`, council('27', 'y')))).toBe('200');
    expect((await get('/released-items', verifier)).json).toEqual({ items: [] });
    expect(codeOf(await post(`/platform-items/${id}/release`, officer('op-1')))).toBe('200');
    expect((await get('/released-items?kind=MAINTENANCE_WINDOW', verifier)).json).toMatchObject({ items: [{ itemId: id, state: 'RELEASED' }] });
    estate.clock.set(new Date(at(4)));
    await estate.eventually(async () => z.object({ state: z.string() }).parse((await get(`/platform-items/${id}`)).json).state === 'RETIRED');
  }, 30_000);

  const texts = { title: { ja: '題', en: 'Title' }, text: { ja: '文', en: 'Text' } };
  const KINDS = [
    { kind: 'CLIENT_RELEASE', version: '3.0.1', systems: ['Windows 10'], sha256: 'ab'.repeat(32) }, { kind: 'SERVICE_NOTICE' }, { kind: 'RESIDENT_NEED', enquiries: 12, tickets: ['T-1'] },
    { kind: 'READER_CERTIFICATION', maker: '基盤製作所', model: 'R-1', certificateNo: 'C-1', validThrough: '2016-12-31' },
  ];
  it.each(KINDS)('of $kind say what their kind says, and are told of as released and as retired', async (details) => {
    const { kind } = details;
    const id = idOf(await post('/platform-items', officer('op-1'), { details, texts }), 'itemId');
    for (const [organisation, name] of [['13', 'x'], ['27', 'y']] as const) await post(`/platform-items/${id}/agreements`, council(organisation, name));
    expect(codeOf(await post(`/platform-items/${id}/release`, officer('op-1')))).toBe('200');
    expect((await get(`/released-items?kind=${kind}`, verifier)).json).toMatchObject({ items: [{ itemId: id, state: 'RELEASED', details }] });
    expect(codeOf(await post(`/platform-items/${id}/retirement`, officer('op-1')))).toBe('200');
    const fact = { itemId: id, kind, at: expect.any(String) };
    await estate.eventually(async () => told(id).length === 2);
    expect(told(id)).toEqual([['platform-item.released', fact], ['platform-item.retired', fact]]);
    expect(codeOf(await post('/platform-items', officer('op-1'), { details: { ...details, from: '2016-03-20T00:00:00Z' }, texts }))).toBe('400 INVALID_INPUT');
  });
});

describe('reports to the committee (JPKI-3.16)', () => {
  it('have the counts of a month that is over, without those that tell of single persons', async () => {
    const revoked = (cause: string, count: number, at: string): Promise<unknown> => estate.sql(
      `INSERT INTO jpki_ca.revocation_record (id, ca, serial, kind, cause, reason, recorded_at, source_ref, municipality_code, partition_id)
       SELECT gen_random_uuid(), 'sign', n, CASE WHEN $1 = 'HOLD' THEN 'HOLD' ELSE 'APPLICATION' END, $1, 5, $3, 'x', '990019', 'sign-99001' FROM generate_series(1, $2::int) n`, cause, count, at,
    );
    // The month in Japan: its last second, and the first one of the next.
    await revoked('HOLDER_APPLICATION', 40, '2016-02-29T14:59:59Z');
    await revoked('RESIDENT_CHANGE', 900, '2016-01-31T15:00:00Z');
    await revoked('RECORD_ERROR', 2, '2016-02-10T00:00:00Z');
    await revoked('HOLD', 7, '2016-02-10T00:00:00Z');
    await revoked('HOLDER_APPLICATION', 5, '2016-02-29T15:00:00Z');
    await estate.sql(`INSERT INTO jpki_ca.known_verifier (id, organisation, class, state, confirmers, told, version, changed_at) VALUES (gen_random_uuid(), 'tax', 'PUBLIC_BODY', 'ENDED', '{}', 0, 0, now())`);
    await estate.sql("INSERT INTO jpki_ca.usage_day (organisation, day, ca, mode, definitive, free, amount_yen, counted_to) VALUES ('tax', '2016-02-29', 'sign', 'OCSP', 100, 20, 0, now()), ('tax', '2016-03-01', 'sign', 'OCSP', 7, 0, 0, now()), ('town', '2016-02-01', 'auth', 'OCSP', 60, 0, 0, now())");
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.usage_month WHERE month = '2016-02' AND step = 'COUNTED'")).length > 0);
    expect(codeOf(await post('/committee-reports', officer('op-1'), { month: '2016-03' }))).toBe('409 MONTH_NOT_CLOSED');
    const report = await post('/committee-reports', officer('op-1'), { month: '2016-02' });
    expect(report.json).toMatchObject({
      state: 'DRAFT',
      figures: [
        { topic: 'ISSUES', cells: [], total: 0 },
        { topic: 'REVOCATIONS', cells: [{ name: 'HOLDER_APPLICATION', count: null }, { name: 'RECORD_ERROR', count: null }, { name: 'RESIDENT_CHANGE', count: 900 }], total: 942 },
        { topic: 'PROVISION_REQUESTS', cells: [{ name: 'PUBLIC_BODY', count: 120 }, { name: 'WITHOUT_NOTIFICATION', count: 60 }], total: 180 },
        { topic: 'INCIDENTS', cells: [], total: 0 }, { topic: 'ACCESS_REVIEWS', cells: [], total: 0 },
      ],
    });
    expect(JSON.stringify(await estate.sql('SELECT figures FROM bridge_ca.committee_report'))).not.toMatch(/:40\b|:2\b/);
    const id = idOf(report, 'reportId');
    expect(codeOf(await post(`/committee-reports/${id}/deliberation`, officer('op-1'), { deliberatedOn: '2016-03-14', opinionRef: '意見書' }))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await post(`/committee-reports/${id}/submission`, officer('op-1')))).toBe('200');
    expect(codeOf(await post('/committee-reports', officer('op-1'), { month: '2016-02' }))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await post(`/committee-reports/${id}/deliberation`, officer('op-1'), { deliberatedOn: '2016-03-13', opinionRef: '意見書' }))).toBe('422 MEETING_DAY');
    expect(codeOf(await post(`/committee-reports/${id}/deliberation`, officer('op-1'), { deliberatedOn: '2016-03-14', opinionRef: '意見書' }))).toBe('200');
    expect((await post(`/committee-reports/${id}/answer`, officer('op-1'), { answerRef: '回答書' })).json).toMatchObject({ state: 'ANSWERED', opinionRef: '意見書', answerRef: '回答書' });
    expect(await estate.eventually(async () => ((heard) => heard.length > 0 && heard)(told(id)))).toEqual([['committee.report-submitted', { reportId: id, month: '2016-02', at: expect.any(String) }]]);
    expect(codeOf(await get('/committee-reports', verifier))).toBe('403 ACTION_NOT_PERMITTED');
  }, 30_000);
});
