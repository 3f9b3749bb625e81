import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { Refusal, toLocalDate } from '#kernel';
import { annotatePhoto } from './annotate-photo.js';
import { measurePhoto } from './measure-photo.js';
import { asBigint, bandsOf, perceptualHash, probesOf, SAME_PHOTO_BITS } from './perceptual-hash.js';
import { openPhoto } from './photo-file.js';
import { photoFindings } from './photo-findings.js';
import { drawPortrait, type Portrait } from './portrait.fixture.js';

const TODAY = toLocalDate('2016-01-20');

async function judged(portrait: Portrait): Promise<string[]> {
  const file = await openPhoto(await drawPortrait(portrait));
  return photoFindings(measurePhoto(file.raster), { takenOn: file.takenOn, today: TODAY }).map(({ code, measure }) => `${code} ${measure}`);
}

async function limitOf(file: Promise<Buffer>): Promise<unknown> {
  const thrown: unknown = await openPhoto(await file).then(() => undefined, (error: unknown) => error);
  return thrown instanceof Refusal ? [thrown.code, thrown.facts?.['limit']] : 'ACCEPTED';
}

/** The same octets with another size in the frame header (SOF0: precision, height, width). */
function claiming6001(jpeg: Buffer): Buffer {
  const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0)) + 5;
  const claimed = Buffer.from(jpeg);
  claimed.writeUInt16BE(6_001, frame);
  claimed.writeUInt16BE(6_001, frame + 2);
  return claimed;
}

describe('photo file (CARD-4.3 P02)', () => {
  const size = (width: number, height: number): Promise<Buffer> => drawPortrait({ width, height });

  it('CARD-4.3 P02 each limit at its edge', async () => {
    expect(await limitOf(size(480, 617))).toBe('ACCEPTED');
    expect(await limitOf(size(479, 617))).toEqual(['P02', 'MIN_SIDE']);
    expect(await limitOf(size(617, 479))).toEqual(['P02', 'MIN_SIDE']);
    expect(await limitOf(size(6_000, 480))).toBe('ACCEPTED');
    // More pixels in all than would be decoded: still the side is named.
    expect(await limitOf(size(600, 600).then(claiming6001))).toEqual(['P02', 'MAX_SIDE']);
    const good = await drawPortrait();
    expect(await limitOf(Promise.resolve(good.subarray(0, 20 * 1024 - 1)))).toEqual(['P02', 'MIN_BYTES']);
    expect(await limitOf(sharp(good).toColourspace('cmyk').jpeg().toBuffer())).toEqual(['P02', 'RGB']);
    expect(await limitOf(sharp(good).png().toBuffer())).toEqual(['P02', 'JPEG']);
    expect(await limitOf(Promise.resolve(Buffer.concat([Buffer.from('000000186674797068656963', 'hex'), Buffer.alloc(30_000)])))).toEqual(['P02', 'JPEG']);
  });

  it('CARD-4.3 normalised to 35:45 at 300 dpi, without what the camera noted', async () => {
    const { normalised, takenOn } = await openPhoto(await drawPortrait({ exif: '2016:01:10 09:00:00', width: 900, height: 900 }));
    const { width, height, exif, icc } = await sharp(normalised).metadata();
    expect([width, height, exif, icc, takenOn]).toEqual([413, 531, undefined, undefined, '2016-01-10']);
  });
});

