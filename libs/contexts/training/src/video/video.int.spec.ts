import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { trainingModule } from '../training.module.js';
import { film } from './film.fixture.js';

const API = '/api/training/v1';
const agency: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const learner: Actor = { clientId: 'municipality-282049', kind: 'municipality', organisation: '282049', operator: 'learner-1' };
const view = z.looseObject({ videoId: z.string(), state: z.string(), delivery: z.string(), sha256: z.string() });
const viewing = z.looseObject({ files: z.array(z.looseObject({ address: z.string() })), captions: z.array(z.looseObject({ address: z.string() })), playedAddress: z.string(), playedMs: z.int(), isWatched: z.boolean() });
const CAPTIONS = 'WEBVTT\n\n00:00.000 --> 00:05.000\n番号制度の最新動向\n';

const folder = mkdtempSync(join(tmpdir(), 'kiban-video-'));
const store = join(folder, 'store');
let ffmpeg: string | undefined;
let estate: TestEstate;

beforeAll(async () => {
  const module = { ...trainingModule, build: (given: Parameters<typeof trainingModule.build>[0]) => trainingModule.build({ ...given, config: { ...given.config, video: { store, ffmpeg, bodyKbps: 1_000_000 } } }) };
  estate = await startEstate([module], { at: new Date('2015-10-05T01:00:00Z') });
});
afterAll(async () => {
  await estate?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json ?? {}).code ?? ''}`.trim();
const upload = (octets: Buffer, as = agency): Promise<Answer> => estate.request('POST', `${API}/videos?title=${encodeURIComponent('番号制度動画')}`, { as, headers: { 'content-type': 'video/mp4' }, body: octets });
const caption = (videoId: string, content: string): Promise<Answer> => estate.request('PUT', `${API}/videos/${videoId}/captions/ja`, { as: agency, headers: { 'content-type': 'text/vtt' }, body: content });
const publish = (videoId: string, expiresOn = '2016-03-31'): Promise<Answer> => estate.request('POST', `${API}/videos/${videoId}/steps/publication`, { as: agency, body: { expiresOn } });
const open = async (videoId: string, as = learner): Promise<z.output<typeof viewing>> => viewing.parse((await estate.request('POST', `${API}/videos/${videoId}/viewings`, { as, purpose: 'TRAINING', body: {} })).json);
const fetchRange = (address: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> => estate.request(method, address, { as: 'nobody', headers });
const played = (address: string, ...intervals: readonly (readonly [number, number])[]): Promise<Answer> =>
  estate.request('POST', address, { as: 'nobody', body: { intervals: intervals.map(([from, to]) => [from * 1_000, to * 1_000]) } });
const shareOf = async (answer: Promise<Answer>): Promise<unknown> => {
  const { playedMs, isWatched } = z.object({ playedMs: z.int(), isWatched: z.boolean() }).parse((await answer).json);
  return [playedMs / 1_000, isWatched];
};

async function published(octets: Buffer): Promise<string> {
  const { videoId } = view.parse((await upload(octets)).json);
  await caption(videoId, CAPTIONS);
  expect(view.parse((await publish(videoId)).json).state).toBe('PUBLISHED');
  return videoId;
}

describe('a film from the upload to its last day (TRN-3.5, 4.8)', () => {
  it('is kept once under its digest, and shown only with captions', async () => {
    const octets = film(60);
    const [first, again] = [view.parse((await upload(octets)).json), view.parse((await upload(octets)).json)];
    expect(first).toMatchObject({ state: 'TRANSCODED', delivery: 'AS_IS', sha256: createHash('sha256').update(octets).digest('hex'), durationMs: 60_000, length: 1_000 });
    expect(again.videoId).toBe(first.videoId);
    expect(readdirSync(store)).toEqual([`${first.sha256}.mp4`]);
    expect(statSync(join(store, `${first.sha256}.mp4`)).mode & 0o777).toBe(0o400);
    expect(codeOf(await upload(Buffer.from('no film')))).toBe('422 NOT_A_VIDEO');
    expect(codeOf(await upload(octets, learner))).toBe('403 ACTION_NOT_PERMITTED');
    const { videoId } = first;
    expect(codeOf(await publish(videoId))).toBe('409 NOT_IN_STATE');
    expect((await caption(videoId, `${CAPTIONS}\n00:59.000 --> 02:00.000\nx\n`)).json).toMatchObject({ code: 'CAPTIONS_FAULTY', facts: { line: 6, reason: 'BEYOND_END' } });
    expect(view.parse((await caption(videoId, CAPTIONS)).json).state).toBe('CAPTIONED');
    expect(codeOf(await publish(videoId, '2015-10-04'))).toBe('409 TOO_LATE');
    expect(codeOf(await estate.request('POST', `${API}/videos/${videoId}/viewings`, { as: learner, purpose: 'TRAINING', body: {} }))).toBe('404 NOT_FOUND');
    expect(codeOf(await publish(videoId))).toBe('200');
    const { captions } = await open(videoId);
    expect((await fetchRange(captions[0]?.address ?? '', {})).bytes.toString()).toBe(CAPTIONS);
  });

  it('TRN-4.8: ranges of 1,000 octets, byte for byte', async () => {
    const octets = film(30, { seed: 7 });
    const { files } = await open(await published(octets));
    const address = files[0]?.address ?? '';
    const rows: [string, number, string | null, Buffer | undefined][] = [
      ['bytes=0-499', 206, 'bytes 0-499/1000', octets.subarray(0, 500)], ['bytes=500-', 206, 'bytes 500-999/1000', octets.subarray(500)],
      ['bytes=-500', 206, 'bytes 500-999/1000', octets.subarray(500)], ['bytes=999-', 206, 'bytes 999-999/1000', octets.subarray(999)],
      ['bytes=0-99999', 206, 'bytes 0-999/1000', octets], ['bytes=1000-', 416, 'bytes */1000', undefined], ['bytes=-0', 416, 'bytes */1000', undefined],
      ['bytes=500-400', 200, null, octets], ['items=0-1', 200, null, octets], ['bytes=0-0,1-1,2-2,3-3,4-4,5-5', 200, null, octets],
    ];
    for (const [range, status, contentRange, body] of rows) {
      const answer = await fetchRange(address, { range });
      expect([range, answer.status, answer.headers.get('content-range'), body?.equals(answer.bytes) ?? true]).toEqual([range, status, contentRange, true]);
    }
    const whole = await fetchRange(address, {});
    const etag = whole.headers.get('etag') ?? '';
    expect([etag, whole.headers.get('accept-ranges'), whole.headers.get('content-type')]).toEqual([`"${createHash('sha256').update(octets).digest('hex')}"`, 'bytes', 'video/mp4']);
    expect((await fetchRange(address, { range: 'bytes=0-9', 'if-range': '"stale"' })).status).toBe(200);
    expect((await fetchRange(address, { range: 'bytes=0-9', 'if-range': etag })).bytes.equals(octets.subarray(0, 10))).toBe(true);
    expect((await fetchRange(address, { 'if-none-match': etag })).status).toBe(304);
    const head = await fetchRange(address, { range: 'bytes=0-9' }, 'HEAD');
    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges'), head.bytes.length]).toEqual([200, '1000', 'bytes', 0]);
    const several = await fetchRange(address, { range: 'bytes=0-0,500-509' });
    expect([several.status, several.headers.get('content-type')]).toEqual([206, expect.stringMatching(/^multipart\/byteranges; boundary=/)]);
    expect(several.headers.get('content-length')).toBe(String(several.bytes.length));
    expect(several.bytes.includes(octets.subarray(500, 510)) && several.bytes.includes('content-range: bytes 500-509/1000')).toBe(true);
  });

  it('addresses are good for six hours, one film and one person', async () => {
    const [one, other] = [await published(film(40)), await published(film(41))];
    const address = (await open(one)).files[0]?.address ?? '';
    expect(codeOf(await fetchRange(address.replace(one, other), {}))).toBe('403 ADDRESS_INVALID');
    expect(codeOf(await fetchRange(address.replace(/viewing=[^&]+/, `viewing=${randomUUID()}`), {}))).toBe('403 ADDRESS_INVALID');
    expect(codeOf(await fetchRange(address.replace(/expires=(\d+)/, (_all, at) => `expires=${Number(at) + 1}`), {}))).toBe('403 ADDRESS_INVALID');
    const { operator: _name, ...unnamed } = learner;
    expect(codeOf(await estate.request('POST', `${API}/videos/${one}/viewings`, { as: unnamed, purpose: 'TRAINING', body: {} }))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(address).not.toMatch(/learner|282049/);
    estate.clock.set(new Date(estate.clock.now().getTime() + 6 * 3_600_000 - 60_000));
    expect((await fetchRange(address, {})).status).toBe(200);
    estate.clock.set(new Date(estate.clock.now().getTime() + 61_000));
    expect(codeOf(await fetchRange(address, {}))).toBe('403 ADDRESS_INVALID');
  });

  it('TRN-4.8: what was watched is the union over devices, within twice the time that passed', async () => {
    const videoId = await published(film(1_500));
    const [phone, desk] = [await open(videoId), await open(videoId)];
    const later = (seconds: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + seconds * 1_000));
    expect(codeOf(await played(phone.playedAddress, [0, 300]))).toBe('422 IMPLAUSIBLE_PROGRESS');
    later(150);
    expect(await shareOf(played(phone.playedAddress, [0, 300]))).toEqual([300, false]);
    expect(await shareOf(played(desk.playedAddress, [0, 300]))).toEqual([300, false]);
    expect(codeOf(await played(desk.playedAddress, [300, 600]))).toBe('422 IMPLAUSIBLE_PROGRESS');
    later(325);
    expect(await shareOf(played(desk.playedAddress, [250, 600], [900, 1_200], [1_100, 1_250]))).toEqual([950, false]);
    later(200);
    expect(await shareOf(played(phone.playedAddress, [600, 900], [1_250, 1_349.999]))).toEqual([1_349.999, false]);
    later(1);
    expect(await shareOf(played(phone.playedAddress, [1_349, 1_350]))).toEqual([1_350, true]);
    expect(codeOf(await played(phone.playedAddress, [5, 5]))).toBe('400 INVALID_INPUT');
    expect(await open(videoId, { ...learner, operator: 'learner-2' })).toMatchObject({ playedMs: 0, isWatched: false });
    const rows = await estate.sql<{ viewer: Buffer }>('SELECT viewer FROM training.video_viewing');
    expect(rows.some(({ viewer }) => viewer.includes('learner'))).toBe(false);
  });

  it('with a transcoder there are renditions, the smallest first; a program that fails is tried again', async () => {
    ffmpeg = join(folder, 'ffmpeg');
    writeFileSync(ffmpeg, `#!/bin/sh\nif [ ! -e ${folder}/failed ]; then touch ${folder}/failed; exit 1; fi\nfor last; do :; done\nprintf '%s' "$*" > "$last"\n`, { mode: 0o755 });
    await estate.restart();
    const uploaded = view.parse((await upload(film(70))).json);
    expect(uploaded).toMatchObject({ state: 'UPLOADED', delivery: 'PENDING' });
    expect(codeOf(await caption(uploaded.videoId, CAPTIONS))).toBe('409 NOT_IN_STATE');
    await estate.eventually(async () => (await caption(uploaded.videoId, CAPTIONS)).status === 200);
    expect(view.parse((await publish(uploaded.videoId)).json).delivery).toBe('RENDITIONS');
    const { files } = await open(uploaded.videoId);
    expect(files.map(({ kbps }) => kbps)).toEqual([300, 800, 1_500, undefined]);
    expect((await fetchRange(files[0]?.address ?? '', {})).bytes.toString()).toMatch(/-b:v 252k .*\+faststart/);
    estate.clock.set(new Date('2016-04-01T01:00:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM training.video WHERE state = 'PUBLISHED'")).length === 0);
    expect(codeOf(await estate.request('POST', `${API}/videos/${uploaded.videoId}/viewings`, { as: learner, purpose: 'TRAINING', body: {} }))).toBe('404 NOT_FOUND');
  });
});
