import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pdfOf } from '#print';
import type { Actor, Db, Platform } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { frontProtection, type FrontProtection } from '../back-side/back-side.parts.js';
import type { Front } from '../back-side/back-sides.js';
import { rasterOf } from '../back-side/front-raster.js';
import { signedOctets, statementText } from '../back-side/front-statement.js';
import { contentId, splitContent } from '../back-side/front-symbol.js';
import { issuingCentreModule } from '../issuing-centre.module.js';
import { ShownFrontStore } from './shown-front.store.js';
import { VerificationDesk } from './verify-back.js';

const API = '/api/issuing-centre/v1';
const city: Actor = { clientId: 'municipality-282049', kind: 'municipality', organisation: '282049' };
const verdict = z.looseObject({ verdict: z.string(), token: z.string().optional() });
const front = { requestId: 'REQ-20160201-0000001', municipalityCode: '282049', issuedAt: new Date('2016-02-01T01:00:00Z') };

let estate: TestEstate;
let protection: FrontProtection;
let desk: VerificationDesk;
let db: Db;
let library: PDFiumLibrary;
let pdf: Buffer;
/** Of the first back, at 300 dpi. */
let scan: Picture;

type Picture = { readonly data: Buffer; readonly width: number; readonly height: number };

beforeAll(async () => {
  let platform: Platform | undefined;
  estate = await startEstate([{ ...issuingCentreModule, build: (given) => issuingCentreModule.build((platform = given)) }], { at: new Date('2016-02-01T01:00:00Z') });
  if (platform === undefined) throw new Error('not built');
  protection = frontProtection(platform);
  desk = new VerificationDesk(protection, new ShownFrontStore(platform.cipher));
  ({ db } = platform.database);
  library = await PDFiumLibrary.init();
  pdf = await pdfOf({ title: 'front', author: '試験市', at: front.issuedAt }, (doc) => {
    for (let line = 0; line < 40; line += 1) doc.fontSize(11).text(`試験県試験市中央一丁目２番３号　住民 ${line} 平成28年2月1日`, 50, 40 + line * 19);
  });
  const back = await protect({ pdf, ...front });
  scan = await scanned(back ?? Buffer.alloc(0));
});
afterAll(async () => {
  library?.destroy();
  await estate?.stop();
});

async function protect(of: Front): Promise<Buffer | undefined> {
  const runner = estate.running.runners.get('issuing-centre') ?? expect.fail('not running');
  return protection.backSides.of(runner.process('spec.protect', { actor: city, correlationId: 'spec-protect' }), of);
}
async function scanned(back: Buffer): Promise<Picture> {
  const document = await library.loadDocument(back);
  const { data, width, height } = await document.getPage(0).render({ scale: 300 / 72, render: async (page) => page.data });
  document.destroy();
  return { data: await sharp(Buffer.from(data), { raw: { width, height, channels: 4 } }).removeAlpha().greyscale().raw().toBuffer(), width, height };
}
const image = ({ data, width, height }: Picture) => sharp(data, { raw: { width, height, channels: 1 } });
/** As a cheap scanner delivers it: turned by 1.5 degrees, noisy, JPEG of quality 75. */
async function degraded(picture: Picture): Promise<Buffer> {
  const { data, info } = await image(picture).rotate(1.5, { background: '#fff' }).greyscale().raw().toBuffer({ resolveWithObject: true });
  // A noise that is the same in every run: sums of three octets of a keystream have a deviation of 20.
  let state = 1;
  const noise = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  const noisy = data.map((value) => Math.max(0, Math.min(255, value + (noise() + noise() + noise()) * 40)));
  return sharp(Buffer.from(noisy), { raw: { width: info.width, height: info.height, channels: 1 } }).jpeg({ quality: 75 }).toBuffer();
}
const later = (minutes: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + minutes * 60_000));
const verify = (picture: Buffer, address = '192.0.2.1'): Promise<Answer> => estate.request('POST', `${API}/verifications`, { as: 'nobody', body: picture, headers: { 'content-type': 'image/jpeg', 'client-address': address } });
const verdictOf = async (picture: Buffer, address?: string): Promise<string> => verdict.parse((await verify(picture, address)).json).verdict;

