import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Refusal, toLocalDate } from '#kernel';
import { LEARNER_COLUMNS, readLearners } from './learner-list.js';
import { midPoint, periodFault } from './registration.js';

const HEADER = LEARNER_COLUMNS.join();
const GOOD = '011002,A-1,山田 太郎,ヤマダ タロウ,a@example.jp,0107';
const read = (bytes: Buffer | string, encoding: 'UTF-8' | 'Windows-31J' = 'UTF-8') => readLearners(Readable.from([Buffer.from(bytes)]), encoding);
const code = (work: Promise<unknown>): Promise<string> => work.then(() => 'read', (error: unknown) => (error instanceof Refusal ? error.code : String(error)));

describe('the period (TRN-3.4, 4.2)', () => {
  const period = { opensOn: toLocalDate('2015-10-01'), closesOn: toLocalDate('2015-10-31') };

  it('goes from the first to the end of the last day in Japan; its half is noon of the 16th of 31 days', () => {
    const at = (text: string): string | undefined => periodFault(period, new Date(text));
    expect([at('2015-09-30T14:59:59Z'), at('2015-09-30T15:00:00Z'), at('2015-10-31T14:59:59Z'), at('2015-10-31T15:00:00Z')]).toEqual(['NOT_STARTED_YET', undefined, undefined, 'EXPIRED']);
    expect(midPoint(period).toISOString()).toBe('2015-10-16T03:00:00.000Z');
  });
});

describe('lists of learners (TRN-5)', () => {
  it('gives the good rows and each bad one with line, column and reason', async () => {
    const { rows, faults } = await read(`\ufeff${HEADER}\r\n${GOOD}\r\n011003,A-2,山田,ヤマダ,a@example.jp,0107\r\n011002,A-3,山田,山田,a@example.jp,0107\r\n\r\n011002,A-4,山田,ヤマダ,no mail,0107\r\n011002,A-5\r\n011002,A-6,"辺{glyph:99001-0043} 花",ヘン ハナ,b@example.jp,0107\r\n`);
    expect(rows.map(({ line, staffNo, nameKanji }) => [line, staffNo, nameKanji])).toEqual([[2, 'A-1', '山田 太郎'], [7, 'A-6', '辺{glyph:99001-0043} 花']]);
    expect(faults).toEqual([
      { line: 3, column: 'bodyCode', code: 'MUNICIPALITY_CODE' }, { line: 4, column: 'nameKana', code: 'KANA' }, { line: 5, column: 'mail', code: 'FORMAT' }, { line: 6, column: '', code: 'COLUMNS' },
    ]);
  });

  it('in Windows-31J as declared: ①, 髙 and half-width kana are of it; octets of another encoding are refused', async () => {
    // 髙橋①,ﾀｶﾊｼ in Windows-31J.
    const row = Buffer.concat([Buffer.from(`${HEADER}\n011002,B-1,`), Buffer.from([0xfb, 0xfc, 0x8b, 0xb4, 0x87, 0x40, 0x2c, 0xc0, 0xb6, 0xca, 0xbc]), Buffer.from(',c@example.jp,0107\n')]);
    expect((await read(row, 'Windows-31J')).rows).toMatchObject([{ nameKanji: '髙橋①', nameKana: 'ﾀｶﾊｼ' }]);
    expect(await code(read(row, 'UTF-8'))).toBe('FILE_MALFORMED');
  });

  it.each([['', 'FILE_MALFORMED'], ['a,b\n', 'FILE_MALFORMED'], [`${HEADER}\n"011002\n`, 'FILE_MALFORMED'], [`${HEADER}\n`, 'read']])('%j: %s', async (text, expected) => expect(await code(read(text))).toBe(expected));
});
