import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDigitOfIndividualNumber,
  checkDigitOfResidentCode,
  corporateNumberFault,
  digitsFromUserEntry,
  IndividualNumber,
  InvalidValue,
  MaskedValue,
  mod97CheckDigits,
  mod97Valid,
  municipalityCodeFault,
  municipalityCodeFromBody,
  PREFECTURES,
  prefectureByNumber,
  prefectureOf,
  ResidentCode,
  toCorporateNumber,
  toMunicipalityCode,
  toPersonKey,
} from '../index.js';

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));

/** The fault with which `make` throws InvalidValue, with a check that the message does not carry `secret`. */
function faultOf(make: () => unknown, secret: string): string {
  try {
    make();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    expect(`${error.message} ${error.stack}`).not.toContain(secret);
    return `${error.kind}:${error.fault}`;
  }
  return 'none';
}

/** Replaces the digit at `at` by another one. */
function corrupt(text: string, at: number, by: number): string {
  return text.slice(0, at) + ((Number(text.charAt(at)) + by) % 10) + text.slice(at + 1);
}

describe('resident code (JUKI 4.1)', () => {
  it.each([
    ['1234567890', '12345678903'],
    ['9900000001', '99000000015'],
    ['9900000002', '99000000023'],
    ['9912345678', '99123456781'],
    ['2472705960', '24727059608'],
    ['2484601622', '24846016224'],
    ['2520801764', '25208017643'],
    ['2524882698', '25248826986'],
    ['2785309683', '27853096836'],
    ['9057287929', '90572879290'],
    ['2784722510', '27847225101'],
  ])('JUKI-4.1 %s gives the published code', (body, code) => {
    expect(ResidentCode.fromBody(body).reveal()).toBe(code);
    expect(ResidentCode.fault(code)).toBeUndefined();
  });

  it('JUKI-4.1 the all-zero code has a right check digit and is reserved', () => {
    expect(checkDigitOfResidentCode('0000000000')).toBe('0');
    expect(ResidentCode.fault('00000000000')).toBe('RESERVED');
    expect(faultOf(() => ResidentCode.fromBody('0000000000'), '0000000000')).toBe('residentCode:RESERVED');
  });

  it.each(['', '1234567890', '123456789033', '1234567890３', '１２３４５６７８９０３', ' 12345678903', '12345678903\n', '1234-567890'])(
    'NUM-7 %j is refused by its form, never corrected',
    (text) => {
      expect(ResidentCode.fault(text)).toBe('FORMAT');
      expect(() => ResidentCode.of(text)).toThrow('residentCode:FORMAT');
    },
  );

  it('JUKI-7 a wrong check digit is told from a wrong form and the message keeps the code secret', () => {
    expect(faultOf(() => ResidentCode.of('12345678904'), '12345678904')).toBe('residentCode:CHECK_DIGIT');
    expect(faultOf(() => ResidentCode.fromBody('123456789'), '123456789')).toBe('residentCode:FORMAT');
  });

  it('JUKI-4.1 one wrong digit is found unless remainders 0 and 1 share the check digit', () => {
    fc.assert(
      fc.property(digits(10), fc.nat(9), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
        const code = body + checkDigitOfResidentCode(body);
        const wrong = corrupt(code, at, by);
        return ResidentCode.fault(wrong) === 'CHECK_DIGIT' || (code.endsWith('0') && wrong.endsWith('0'));
      }),
    );
  });

  it('JUKI-4.1 codes beginning 99 are for tests', () => {
    expect(ResidentCode.of('99000000015').isReserved99).toBe(true);
    expect(ResidentCode.of('12345678903').isReserved99).toBe(false);
  });
});

