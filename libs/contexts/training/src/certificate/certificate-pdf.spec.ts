import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { certificatePdf } from './certificate-pdf.js';

const sheet = {
  no: '201501070300004217', holderName: '𠮷田　〓{glyph:99001-0042}子', title: '情報セキュリティ監査セミナー', issuedOn: toLocalDate('2015-09-30'), issuer: '発行者', code: `KBC1.0123456789abcdef.${'A'.repeat(239)}.${'B'.repeat(86)}`,
};

/** The texts of its compressed streams. */
function streamsOf(pdf: Buffer): string[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, octets = '']) => {
    try {
      return [inflateSync(Buffer.from(octets, 'latin1')).toString('latin1')];
    } catch {
      return [];
    }
  });
}

it('TRN-4.9, TRN-7: the sheet shows its characters in an embedded subset of the font, and a box for one that only an image draws', async () => {
  const pdf = await certificatePdf(sheet);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.length).toBeLessThan(80_000);
  expect(pdf.toString('latin1')).toContain('/FontFile2');
  const shown = streamsOf(pdf).find((text) => text.includes('begincmap')) ?? '';
  for (const units of ['d842 dfb7', '7530', '5b50', '4fee']) expect(shown).toContain(`<${units}>`);
  expect(shown).not.toContain('<3013>');
  expect((await certificatePdf(sheet)).equals(pdf)).toBe(true);
});
