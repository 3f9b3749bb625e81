import { expect, it } from 'vitest';
import { rosterPdf, type Roster, type RosterRow } from './roster-pdf.js';

const [morning, afternoon] = [['2015-10-05T00:00:00Z', '2015-10-05T03:00:00Z'], ['2015-10-05T04:00:00Z', '2015-10-05T07:00:00Z']].map(([from = '', to = '']) => ({ startsAt: new Date(from), endsAt: new Date(to) }));
const row = (n: number): RosterRow => ({ enrolmentId: '', bodyCode: '011002', bodyName: '架空市', staffNo: `S-${n}`, nameKanji: `〓{glyph:99001-0042}田${n}`, nameKana: 'ショクイン', state: 'ADMITTED' });
const rosterOf = (rows: number): Roster => ({
  courseCode: '0107', courseTitle: '情報セキュリティ監査セミナー', number: 3, startsAt: new Date('2015-10-05T00:00:00Z'), venue: '架空会館', at: new Date('2015-10-01T00:00:00Z'),
  halfDays: [morning, afternoon].flatMap((half) => half ?? []), rows: Array.from({ length: rows }, (_, n) => row(n)),
});
const pagesOf = (pdf: Buffer): number => [...pdf.toString('latin1').matchAll(/\/Type \/Page\b(?!s)/g)].length;

it('TRN-5: a roster has every row, page after page, one page where nobody comes', async () => {
  const pages = await Promise.all([0, 27, 28, 60].map(async (rows) => pagesOf(await rosterPdf(rosterOf(rows)))));
  expect(pages).toEqual([1, 1, 2, 3]);
});
