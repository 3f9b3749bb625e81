import { buffer } from 'node:stream/consumers';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { expect, it } from 'vitest';
import { copyVoid } from './copy-void.js';
import { linesOf, widthOf } from './elements.js';
import { pdfOf } from './pdf.js';

const settings = { title: 'x', author: 'y', at: new Date('2016-02-01T00:00:00Z') };
const written = fc.array(fc.constantFrom('試', '験', '𠮷', '邉\u{E0100}', '〓{glyph:99001-0042}', 'ア', 'W', ' ', '\u{2F800}'), { minLength: 1, maxLength: 80 }).map((characters) => characters.join(''));

it('lines hold every character once, in order, and none is wider than its frame', async () => {
  await pdfOf(settings, (doc) => {
    fc.assert(fc.property(written, fc.integer({ min: 40, max: 400 }), fc.integer({ min: 5, max: 14 }), (text, width, size) => {
      const lines = linesOf(doc, text, { size, width });
      expect(lines.join('')).toBe(text);
      for (const line of lines) expect(widthOf(doc, line, size)).toBeLessThanOrEqual(width + 0.01);
    }));
  });
});

it('CARD-4.16: word and ground of the copy-void pattern have one mean tone, and what a copier keeps is the word', async () => {
  const [wide, high] = [264, 180];
  const doc = new PDFDocument({ size: [wide, high] });
  copyVoid(doc);
  const drawn = buffer(doc);
  doc.end();
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(await drawn);
  const { data, width } = await document.getPage(0).render({ scale: 10, render: async (page) => page.data });
  document.destroy();
  library.destroy();
  const block = 120;
  const tone: number[] = [];
  const kept: number[] = [];
  for (let top = 0; top + block <= high * 10; top += block) {
    for (let left = 0; left + block <= wide * 10; left += block) {
      let [sum, coarse] = [0, 0];
      for (let y = top; y < top + block; y += 1) {
        for (let x = left, run = 0; x < left + block; x += 1) {
          const dark = 255 - (data[(y * width + x) * 4] ?? 0);
          sum += dark;
          run = dark > 90 ? run + 1 : 0;
          // Four pixels in a row, 0.4 points, are more than a fine dot has.
          if (run >= 4) coarse += 1;
        }
      }
      tone.push(sum);
      kept.push(coarse);
    }
  }
  const mean = tone.reduce((sum, one) => sum + one, 0) / tone.length;
  expect(Math.max(...tone.map((one) => Math.abs(one - mean) / mean))).toBeLessThan(0.3);
  expect(kept.filter((one) => one === 0).length).toBeGreaterThan(kept.length / 5);
  expect(kept.filter((one) => one > 100).length).toBeGreaterThan(kept.length / 8);
});