/** What a back says that somebody put together of what is not his. */
async function forged(change: { sha256?: Buffer; kid?: string; image?: Buffer }): Promise<string> {
  const { kid } = await protection.keys.newest(db);
  const own = { kid, ...front, pdfSha256: createHash('sha256').update(pdf).digest(), page: 1, pages: 1 };
  const signature = await protection.keys.sign(db, own);
  const sealed = change.image ?? (await protection.keys.seal(db, own, Buffer.from('image')));
  const statement = statementText({ ...own, kid: change.kid ?? kid, pdfSha256: change.sha256 ?? own.pdfSha256, contentId: contentId(sealed), signature });
  return (await desk.judge(db, [...splitContent(sealed), Buffer.from(statement)])).verdict;
}

describe('verification of a certificate by its back (CARD-4.16)', () => {
  it('a turned and noisy scan of the back gives the very image of the front, for five minutes', async () => {
    const answer = await verify(await degraded(scan));
    expect(answer.json).toMatchObject({ verdict: 'MATCH_SHOWN', page: 1, pages: 1, municipalityCode: '282049', issuedAt: '2016-02-01T01:00:00.000Z' });
    const { token = '' } = verdict.parse(answer.json);
    const shown = await estate.request('GET', `${API}/verifications/${token}/front`, { as: 'nobody' });
    expect([shown.status, shown.headers.get('content-type'), shown.headers.get('cache-control')]).toEqual([200, 'image/webp', 'no-store']);
    expect(shown.bytes.equals((await rasterOf(pdf))[0] ?? Buffer.alloc(0))).toBe(true);
    expect(shown.bytes.length).toBeLessThanOrEqual(40 * 1_024);
    expect(await estate.sql("SELECT relpersistence FROM pg_class WHERE relname = 'shown_front' AND relnamespace = 'issuing_centre'::regnamespace")).toEqual([{ relpersistence: 'u' }]);
    later(6);
    expect((await estate.request('GET', `${API}/verifications/${token}/front`, { as: 'nobody' })).status).toBe(404);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM issuing_centre.shown_front')).length === 0, 10);
  });

  it('CARD-4.16 the whole back carries the copy-void ground, and (c) the field of the latent image its lines', async () => {
    const points = 300 / 72;
    /** Of the picture's pixels in a field (points), those darker than a level. */
    const dark = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }, level: number): number => {
      let found = 0;
      for (let row = Math.ceil(y * points); row < (y + height) * points - 1; row += 1) for (let at = Math.ceil(x * points); at < (x + width) * points - 1; at += 1) found += Number((scan.data[row * scan.width + at] ?? 255) < level);
      return found / (width * height * points ** 2);
    };
    for (const margin of [{ x: 5, y: 4, width: 585, height: 8 }, { x: 5, y: 826, width: 585, height: 10 }]) expect(dark(margin, 245)).toBeGreaterThan(0.02);
    const field = dark({ x: 140, y: 754, width: 160, height: 64 }, 200);
    expect(field).toBeGreaterThan(0.25);
    expect(field).toBeLessThan(0.75);
  });

  it('tells a missing symbol, a changed front, a foreign key and a foreign image apart', async () => {
    const hidden = await image(scan).composite([{ input: { create: { width: 500, height: 500, channels: 3, background: '#fff' } }, left: 230, top: 90 }]).jpeg().toBuffer();
    const missing = z.object({ verdict: z.literal('UNREADABLE'), read: z.number(), total: z.number() }).parse((await verify(hidden)).json);
    expect(missing.total - missing.read).toBe(1);
    expect(await forged({})).toBe('MATCH_SHOWN');
    expect(await forged({ sha256: Buffer.alloc(32, 7) })).toBe('SIGNATURE_INVALID');
    expect(await forged({ kid: '0123456789abcdef' })).toBe('REVOKED_OR_UNKNOWN');
    expect(await forged({ image: Buffer.alloc(900, 5) })).toBe('SIGNATURE_INVALID');
  });

  it('the page for citizens answers a form with a picture; a client has twenty verifications an hour', async () => {
    const form = new FormData();
    form.set('scan', new Blob([Uint8Array.from(await image(scan).jpeg().toBuffer())], { type: 'image/jpeg' }), 'scan.jpg');
    const encoded = new Response(form);
    const post = (body: Buffer, type: string) => estate.request('POST', `${API}/verification-page`, { as: 'nobody', body, headers: { 'content-type': type, 'client-address': '192.0.2.9' } });
    const answer = await post(Buffer.from(await encoded.clone().arrayBuffer()), encoded.headers.get('content-type') ?? '');
    expect(answer.bytes.toString()).toContain('src="data:image/webp;base64,');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const other = Buffer.from('no picture');
    const scanAs = (type: string) => estate.request('POST', `${API}/verifications`, { as: 'nobody', body: other, headers: { 'content-type': type, 'client-address': '192.0.2.9' } });
    expect((await scanAs('application/pdf')).json).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    for (let used = 2; used <= 20; used += 1) expect(await verdictOf(other, '192.0.2.9')).toBe('UNREADABLE');
    expect((await verify(other, '192.0.2.9')).status).toBe(429);
    expect((await post(other, 'multipart/form-data; boundary=x')).bytes.toString()).toContain('上限に達しました');
    expect(await verdictOf(other, '192.0.2.10')).toBe('UNREADABLE');
    later(61);
    expect(await verdictOf(other, '192.0.2.9')).toBe('UNREADABLE');
  });

  it('a request has one front; a revoked one is told by everybody who verifies it, and is not made again', async () => {
    expect(await protect({ ...front, pdf: await pdfOf({ title: 'other', author: 'x', at: front.issuedAt }, (doc) => void doc.text('x')) })).toBeUndefined();
    const revoke = (as: Actor) => estate.request('POST', `${API}/fronts/${front.requestId}/revocation`, { as, purpose: 'CONVENIENCE_ISSUANCE', idempotencyKey: as.organisation, body: {} });
    expect([(await revoke({ ...city, organisation: '282057' })).status, (await revoke(city)).status]).toEqual([403, 200]);
    expect(await forged({})).toBe('REVOKED_OR_UNKNOWN');
    expect(await protect({ pdf, ...front })).toBeUndefined();
    const noted = await estate.sql<{ entry: string }>("SELECT entry FROM issuing_centre.audit_line WHERE entry LIKE '%\"spec.protect\"%' ORDER BY id");
    expect(noted.map(({ entry }) => z.looseObject({ object: z.string(), facts: z.looseObject({ protected: z.boolean() }) }).parse(JSON.parse(entry))).map(({ object, facts }) => [object, facts.protected]))
      .toEqual([true, false, false].map((isOwn) => [`certificate-request:${front.requestId}`, isOwn]));
  });

  it('whoever has the public keys checks a signature without asking; a new key leaves those before it', async () => {
    const keysOf = async () => z.object({ keys: z.array(z.looseObject({ kid: z.string(), x: z.string() })) }).parse((await estate.request('GET', `${API}/front-keys`, { as: 'nobody' })).json).keys;
    const [before] = await keysOf();
    const own = { kid: before?.kid ?? '', ...front, pdfSha256: Buffer.alloc(32) };
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: before?.x ?? '' }, format: 'jwk' });
    expect(verifySignature(null, signedOctets(own), publicKey, await protection.keys.sign(db, own))).toBe(true);
    const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
    expect((await estate.request('POST', `${API}/front-keys`, { as: operator, idempotencyKey: 'rotate', body: {} })).status).toBe(201);
    expect((await keysOf()).map(({ kid }) => kid === before?.kid)).toEqual([false, true]);
  });
});
