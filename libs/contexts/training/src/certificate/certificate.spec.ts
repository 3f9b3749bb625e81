import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { canonicalJson } from '#platform';
import { certificateNumber, isCertificateNumber, isSameName } from './certificate.js';

describe('certificate number (TRN-4.9)', () => {
  it('TRN-4.9: the vector has the check digits 17', () => {
    const no = certificateNumber({ fiscalYear: 2015, courseCode: '0107', sessionNo: 3, serial: 42 });
    expect(no).toBe('201501070300004217');
    expect(BigInt(no) % 97n).toBe(1n);
  });

  it('a single wrong digit and two digits that changed places are found', () => {
    const parts = fc.record({ fiscalYear: fc.integer({ min: 2010, max: 2099 }), courseCode: fc.stringMatching(/^\d{4}$/), sessionNo: fc.integer({ min: 0, max: 99 }), serial: fc.integer({ min: 1, max: 999_999 }) });
    fc.assert(fc.property(parts, fc.nat(17), fc.integer({ min: 1, max: 9 }), (given, at, plus) => {
      const no = certificateNumber(given);
      expect(isCertificateNumber(no)).toBe(true);
      const wrong = `${no.slice(0, at)}${(Number(no[at]) + plus) % 10}${no.slice(at + 1)}`;
      expect(isCertificateNumber(wrong)).toBe(false);
      const swapped = `${no.slice(0, at)}${no[at + 1] ?? ''}${no[at]}${no.slice(at + 2)}`;
      if (swapped !== no) expect(isCertificateNumber(swapped)).toBe(false);
    }));
  });

  it('a part that does not fit is a fault, no longer number', () => {
    expect(() => certificateNumber({ fiscalYear: 2015, courseCode: '0107', sessionNo: 100, serial: 1 })).toThrow();
    expect(() => certificateNumber({ fiscalYear: 2015, courseCode: '0107', sessionNo: 1, serial: 1_000_000 })).toThrow();
  });
});

it('TRN-4.9: the signed payload is canonical JSON, byte for byte', () => {
  const bytes = Buffer.from(canonicalJson({
    title: '情報セキュリティ監査セミナー', no: '201501070300004217', sessionNo: 3, issuedOn: toLocalDate('2015-09-30'), holderRef: 'H-000042', fiscalYear: 2015, courseCode: '0107',
  }));
  expect(bytes.length).toBe(179);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe('9a672c9b42e4f594719533c9e4a6e19118f182c63f5b2b84fc468c9204c7b4b8');
});

describe('a typed name (TRN-4.9, TRN-7)', () => {
  it.each([
    ['試験花子', '試験　花子', true], ['試験 花子', '試験　花子', true], ['試験 太郎', '試験　花子', false], ['試験', '試験　花子', false],
    ['渡辺', '渡\u{8FBA}\u{E0101}', true], ['渡〓子', '渡〓{glyph:99001-0042}子', true], ['渡邉子', '渡〓{glyph:99001-0042}子', true], ['渡子', '渡〓{glyph:99001-0042}子', true],
    ['渡邉邉子', '渡〓{glyph:99001-0042}子', false], ['渡辺子', '渡辺{glyph:99001-0043}子', true], ['が', '\u304B\u3099', true], ['a.c', 'a.c', true], ['abc', 'a.c', false], ['', '試験', false],
  ])('%s is %s: %s', (typed, held, same) => expect(isSameName(typed, held)).toBe(same));
});