describe('individual number (NUM 4.1)', () => {
  it.each([
    ['12345678901', '123456789018'],
    ['98320567321', '983205673214'],
    ['00000000001', '000000000019'],
    ['01234567890', '012345678903'],
    ['99000000001', '990000000019'],
    ['99000000002', '990000000027'],
    ['99000000012', '990000000124'],
    ['99999999999', '999999999996'],
    ['38823125910', '388231259102'],
    ['98149365081', '981493650816'],
    ['75096231658', '750962316580'],
    ['20577730647', '205777306473'],
    ['97493611856', '974936118563'],
    ['55799356213', '557993562135'],
    ['96695454715', '966954547150'],
    ['01380335476', '013803354760'],
    ['51850526892', '518505268929'],
  ])('NUM-4.1 %s gives the published number', (body, number) => {
    const made = IndividualNumber.fromBody(body);
    expect(made.reveal()).toBe(number);
    expect(made.body).toBe(body);
    expect(IndividualNumber.of(number).equals(made)).toBe(true);
  });

  it('NUM-4.1 the weights are those of the ordinance, left to right 6 5 4 3 2 7 6 5 4 3 2', () => {
    fc.assert(
      fc.property(digits(11), (body) => {
        const weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
        const remainder = weights.reduce((sum, weight, at) => sum + weight * Number(body.charAt(at)), 0) % 11;
        return checkDigitOfIndividualNumber(body) === (remainder <= 1 ? '0' : String(11 - remainder));
      }),
    );
  });

  it.each([
    ['12345678901', 'FORMAT'],
    ['1234567890188', 'FORMAT'],
    ['１２３４５６７８９０１８', 'FORMAT'],
    ['1234-5678-9018', 'FORMAT'],
    ['123456789019', 'CHECK_DIGIT'],
    ['000000000000', 'RESERVED'],
    ['7000012050002', 'FORMAT'],
  ])('NUM-7 %s is refused', (text, fault) => {
    expect(IndividualNumber.fault(text)).toBe(fault);
    expect(faultOf(() => IndividualNumber.of(text), text)).toBe(`individualNumber:${fault}`);
  });

  it('NUM-4.1 what a person typed is cleaned only for screens', () => {
    expect(digitsFromUserEntry('１２３４－５６７８ ９０１８')).toBe('123456789018');
    expect(digitsFromUserEntry('1234‐5678−9018')).toBe('123456789018');
    expect(IndividualNumber.fault(digitsFromUserEntry('1234 5678 901A'))).toBe('FORMAT');
  });
});

describe('masking', () => {
  it.each([
    ['residentCode', ResidentCode.of('99000000015'), '99000000015'],
    ['individualNumber', IndividualNumber.of('990000000019'), '990000000019'],
  ])('a %s shows only its kind wherever it is printed', (kind, value, secret) => {
    const boxed = { value, list: [value], map: new Map([['key', value]]) };
    const inspected = [inspect(value), inspect(boxed, { depth: 9, showHidden: true })];
    const printed = [`${value}`, String(value), '' + value, JSON.stringify(boxed), ...inspected];
    for (const text of printed) {
      expect(text).toContain(`[${kind}]`);
      expect(text).not.toContain(secret);
    }
    expect(JSON.stringify(Object.entries({ ...value }))).not.toContain(secret);
    expect(value.reveal()).toBe(secret);
  });

  it('equality needs kind and text', () => {
    expect(ResidentCode.of('99000000015').equals(ResidentCode.of('99000000015'))).toBe(true);
    expect(ResidentCode.of('99000000015').equals(ResidentCode.of('99000000023'))).toBe(false);
    expect(ResidentCode.of('99000000015').equals('99000000015')).toBe(false);
    expect(ResidentCode.of('99000000015').equals(IndividualNumber.of('990000000019'))).toBe(false);
    class OtherCode extends MaskedValue {
      override readonly kind = 'otherCode';
      static of(text: string): OtherCode {
        return new OtherCode(text);
      }
    }
    expect(ResidentCode.of('99000000015').equals(OtherCode.of('99000000015'))).toBe(false);
  });
});

describe('corporate number (NUM 4.1)', () => {
  it('NUM-4.1 the check digit stands in front', () => {
    expect(toCorporateNumber('7000012050002')).toBe('7000012050002');
    expect(corporateNumberFault('6000012050002')).toBe('CHECK_DIGIT');
    expect(corporateNumberFault('000012050002')).toBe('FORMAT');
    expect(() => toCorporateNumber('8000012050002')).toThrow('corporateNumber:CHECK_DIGIT');
  });

  it('NUM-4.1 exactly one leading digit, 1 to 9, fits a body', () => {
    fc.assert(
      fc.property(digits(12), (body) => {
        const fitting = [...'0123456789'].filter((first) => corporateNumberFault(first + body) === undefined);
        return fitting.length === 1 && fitting[0] !== '0';
      }),
    );
  });
});

