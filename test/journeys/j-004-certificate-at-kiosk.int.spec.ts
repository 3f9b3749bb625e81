import { PDFiumLibrary, type PDFiumPage } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { triesLeft } from '#chip';
import { cardIssuanceModule } from '#contexts/card-issuance';
import { issuingCentreModule } from '#contexts/issuing-centre';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { jukiNetModule } from '#contexts/juki-net';
import { municipalIssuerModule } from '#contexts/municipal-issuer';
import { numberingModule } from '#contexts/numbering';
import { bindingInPdf } from '#contracts/municipal-issuer';
import { localDateInJapan } from '#kernel';
import { connectStreams, type Actor } from '#platform';
import { Kiosk, SHOP, codeOf, newPins, type Answer } from '#testing';
import { prepareEstate } from '../../tools/start/population.js';
import { until } from '../../tools/walk/api.js';
import { apply, handOver, produce, type MadeCard } from '../../tools/walk/card.js';
import { TOWN, newHousehold } from '../../tools/walk/people.js';
import { drawNumbers, mailNotificationCards, numbersInRegister, registerHousehold } from '../../tools/walk/register.js';
import { openClockedEstate, type ClockedEstate } from './clocked-estate.js';
import { holdsAny, leaksInDatabase } from './leaks.js';

const [CENTRE, ISSUER, CARDS] = ['/api/issuing-centre/v1', `/api/municipal-issuer/v1/municipalities/${TOWN}`, '/api/card-issuance/v1'];
const town: Actor = { clientId: `municipality-${TOWN}`, kind: 'municipality', organisation: TOWN };
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const [RESIDENT_KEY, FEE, COMMISSION] = ['resident-of-j-004', 200, 115];
const BINDING_KEY = Buffer.alloc(32, 7);
const ADDRESS = '架空県試験市見本町二丁目３番４号';
const rendered = z.object({ items: z.array(z.object({ requestId: z.string(), type: z.string(), copies: z.number() })) });

/** Noon in Japan of the 15th of next month: open whenever this runs. */
function openDay(): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15, 3));
}

