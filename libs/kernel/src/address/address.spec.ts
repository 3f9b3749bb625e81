import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKey } from '../index.js';

describe('address key (JUKI 4.8)', () => {
  it.each([
    ['架空県試験市見本町二丁目３番４号', '架空県試験市見本町2-3-4'],
    ['架空県試験市見本町２丁目３－４', '架空県試験市見本町2-3-4'],
    ['架空県試験市見本町2-3-4', '架空県試験市見本町2-3-4'],
    ['架空県試験市大字例示１０番地の５', '架空県試験市例示10-5'],
    ['架空県試験市霞ヶ丘十二番地', '架空県試験市霞ケ丘12'],
    ['架空県試験市霞が丘１２番地', '架空県試験市霞ケ丘12'],
    ['架空県試験市霞ｹ丘12', '架空県試験市霞ケ丘12'],
    ['架空県 試験市　見本町 2−3ー4', '架空県試験市見本町2-3-4'],
    ['架空県試験市見本町２の３の４', '架空県試験市見本町2-3-4'],
    ['架空県試験市大字例示字谷百二十番地の三', '架空県試験市例示谷120-3'],
    ['架空県試験市見本町一〇三番地', '架空県試験市見本町103'],
    ['架空県試験市見本町二丁目', '架空県試験市見本町2'],
    ['架空県試験市一番町三番二十一号', '架空県試験市一番町3-21'],
    ['架空県試験市見本町二丁目３番４号　見本コーポ１０１号室', '架空県試験市見本町2-3-4見本コーポ101'],
    ['架空県試験市見本町2-3-4-101', '架空県試験市見本町2-3-4-101'],
    ['架空県試験市千代町十番地', '架空県試験市千代町10'],
  ])('JUKI-4.8 %s', (written, key) => {
    expect(addressKey(written)).toBe(key);
  });

  it('JUKI-4.8 numbers written in kanji, full width or digits, with units or hyphens, give one key', () => {
    const number = fc.integer({ min: 1, max: 9999 });
    fc.assert(
      fc.property(number, number, number, (block, lot, house) => {
        const town = '架空県試験市見本町';
        const written = [
          `${town}${kanji(block)}丁目${kanji(lot)}番${kanji(house)}号`,
          `${town}${positional(block)}丁目${wide(lot)}番地の${wide(house)}`,
          `${town}${wide(block)}－${wide(lot)}－${wide(house)}`,
          `${town}${block}の${lot}の${house}`,
        ];
        expect(new Set(written.map(addressKey))).toEqual(new Set([`${town}${block}-${lot}-${house}`]));
        expect(addressKey(`${town}${block}-${lot}-${house}`)).toBe(`${town}${block}-${lot}-${house}`);
      }),
    );
  });
});

function wide(value: number): string {
  return [...String(value)].map((digit) => '０１２３４５６７８９'.charAt(Number(digit))).join('');
}

function positional(value: number): string {
  return [...String(value)].map((digit) => '〇一二三四五六七八九'.charAt(Number(digit))).join('');
}

/** 1234 -> 千二百三十四 */
function kanji(value: number): string {
  return [...String(value).padStart(4, '0')]
    .map((digit, at) => {
      const unit = '千百十 '.charAt(at).trim();
      if (digit === '0') return '';
      return (digit === '1' && unit !== '' ? '' : positional(Number(digit))) + unit;
    })
    .join('');
}
