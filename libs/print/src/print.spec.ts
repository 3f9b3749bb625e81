import { buffer } from 'node:stream/consumers';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { expect, it } from 'vitest';
import { copyVoid } from './copy-void.js';
import { linesOf, widthOf } from './elements.js';
import { lineScreen } from './line-screen.js';
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

it('CARD-4.16 (c): the word in a line screen is of the tone of its ground, and shows under a screen of the same lines', async () => {
  const [wide, high, scale] = [180, 68, 10];
  const doc = new PDFDocument({ size: [wide, high] });
  lineScreen(doc, { x: 0, y: 0, width: wide, height: high, text: '真正' });
  const drawn = buffer(doc);
  doc.end();
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(await drawn);
  const { data, width } = await document.getPage(0).render({ scale, render: async (page) => page.data });
  document.destroy();
  library.destroy();
  const darkness = (x: number, y: number): number => 255 - (data[(Math.round(y * scale) * width + Math.round(x * scale)) * 4] ?? 255);
  const [tones, screened]: number[][] = [[], []];
  // Fields of five lines by six points: by the eye, and where the screen leaves the middle of the ground's lines open (every 1.2 points from 0.6 on).
  for (let top = 6; top < 60; top += 6) {
    for (let left = 2; left < wide - 8; left += 6) {
      let [tone, open] = [0, 0];
      for (let x = left; x < left + 6; x += 0.5) {
        for (let y = top; y < top + 6; y += 0.1) tone += darkness(x, y);
        for (let line = 0.6 + 1.2 * Math.ceil((top - 0.6) / 1.2); line < top + 5.9; line += 1.2) open += darkness(x, line);
      }
      tones?.push(tone / (12 * 60));
      screened?.push(open / (12 * 5));
    }
  }
  const spread = (values: readonly number[]): number => Math.max(...values) / Math.max(1, Math.min(...values));
  expect(spread(tones ?? [])).toBeLessThan(1.5);
  expect(spread(screened ?? [])).toBeGreaterThan(3);
});