describe('what a machine sees (CARD-4.3 P03-P06, P08, P10)', () => {
  it.each<[string, Portrait]>([
    ['as drawn', {}], ['dark skin', { skin: '#5a3a28', hair: '#0a0806' }], ['light skin and hair', { skin: '#f3d3bd', hair: '#8a6a3a' }], ['brown skin', { skin: '#b98058', hair: '#2a1a10' }],
    ['grey hair', { hair: '#9a9a9a', person: 5 }], ['blue background', { background: '#bcd4e6', person: 6 }], ['white background and clothes', { background: '#fafafa', clothes: '#f0f0f0', person: 8 }], ['a recent day', { exif: '2015:07:20 10:00:00' }],
  ])('CARD-4.3 a good portrait has no finding: %s', async (_name, portrait) => {
    expect(await judged(portrait)).toEqual([]);
  });

  it.each<[string, Portrait]>([
    ['P06 sharpness', { blur: 5 }], ['P06 darkness', { exposure: 0.25 }], ['P06 glare', { exposure: 1.6 }], ['P06 glare', { glare: true }], ['P04 shadow', { shadow: true }], ['P04 object', { object: true }],
    ['P03 offCentre', { shift: 0.14 }], ['P03 tooSmall', { scale: 0.6 }], ['P03 tooLarge', { scale: 1.9 }], ['P03 tilted', { tilt: 14 }], ['P03 tilted', { tilt: -14 }], ['P03 turned', { turn: 0.16 }],
    ['P05 eyesCovered', { sunglasses: true }], ['P05 mouthCovered', { mask: true }], ['P08 otherFaces', { second: true, shift: -0.2, scale: 0.9 }], ['P08 noFace', { nobody: true }], ['P10 months', { exif: '2015:07:19 10:00:00' }],
  ])('CARD-4.3 %s is found: %j', async (finding, portrait) => {
    expect(await judged(portrait)).toContain(finding);
  });

  it('CARD-8 the reasons are drawn on the photo, in the applicant\'s language', async () => {
    const { raster, normalised } = await openPhoto(await drawPortrait({ tilt: 14, shadow: true }));
    const findings = photoFindings(measurePhoto(raster), { takenOn: undefined, today: TODAY });
    const pictures = await Promise.all((['ja', 'ko'] as const).map((language) => annotatePhoto(normalised, findings, language)));
    for (const picture of pictures) {
      const { width, height } = await sharp(picture).metadata();
      expect([width, height > 531]).toEqual([413, true]);
      const { data } = await sharp(picture).extract({ left: 0, top: 531, width: 413, height: height - 531 }).raw().toBuffer({ resolveWithObject: true });
      expect(data.filter((_value, at) => at % 3 === 1 && (data[at] ?? 255) < 90).length).toBeGreaterThan(400);
    }
  });
});

describe('the photo of another person (CARD-4.3 P09)', () => {
  const distance = (one: bigint, other: bigint): number => (one ^ other).toString(2).replaceAll('0', '').length;

  it('CARD-4.3 P09 the same photo smaller, larger or compressed again is near, another one is not', async () => {
    const hashOf = async (portrait: Portrait): Promise<bigint> => perceptualHash((await openPhoto(await drawPortrait(portrait))).raster);
    const [first, smaller, larger, brighter, ...others] = await Promise.all([{}, { width: 480, height: 617, quality: 92 }, { width: 1_400, height: 1_800, quality: 50 }, { exposure: 1.08 }, { person: 2 }, { person: 5 }, { person: 6 }].map(hashOf));
    if (first === undefined) throw new Error('no hash');
    for (const same of [smaller, larger, brighter]) expect(distance(first, same ?? 0n)).toBeLessThanOrEqual(SAME_PHOTO_BITS);
    for (const other of others) expect(distance(first, other)).toBeGreaterThan(SAME_PHOTO_BITS);
  });

  it('CARD-4.3 P09 every hash within six bits shares a band with a probe', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: SAME_PHOTO_BITS }), (hash, flips) => {
      const near = flips.reduce((changed, bit) => changed ^ (1n << BigInt(bit)), hash);
      const bands = bandsOf(near);
      expect(probesOf(hash).some(({ band, values }) => values.includes(bands[band] ?? -1))).toBe(true);
      expect(BigInt.asUintN(64, BigInt(asBigint(hash)))).toBe(hash);
    }), { numRuns: 2_000 });
  });
});