describe('municipality code (CARD 4.3, JIS X 0401/0402)', () => {
  it.each([
    ['01100', '011002'],
    ['13101', '131016'],
    ['28204', '282049'],
    ['14100', '141003'],
    ['47382', '473821'],
    ['47201', '472018'],
    ['11000', '110001'],
    ['99001', '990019'],
    ['99002', '990027'],
    ['13000', '130001'],
    ['99999', '999997'],
  ])('CARD-4.3 %s -> %s', (body, code) => {
    expect(municipalityCodeFromBody(body)).toBe(code);
    expect(prefectureOf(toMunicipalityCode(code))).toBe(body.slice(0, 2));
  });

  it('CARD-4.3 equals the two-branch formula of the standard', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PREFECTURES), digits(3), ({ number }, rest) => {
        const sum = [...(number + rest)].reduce((total, digit, at) => total + Number(digit) * (6 - at), 0);
        const check = sum < 11 ? (11 - sum) % 10 : (11 - (sum % 11)) % 10;
        return municipalityCodeFromBody(number + rest) === `${number}${rest}${check}`;
      }),
    );
  });

  it('CARD-4.3 form, check digit and prefecture are told apart', () => {
    expect(municipalityCodeFault('13101')).toBe('FORMAT');
    expect(municipalityCodeFault('131017')).toBe('CHECK_DIGIT');
    expect(() => municipalityCodeFromBody('48001')).toThrow('municipalityCode:PREFECTURE');
    expect(() => municipalityCodeFromBody('4800')).toThrow('municipalityCode:FORMAT');
  });

  it('prefectures: 47 in order, then the fictional one', () => {
    const expected = Array.from({ length: 47 }, (_, index) => String(index + 1).padStart(2, '0'));
    expect(PREFECTURES.map(({ number }) => number)).toEqual([...expected, '99']);
    expect(new Set(PREFECTURES.map(({ romaji }) => romaji)).size).toBe(48);
    for (const { name, kana, romaji } of PREFECTURES) {
      const suffix = { 道: 'do', 都: '-to', 府: '-fu', 県: '-ken' }[name.slice(-1)] ?? 'none';
      expect(romaji.endsWith(suffix), romaji).toBe(true);
      expect(kana).toMatch(/^[ァ-ヶー]+$/u);
    }
    expect(prefectureByNumber(prefectureOf(toMunicipalityCode('131016')))).toEqual({
      number: '13',
      name: '東京都',
      kana: 'トウキョウト',
      romaji: 'Tokyo-to',
    });
    expect(prefectureByNumber(prefectureOf(toMunicipalityCode('990019'))).romaji).toBe('Kakuu-ken');
  });
});

describe('MOD 97-10 (CARD 4.3, ISO 7064)', () => {
  it.each([
    ['011310100000000000100', '01131010000000000010054'],
    ['012820448392017556601', '01282044839201755660109'],
  ])('CARD-4.3 body %s', (body, id) => {
    expect(body + mod97CheckDigits(body)).toBe(id);
    expect(mod97Valid(id)).toBe(true);
  });

  it.each(['01282044832901755660109', '01282144839201755660109', '', '97', '0113101000000000001005A'])('CARD-4.3 %j is invalid', (id) => {
    expect(mod97Valid(id)).toBe(false);
  });

  it('ISO-7064 finds every wrong digit and every swap of neighbours', () => {
    fc.assert(
      fc.property(digits(21), fc.nat(22), fc.integer({ min: 1, max: 9 }), fc.nat(21), (body, at, by, swapAt) => {
        const id = body + mod97CheckDigits(body);
        const swapped = id.slice(0, swapAt) + id.charAt(swapAt + 1) + id.charAt(swapAt) + id.slice(swapAt + 2);
        expect(mod97Valid(id)).toBe(true);
        expect(mod97Valid(corrupt(id, at, by))).toBe(false);
        expect(mod97Valid(swapped)).toBe(swapped === id);
      }),
    );
    expect(() => mod97CheckDigits('12a')).toThrow('mod97:FORMAT');
  });
});

describe('person key', () => {
  it('is a UUID in lower case', () => {
    expect(toPersonKey('0F8FAD5B-D9CB-469F-A165-70867728950E')).toBe('0f8fad5b-d9cb-469f-a165-70867728950e');
    expect(() => toPersonKey('99000000015')).toThrow('personKey:FORMAT');
  });
});
