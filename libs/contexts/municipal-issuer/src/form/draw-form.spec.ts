import { PDFiumLibrary } from '@hyzyla/pdfium';
import { afterAll, describe, expect, it } from 'vitest';
import { bindingInPdf } from '#contracts/municipal-issuer';
import type { Shown } from '../certificate/certificate.js';
import { familyRegister, resident, sealImage, sealRegistration, taxation } from '../records.fixture.js';
import { formOf, type Issue } from './draw-form.js';

const LONGEST = `〓{glyph:99001-0042}${'齋藤髙橋渡邉﨑'.repeat(9)}`;
/** Points of the frame, with its line. */
const FRAME = { left: 35, right: 560, top: 103, bottom: 777 };

const library = await PDFiumLibrary.init();
afterAll(() => library.destroy());
const seal = await sealImage('試験市長之印', '#c8321e', true);
const registered = await sealRegistration();
const issue: Issue = {
  municipality: { name: '試験市', mayor: '基盤　太郎', seal }, requestId: 'REQ-20160201-0000001', issuedAt: new Date('2016-02-01T01:00:00Z'),
  bind: (pageCount) => ({ requestId: 'REQ-20160201-0000001', type: 'RESIDENT_RECORD', pageCount, issuedAt: '2016-02-01T01:00:00.000Z', residentKeyMac: Buffer.alloc(32, 1) }),
};
const household = (count: number, options: Extract<Shown, { type: 'RESIDENT_RECORD' }>['options'] = ['HOUSEHOLD']): Shown => (
  { type: 'RESIDENT_RECORD', isWhole: true, options, members: Array.from({ length: count }, (_, index) => resident({ position: index + 1, name: LONGEST, registerHead: LONGEST, address: '試験県'.repeat(66) })) }
);

async function pagesOf(pdf: Buffer): Promise<{ texts: string[]; strays: number }> {
  const document = await library.loadDocument(pdf);
  const texts: string[] = [];
  let strays = 0;
  for (const page of document.pages()) {
    texts.push(page.getText().replace(/\s/g, ''));
    const { data, width, height } = await page.render({ scale: 1, render: async ({ data }) => data });
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      const isBeside = y > FRAME.top && y < FRAME.bottom && (x < FRAME.left || x > FRAME.right);
      if (isBeside && (data[pixel * 4] ?? 0) < 140) strays += 1;
    }
  }
  document.destroy();
  return { texts, strays };
}

describe('forms of certificates (CARD-4.15)', () => {
  it('a large household goes on over pages that are numbered, and its longest names and addresses stay inside of the frame', async () => {
    const { pdf, binding } = await formOf(household(7, ['HOUSEHOLD', 'DOMICILE', 'RELATION', 'NUMBER']), issue);
    const { texts, strays } = await pagesOf(pdf);
    expect([texts.length, binding.pageCount]).toEqual([binding.pageCount, texts.length]);
    expect(texts.length).toBeGreaterThan(3);
    texts.forEach((text, index) => expect(text).toContain(`${index + 1}/${texts.length}`));
    expect(strays).toBe(0);
    expect(texts.filter((text) => text.includes('世帯全員の住民票の原本と相違ないことを証明する'))).toHaveLength(1);
    expect(texts.at(-1)).toContain('試験市長基盤太郎');
    expect(texts.join('').match(/9018/g)).toHaveLength(7);
  });

  it('CARD-4.16 every page has the copy-void ground, to its edges', async () => {
    const document = await library.loadDocument((await formOf(household(7), issue)).pdf);
    for (const page of document.pages()) {
      const { data, width, height } = await page.render({ scale: 2, render: async ({ data: pixels }) => pixels });
      for (const band of [data.subarray(0, 40 * width * 4), data.subarray((height - 40) * width * 4)]) expect(band.filter((value, at) => at % 4 === 0 && value < 250).length / (40 * width)).toBeGreaterThan(0.02);
    }
    document.destroy();
  });

  it('what the applicant did not choose is omitted', async () => {
    const { texts } = await pagesOf((await formOf({ type: 'RESIDENT_RECORD', isWhole: false, options: [], members: [resident()] }, issue)).pdf);
    for (const hidden of ['1234', '世帯主試験', '筆頭者試験']) expect(texts.join('')).not.toContain(hidden);
    expect(texts.join('').match(/省略/g)).toHaveLength(6);
  });

  it('the document carries its block, and the same issue gives the same octets', async () => {
    const { pdf, binding } = await formOf(household(1), issue);
    expect(bindingInPdf(pdf)).toEqual(binding);
    expect((await formOf(household(1), issue)).pdf.equals(pdf)).toBe(true);
    expect(pdf.length).toBeLessThan(100_000);
  });

  it.each<{ shown: Shown; says: string[] }>([
    { shown: { type: 'SEAL_CERT', resident: resident(), seal: registered }, says: ['印鑑登録証明書', '990019-004217', '登録されている印影と相違ない'] },
    { shown: { type: 'INCOME_TAX_CERT', resident: resident(), taxation: taxation() }, says: ['平成27年度所得・課税証明書', '平成26年中', '5,432,100円', '233,600円', '合計1,496,000円'] },
    { shown: { type: 'FAMILY_REGISTER_FULL', register: familyRegister() }, says: ['全部事項証明', '【除籍】', '【配偶者氏名】見本花子', '事項の全部を証明'] },
    { shown: { type: 'FAMILY_REGISTER_INDIVIDUAL', register: familyRegister() }, says: ['個人事項証明', '事項の一部を証明'] },
    { shown: { type: 'REGISTER_ADDENDUM', register: familyRegister() }, says: ['戸籍の附票', '【住定日】平成22年3月28日'] },
  ])('$shown.type says what it certifies', async ({ shown, says }) => {
    const { texts } = await pagesOf((await formOf(shown, issue)).pdf);
    for (const text of says) expect(texts.join('')).toContain(text);
  });
});
