import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certificateRepertoireFault,
  characterFault,
  codePointCount,
  formatNameElements,
  gaijiCount,
  glyphRefs,
  graphemeCount,
  inCertificateRepertoire,
  kanaKeyLoose,
  kanaKeyStrict,
  kanjiKey,
  parseNameElements,
  representativeOf,
  stripGlyphRefs,
  stripVariationSelectors,
  substituteForCertificate,
  VARIANT_FAMILIES,
  VARIANT_TABLE_VERSION,
} from '../index.js';

const IVS = '\u{E0101}';
const HIRAGANA = [...'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔ'];
const katakanaOf = (text: string) => text.replace(/[ぁ-ゔ]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
const hiraganaName = fc.array(fc.constantFrom(...HIRAGANA), { minLength: 1, maxLength: 12 }).map((kana) => kana.join(''));
const nameCharacter = fc.constantFrom(...'高髙﨑崎𠮷吉濵濱浜邉辺槗橋斎齋斉齊〓花子太郎 　Ａa①㐂\uE000', `邉${IVS}`, '〓{glyph:99001-0042}', '辺{glyph:A.1}');
const nameText = fc.array(nameCharacter, { maxLength: 12 }).map((parts) => parts.join(''));
/** Any code units' sequence, lone surrogates and noncharacters included. */
const anyText = fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 12 }).map((codes) => String.fromCodePoint(...codes));

describe('kanji key (JUKI 4.8)', () => {
  it.each([
    ['髙橋　花子', '高橋花子'],
    ['高槗 花子', '高橋花子'],
    ['濵﨑　一郎', '浜崎一郎'],
    ['浜崎 一郎', '浜崎一郎'],
    [`渡邉${IVS} 試`, '渡辺試'],
    ['齋藤 例', '斎藤例'],
    ['齊藤 例', '斉藤例'],
    ['𠮷田　試', '吉田試'],
    ['ＳＭＩＴＨ　ＪＯＨＮ', 'SMITHJOHN'],
    ['神\uFA19', '神神'],
  ])('JUKI-4.8 %s -> %s', (name, key) => {
    expect(kanjiKey(name)).toBe(key);
  });

  it('JUKI-4.8 斎 and 斉 stay two families, and NFKC alone does not unify the others', () => {
    expect(representativeOf('齋')).not.toBe(representativeOf('齊'));
    for (const character of '髙﨑𠮷濵濱邉邊槗') expect(character.normalize('NFKC')).toBe(character);
  });

  it('JUKI-7 unknown characters are equal only when one image draws them', () => {
    expect(kanjiKey('〓{glyph:A1}田')).toBe(kanjiKey('〓{glyph:A1} 田'));
    expect(kanjiKey('〓{glyph:A1}田')).not.toBe(kanjiKey('〓{glyph:A2}田'));
    expect(kanjiKey('邊{glyph:A3}田')).toBe('辺田');
  });

  it('JUKI-4.8 a key is its own key and the original is never changed by variation selectors', () => {
    fc.assert(
      fc.property(nameText, (name) => {
        expect(kanjiKey(kanjiKey(name))).toBe(kanjiKey(name));
        expect(kanjiKey(stripVariationSelectors(name))).toBe(kanjiKey(name));
      }),
    );
  });

  it('the variant table is a partition of single NFKC-stable characters, each family led by one a certificate can carry', () => {
    const all = VARIANT_FAMILIES.flat();
    expect(new Set(all).size).toBe(all.length);
    expect(VARIANT_TABLE_VERSION).toMatch(/^[0-9]{4}-[0-9]{2}\.[0-9]+$/);
    for (const [representative = '', ...variants] of VARIANT_FAMILIES) {
      expect(inCertificateRepertoire(representative), representative).toBe(true);
      expect(variants.length, representative).toBeGreaterThan(0);
      for (const variant of variants) {
        expect(variant.normalize('NFKC')).toBe(variant);
        expect(codePointCount(variant)).toBe(1);
        expect(representativeOf(variant)).toBe(representative);
      }
    }
  });
});