describe('J-004 a resident buys a certificate at a kiosk with the card on its chip, through the gateway', () => {
  const [resident, partner] = newHousehold();
  const raw: string[] = [];
  const done: { requestId: string; copies: number }[] = [];
  let estate: ClockedEstate;
  let library: PDFiumLibrary;
  let card: MadeCard;
  let numbers: string[];
  let closeEvents: () => Promise<void>;
  let kiosks = 0;
  let renderings: z.output<typeof rendered>['items'] = [];

  beforeAll(async () => {
    library = await PDFiumLibrary.init();
    estate = await openClockedEstate([jukiNetModule, numberingModule, cardIssuanceModule, jpkiCaModule, issuingCentreModule], municipalIssuerModule, openDay());
    const { connection } = await connectStreams(estate.natsUrl, 'j-004');
    connection.subscribe('kiban.>', { callback: (_error, message) => void raw.push(message.string()) });
    await connection.flush();
    closeEvents = () => connection.close();
    const { api } = estate;
    await prepareEstate(api);
    await registerHousehold(api, [resident, partner]);
    numbers = await drawNumbers(api, [resident, partner]);
    await numbersInRegister(api, [resident, partner], numbers);
    const { applicationId } = await mailNotificationCards(api, [resident, partner]);
    await apply(api, applicationId);
    card = await produce(api, applicationId);
    await handOver(api, card);
    await good(municipalityTakesPart());
  });
  afterAll(async () => {
    library?.destroy();
    await closeEvents?.();
    await estate?.stop();
  });

  const send = (method: string, path: string, as: Actor, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => estate.request(method, path, { as, purpose: 'CONVENIENCE_ISSUANCE', body, headers });
  const good = async (answers: Promise<Answer[]>): Promise<void> => expect((await answers).filter(({ status }) => status >= 300).map(codeOf)).toEqual([]);

  /** Its server, its form, its record of the resident, its fee, the shop, and the link of the resident's card. */
  async function municipalityTakesPart(): Promise<Answer[]> {
    const seal = (await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c8321e' } }).png().toBuffer()).toString('base64');
    const since = '2010-03-28';
    const facts = {
      household: 'household-j-004', position: 1, name: resident.nameKanji, kana: resident.nameKana, birthDate: '1990-04-01', sex: 'F', relation: '世帯主', householdHead: resident.nameKanji,
      address: ADDRESS, addressSince: since, residentSince: since, state: 'RESIDENT', isProtected: false, isPending: false,
    };
    const today = localDateInJapan(estate.clock.now());
    return [
      await send('PUT', ISSUER, town, { name: '試験市', mayor: '基盤　太郎', seal, served: ['RESIDENT_RECORD'], options: [], bindingKey: BINDING_KEY.toString('base64') }),
      await send('POST', `${ISSUER}/records`, town, JSON.stringify({ kind: 'RESIDENT', key: RESIDENT_KEY, version: 1, facts }), { 'content-type': 'application/x-ndjson' }),
      await send('PUT', `${CENTRE}/municipal-servers/${TOWN}`, town, { types: ['RESIDENT_RECORD'], bindingKey: BINDING_KEY.toString('hex') }),
      await send('POST', `${CENTRE}/municipal-servers/${TOWN}/fees`, town, { type: 'RESIDENT_RECORD', yen: FEE, validFrom: today }),
      await send('PUT', `${CENTRE}/kiosk-operators/${SHOP.organisation}`, operator, { name: '試験ストア' }),
      await send('POST', `${CENTRE}/kiosk-operators/${SHOP.organisation}/commissions`, operator, { validFrom: today, yen: COMMISSION }),
      await send('POST', `${CENTRE}/resident-links`, town, { kind: 'AUTH_CERT', municipalityCode: TOWN, linkId: card.auth.serial, residentKey: RESIDENT_KEY, cardSerial: card.cardSerial }),
    ];
  }

  async function newKiosk(): Promise<Kiosk> {
    const kioskId = `k-${(kiosks += 1)}`;
    await good(Promise.all([send('PUT', `${CENTRE}/kiosk-operators/${SHOP.organisation}/kiosks/${kioskId}`, SHOP, {})]));
    return new Kiosk(estate, kioskId, TOWN);
  }

  /** A session in which the card has proven its holder. */
  async function letIn(): Promise<{ kiosk: Kiosk; answer: Answer }> {
    const kiosk = await newKiosk();
    expect(codeOf(await kiosk.open())).toBe('201');
    return { kiosk, answer: await kiosk.authenticateOnChip(card.chip.card, newPins().AUTH) };
  }

  const after = async (seconds: number): Promise<void> => estate.clock.set(new Date(estate.clock.now().getTime() + seconds * 1_000));

  async function ofPages<T>(pdf: Buffer, look: (page: PDFiumPage) => Promise<T>): Promise<T[]> {
    const document = await library.loadDocument(pdf);
    const found: T[] = [];
    for (const page of document.pages()) found.push(await look(page));
    document.destroy();
    return found;
  }

  const textOf = async (page: PDFiumPage): Promise<string> => page.getText().replace(/\s/g, '');

  async function scanOf(page: PDFiumPage): Promise<Buffer> {
    const { data, width, height } = await page.render({ scale: 300 / 72, render: async (picture) => picture.data });
    return sharp(Buffer.from(data), { raw: { width, height, channels: 4 } }).removeAlpha().greyscale().png().toBuffer();
  }

  it('CARD-4.15, 4.16: card, PIN, certificate, fee, paper; anybody finds the front by the back of the paper', async () => {
    const { kiosk, answer } = await letIn();
    expect(answer.json).toMatchObject({ state: 'AUTHENTICATED', access: 'RESIDENCE' });
    const selected = await kiosk.select('RESIDENT_RECORD', 2);
    expect(selected.json).toMatchObject({ state: 'READY', priceYen: 2 * FEE });
    expect(codeOf(await kiosk.pay(selected))).toBe('200');
    const fetched = await kiosk.fetch();
    const binding = bindingInPdf(kiosk.pdfOf(fetched));
    const [texts, scans] = [await ofPages(kiosk.pdfOf(fetched), textOf), await ofPages(kiosk.pdfOf(fetched, 'back'), scanOf)];
    expect(binding).toMatchObject({ requestId: kiosk.requestId, type: 'RESIDENT_RECORD' });
    expect([texts.length, scans.length]).toEqual([binding?.pageCount, binding?.pageCount]);
    expect(texts.join('')).toContain(resident.nameKanji.replace(/\s/g, ''));
    expect(texts.join('')).not.toContain(partner.nameKanji.replace(/\s/g, ''));
    expect((await kiosk.printed(2 * (binding?.pageCount ?? 0))).json).toMatchObject({ state: 'PRINTED' });
    expect((await kiosk.taken()).json).toMatchObject({ state: 'CLOSED' });
    done.push({ requestId: kiosk.requestId, copies: 2 });
    const verified = await estate.request('POST', `${CENTRE}/verifications`, { as: 'nobody', body: scans[0], headers: { 'content-type': 'image/png' } });
    expect(verified.json).toMatchObject({ verdict: 'MATCH_SHOWN', municipalityCode: TOWN, page: 1, pages: binding?.pageCount });
    const { token } = z.object({ token: z.string() }).parse(verified.json);
    const shown = await estate.request('GET', `${CENTRE}/verifications/${token}/front`, { as: 'nobody' });
    expect((await sharp(shown.bytes).metadata()).format).toBe('webp');
    const told = (): string[] => raw.filter((event) => event.includes(kiosk.requestId)).map((event) => z.object({ type: z.string() }).parse(JSON.parse(event)).type.replace(/.*certificate\.|\.v1/g, ''));
    await estate.eventually(async () => told().includes('closed'));
    expect(told()).toEqual(['opened', 'authenticated', 'selected', 'generation-started', 'generated', 'paid', 'sent', 'printed', 'taken', 'closed']);
  });

  it('CARD-4.8, 4.15: a wrong PIN costs a try on the card alone; what a card signed once opens nothing again', async () => {
    const kiosk = await newKiosk();
    await kiosk.open();
    await expect(kiosk.authenticateOnChip(card.chip.card, Buffer.from('0007'))).rejects.toMatchObject({ code: 'PIN_WRONG', triesLeft: 2 });
    const signed = await kiosk.signedOnChip(card.chip.card, newPins().AUTH);
    expect([await triesLeft(card.chip.card, 'AUTH'), codeOf(await kiosk.step('authentication', signed))]).toEqual([3, '200']);
    expect(codeOf(await kiosk.step('authentication', signed))).toBe('409 NONCE_REUSED');
    const next = await newKiosk();
    await next.open();
    expect([codeOf(await next.step('authentication', signed)), await next.state()]).toEqual(['403 SIGNATURE_INVALID', 'REFUSED']);
  });

  it('CARD-7: power cut after paying: the journal decides, the rest of the fee is given back, nothing is printed again', async () => {
    const { kiosk } = await letIn();
    const selected = await kiosk.select('RESIDENT_RECORD', 2);
    await kiosk.pay(selected);
    const { pageCount } = z.object({ pageCount: z.number() }).parse((await kiosk.fetch()).json);
    await after(180);
    await estate.eventually(async () => (await kiosk.state()) === 'PRINT_UNCERTAIN');
    expect([codeOf(await kiosk.open()), codeOf(await kiosk.fetch())]).toEqual(['409 JOURNAL_REQUIRED', '409 BAD_STATE']);
    expect((await kiosk.step('journal', { pages: pageCount })).json).toMatchObject({ state: 'REFUND_DUE' });
    expect((await kiosk.step('refund', { copies: 1, amountYen: FEE })).json).toMatchObject({ deducted: false });
    done.push({ requestId: kiosk.requestId, copies: 1 });
  });

  it('CARD-7: the municipality\'s server away: no certificate, no fee, and after five times it is off the menu', async () => {
    const day = localDateInJapan(estate.clock.now());
    ({ items: renderings } = rendered.parse((await send('GET', `${ISSUER}/renderings?day=${day}`, town, undefined)).json));
    await estate.stopApart();
    const outcomes = await Promise.all(Array.from({ length: 5 }, async () => {
      const { kiosk } = await letIn();
      return `${codeOf(await kiosk.select())} ${await kiosk.state()}`;
    }));
    expect(outcomes).toEqual(Array(5).fill('503 MUNICIPALITY_DOWN FAILED'));
    expect(codeOf(await (await newKiosk()).open())).toBe('503 MUNICIPALITY_DOWN');
    expect((await send('GET', `${CENTRE}/kiosk-menu`, SHOP, undefined)).json).toEqual({ municipalities: [] });
    // One request in half a minute finds out whether it is back: the next session is let in.
    await after(31);
  });

  it('CARD-4.9, 4.15: a card that its holder has just reported lost is refused at once, by the ledger or by its certificate, and soon by its certificate', async () => {
    const facts = { nameKana: resident.nameKana, birthDate: resident.birthDate };
    const stopped = await estate.request('POST', `${CARDS}/stop-orders`, { as: operator, purpose: 'CALL_CENTRE', body: { cardSerial: card.cardSerial, channel: 'PHONE', facts } });
    expect(stopped.status).toBeLessThan(300);
    const { kiosk, answer } = await letIn();
    expect([answer.status, ['403 CARD_NOT_ACTIVE', '403 CERT_INVALID'].includes(codeOf(answer)), await kiosk.state()]).toEqual([403, true, 'REFUSED']);
    await until('the hold of the certificate', async () => (codeOf((await letIn()).answer) === '403 CERT_INVALID' ? true : undefined));
  });

  it('CARD-4.15: closed from 23:00:00 on, open from 06:30:00 on', async () => {
    const [kiosk, midnight] = [await newKiosk(), new Date(`${localDateInJapan(estate.clock.now())}T00:00:00+09:00`).getTime()];
    const at = async (hours: number): Promise<string> => {
      estate.clock.set(new Date(midnight + hours * 3_600_000));
      return codeOf(await kiosk.open());
    };
    expect([await at(22.995), await at(23), await at(24 + 6.49), await at(24 + 6.5)]).toEqual(['201', '409 OUT_OF_HOURS', '409 OUT_OF_HOURS', '201']);
  });

  it('CARD-4.15: the month is settled with a line of what was printed, on which all three sides agree', async () => {
    const month = localDateInJapan(estate.clock.now()).slice(0, 7);
    const journal = (source: string, party: string, as: Actor, lines: readonly string[]): Promise<Answer> =>
      send('POST', `${CENTRE}/settlements/${month}/journals/${source}/${party}`, as, lines.join('\r\n'), { 'content-type': 'text/csv' });
    await good(Promise.all([
      journal('KIOSK', SHOP.organisation, SHOP, ['requestId,type,copies,amount', ...done.map(({ requestId, copies }) => `${requestId},RESIDENT_RECORD,${copies},${copies * FEE}`)]),
      journal('MUNICIPALITY', TOWN, town, ['requestId,type,copies', ...renderings.map(({ requestId, type, copies }) => `${requestId},${type},${copies}`)]),
    ]));
    estate.clock.set(new Date(estate.clock.now().getTime() + 31 * 86_400_000));
    expect((await send('POST', `${CENTRE}/settlements/${month}/runs`, operator, {})).json).toMatchObject({ run: 1, differences: 0 });
    const copies = done.reduce((sum, one) => sum + one.copies, 0);
    const line = [month, TOWN, SHOP.organisation, 'RESIDENT_RECORD', copies, copies * FEE, copies * COMMISSION, 0, copies * (FEE - COMMISSION)].join();
    expect((await send('GET', `${CENTRE}/settlements/${month}`, town, undefined)).bytes.toString().trim().split('\r\n').slice(1)).toEqual([line]);
  });

  it('no name, address, number or resident code is in an event, or in plain in a database but the names of the register itself, and the centre tells nothing that leads to the resident', async () => {
    await estate.eventually(async () => raw.some((event) => event.includes('settlement.made')));
    const keys = [...numbers, ...[resident, partner].map(({ residentCode }) => residentCode)];
    const personal = [...keys, ...[resident, partner].flatMap(({ nameKanji, nameKana }) => [nameKanji, nameKana]), ADDRESS];
    expect(raw.length).toBeGreaterThan(30);
    expect(holdsAny(raw.join('\n'), personal)).toBe(false);
    expect(holdsAny(raw.filter((event) => event.includes('kiban.issuing-centre')).join('\n'), [RESIDENT_KEY, card.cardSerial])).toBe(false);
    expect(await leaksInDatabase(estate.adminUrl, keys)).toEqual([]);
    expect((await leaksInDatabase(estate.adminUrl, personal)).filter(({ where }) => !where.startsWith('table juki_net.'))).toEqual([]);
  });
});