describe('kana keys (JUKI 4.8)', () => {
  it.each([
    ['ﾀﾞｲﾄｳ ｼﾞｭﾝｼﾞ', 'タイトウシユンシ'],
    ['だいとう　じゅんぢ', 'タイトウシユンシ'],
    ['ヴィクトール・グエン', 'ウイクトールクエン'],
    ['オオノ マリ', 'オオノマリ'],
    ['ヰヱヲ ヂヅ', 'イエオシス'],
    ['ヷヺ゛゜', 'ワオ'],
    ['か\u3099き\u3099', 'カキ'],
    ['ジャン-ポール', 'シヤンホール'],
    ['ァィゥェォッャュョヮヵヶ', 'アイウエオツヤユヨワカケ'],
    ['ムㇰㇻ', 'ムクラ'],
  ])('JUKI-4.8 strict %s -> %s', (kana, key) => {
    expect(kanaKeyStrict(kana)).toBe(key);
  });

  it.each([
    ['ワタナベ ショーコ', 'ワタナヘシヨコ'],
    ['わたなべ しょうこ', 'ワタナヘシヨコ'],
    ['オオノ', 'オノ'],
    ['オーノ', 'オノ'],
    ['オノ', 'オノ'],
    ['ケイコ', 'ケコ'],
    ['ゆうじ', 'ユシ'],
    ['カオル', 'カオル'],
    ['タイチ', 'タイチ'],
  ])('JUKI-4.8 loose %s -> %s', (kana, key) => {
    expect(kanaKeyLoose(kana)).toBe(key);
  });

  it('JUKI-4.8 hiragana and katakana agree, keys are stable, loose never separates what strict unites', () => {
    fc.assert(
      fc.property(hiraganaName, (name) => {
        const strict = kanaKeyStrict(name);
        expect(kanaKeyStrict(katakanaOf(name))).toBe(strict);
        expect(kanaKeyStrict(name.normalize('NFD'))).toBe(strict);
        expect(kanaKeyStrict(strict)).toBe(strict);
        expect(strict).toMatch(/^[アイウエオカ-ヂツテトナ-モヤユヨラ-ロワン]+$/u);
        expect(strict.normalize('NFD')).toBe(strict);
        expect(kanaKeyLoose(strict)).toBe(kanaKeyLoose(name));
        expect(kanaKeyLoose(kanaKeyLoose(name))).toBe(kanaKeyLoose(name));
      }),
    );
  });
});

describe('keys of plain texts', () => {
  it('JUKI-4.8 plain kana and kanji give by the short way what they give by the long one', () => {
    const kana = Array.from({ length: 0x30fd - 0x30a1 }, (_, index) => String.fromCharCode(0x30a1 + index));
    const unit = fc.constantFrom(...kana, '　', ' ', 'が', 'ん', '々', '濵', '邊', '髙', '高', '齋', '\u3099', 'ﾊ', 'A');
    // The last character is dropped from the key, and no plain text has it.
    fc.assert(fc.property(fc.string({ unit }), (text) => {
      expect(kanjiKey(text)).toBe(kanjiKey(`${text}\uFE00`));
      expect(kanaKeyStrict(text)).toBe(kanaKeyStrict(`${text}\u2010`));
    }));
    for (const one of kana) expect(kanaKeyStrict(one)).toBe(kanaKeyStrict(`${one}\u2010`));
  });
});

describe('characters (JUKI 4.8, 7)', () => {
  it('JUKI-4.8 counts code points and written characters', () => {
    expect(codePointCount('𠮷田')).toBe(2);
    expect(codePointCount(`渡邉${IVS}`)).toBe(3);
    expect(graphemeCount(`渡邉${IVS}`)).toBe(2);
    expect(graphemeCount('𠮷田')).toBe(2);
    expect(graphemeCount('か\u3099')).toBe(1);
    expect(graphemeCount('〓{glyph:99001-0042}田')).toBe(2);
    expect(stripVariationSelectors(`邉${IVS}\uFE00辺`)).toBe('邉辺');
  });

  it.each([
    ['架空　太郎', undefined],
    [`邉${IVS}\uE000〓{glyph:A1}`, undefined],
    ['田\uD83D', 'LONE_SURROGATE'],
    ['\uDC00田', 'LONE_SURROGATE'],
    ['架空\u0000', 'CONTROL_CHARACTER'],
    ['架空\n太郎', 'CONTROL_CHARACTER'],
    ['架空\u2028太郎', 'CONTROL_CHARACTER'],
    ['架空\u202E太郎', 'CONTROL_CHARACTER'],
    ['\uFEFF架空', 'CONTROL_CHARACTER'],
    ['架\uFFFD', 'NONCHARACTER'],
    ['架\u{1FFFF}', 'NONCHARACTER'],
    ['〓{glyph:}', 'GLYPH_REFERENCE'],
    ['〓{glyph:A 1}', 'GLYPH_REFERENCE'],
    ['〓{glyph:A1', 'GLYPH_REFERENCE'],
  ])('JUKI-7 %j: %s', (text, fault) => {
    expect(characterFault(text)).toBe(fault);
  });

  it('JUKI-7 gaiji are told, not refused', () => {
    expect(gaijiCount('架空太郎')).toBe(0);
    expect(gaijiCount('𠮷田髙')).toBe(0);
    expect(gaijiCount('\uE000田〓{glyph:A1}〓\u{F0000}')).toBe(4);
    expect(gaijiCount('辺{glyph:A1}')).toBe(0);
    expect(gaijiCount('\u{EFFF0}')).toBe(1);
  });

  it('JUKI-4.8 a name round-trips as code points, selectors and glyph images', () => {
    expect(parseNameElements(`渡邉${IVS}〓{glyph:99001-0042}`)).toEqual([
      { character: '渡' },
      { character: '邉', selector: IVS },
      { character: '〓', glyph: '99001-0042' },
    ]);
    expect(glyphRefs('〓{glyph:B}一〓{glyph:A}二〓{glyph:B}')).toEqual(['B', 'A', 'B']);
    expect(stripGlyphRefs('〓{glyph:B}一')).toBe('〓一');
    fc.assert(fc.property(fc.oneof(nameText, anyText), (text) => formatNameElements(parseNameElements(text)) === text));
  });
});

describe('certificate repertoire (JPKI 4.4)', () => {
  it('JPKI-4.4b is JIS X 0208 and ASCII', () => {
    const bmp = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(inCertificateRepertoire);
    expect(bmp.length).toBe(6879 + 7 + 95);
    for (const character of '亜熙腕弌ァんЯω邉邊濱〓　-A〜～') expect(inCertificateRepertoire(character), character).toBe(true);
    for (const character of ['髙', '﨑', '𠮷', '濵', '槗', '①', '㈱', 'Ⅰ', 'ｱ', '\uE000', '\n', '\uFFFD', '']) {
      expect(inCertificateRepertoire(character), character).toBe(false);
    }
  });

  it.each([
    ['基盤　花子', '基盤　花子', '00000'],
    ['霞県霞市中央一丁目２番３号', '霞県霞市中央一丁目２番３号', '0000000000000'],
    ['髙橋　花子', '高橋　花子', '10000'],
    ['𠮷田　﨑', '吉田　崎', '1001'],
    [`渡邉${IVS}　試`, '渡邉　試', '0100'],
    ['〓{glyph:A1}田', '〓田', '10'],
    ['〓田', '〓田', '10'],
    ['辺{glyph:A1}田', '辺田', '10'],
    ['\uE000①', '〓1', '11'],
    ['\uFA19田', '神田', '10'],
    ['㐂㈱', '〓〓', '11'],
    ['邉 子', '邉 子', '000'],
  ])('JPKI-4.4 %s -> %s %s', (text, carried, positions) => {
    expect(substituteForCertificate(text)).toEqual({ text: carried, positions });
  });

  it('JPKI-4.4a every result is carried whole, one flag per code point, and stays as it is', () => {
    fc.assert(
      fc.property(fc.oneof(nameText, anyText), (text) => {
        const { text: carried, positions } = substituteForCertificate(text);
        expect(certificateRepertoireFault(carried)).toBeUndefined();
        expect(positions).toMatch(/^[01]*$/);
        expect(positions.length).toBe(codePointCount(carried));
        expect(substituteForCertificate(carried).text).toBe(carried);
      }),
    );
    expect(certificateRepertoireFault('髙橋')).toBe('OUTSIDE_REPERTOIRE');
  });
});
