import { createHash } from 'node:crypto';
import {
  ageOn,
  characterFault,
  completeBirthDate,
  kanaKeyStrict,
  kanjiKey,
  municipalityCodeFault,
  parseBirthDate,
  ResidentCode,
  toLocalDate,
  toMunicipalityCode,
} from '#kernel';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BAD_ROW_KINDS,
  DELIVERY_TARGET_COLUMNS,
  FICTIONAL_MUNICIPALITIES,
  generatePopulation,
  type Household,
  INTAKE_COLUMNS,
  municipalityMaster,
  readableOf,
  type Resident,
  writeDeliveryTargets,
  writeIntakeFile,
} from './index.js';

const baseDate = toLocalDate('2015-10-05');
const municipality = toMunicipalityCode('990019');
const base = { seed: 'spec', municipality, baseDate };
const changeDate = baseDate;

const households: readonly Household[] = [...generatePopulation({ ...base, size: 20_000 })];
const residents: readonly Resident[] = households.flatMap((household) => household.members);

function digest(chunks: Iterable<Buffer>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

function intakeDigest(options: Parameters<typeof generatePopulation>[0]): string {
  return digest(writeIntakeFile(generatePopulation(options), { municipality: options.municipality, changeDate }).chunks);
}

function rowsOf(bytes: Buffer): string[][] {
  return parse(bytes, { relax_column_count: true });
}

function ageOf(resident: Resident): number | undefined {
  const day = completeBirthDate(parseBirthDate(resident.birthDate));
  return day === undefined ? undefined : ageOn(day, baseDate);
}

function shareOf(condition: (resident: Resident) => boolean): number {
  return residents.filter(condition).length / residents.length;
}

describe('fictional population: reproducible and unique', () => {
  it('gives the same bytes for the same seed and others for another seed, municipality or day', () => {
    const first = intakeDigest({ ...base, size: 3000 });
    expect(intakeDigest({ ...base, size: 3000 })).toBe(first);
    const others = [
      { ...base, size: 3000, seed: 'other' },
      { ...base, size: 3000, municipality: toMunicipalityCode('990027') },
      { ...base, size: 3000, baseDate: toLocalDate('2016-10-05') },
    ];
    expect(new Set([first, ...others.map(intakeDigest)]).size).toBe(4);
  });

  it('meets any size exactly, from any seed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer()), fc.integer({ min: 0, max: 80 }), (seed, size) => {
        const members = [...generatePopulation({ ...base, seed, size })].flatMap((household) => household.members);
        expect(members).toHaveLength(size);
      }),
      { numRuns: 40 },
    );
  });

  it('JUKI-R4.1 gives 20,000 valid, different codes of the test prefix, by serial', () => {
    const codes = residents.map((resident) => resident.residentCode.reveal());
    expect(new Set(codes).size).toBe(20_000);
    expect(codes.every((code) => ResidentCode.fault(code) === undefined && code.startsWith('99'))).toBe(true);
    expect(codes[0]).toBe('99000000015');
    const next = [...generatePopulation({ ...base, size: 50, firstSerial: 20_001 })].flatMap((household) => household.members);
    expect(next.some((resident) => codes.includes(resident.residentCode.reveal()))).toBe(false);
  });

  it('JUKI-R4.1 spreads real-looking codes outside prefix 99, and neighbouring serials stay apart', () => {
    const codesFrom = (firstSerial: number) =>
      [...generatePopulation({ ...base, size: 5000, firstSerial, realCodes: true })].flatMap(({ members }) =>
        members.map(({ residentCode }) => residentCode.reveal()),
      );
    const codes = [...codesFrom(1), ...codesFrom(5001), ...codesFrom(9_899_999_999 - 4999)];
    expect(new Set(codes).size).toBe(15_000);
    expect(codes.filter((code) => ResidentCode.fault(code) !== undefined || code.startsWith('99'))).toEqual([]);
    expect(new Set(codes.map((code) => code.slice(0, 2))).size).toBe(99);
  });

  it('refuses sizes, serials and municipalities that do not exist', () => {
    const start = (change: object) => () => generatePopulation({ ...base, size: 10, ...change }).next();
    expect(start({ size: -1 })).toThrow(RangeError);
    expect(start({ size: 1.5 })).toThrow(RangeError);
    expect(start({ firstSerial: 0 })).toThrow(RangeError);
    expect(start({ firstSerial: 99_999_995 })).toThrow(RangeError);
    expect(start({ municipality: toMunicipalityCode('999008') })).toThrow(/unknown municipality 999008/);
  });

  it('runs in constant memory: a population of 90 million gives its first rows after a handful of households', () => {
    let drawn = 0;
    function* counted(): Generator<Household> {
      for (const household of generatePopulation({ ...base, size: 90_000_000 })) {
        drawn += 1;
        yield household;
      }
    }
    const file = writeIntakeFile(counted(), { municipality, changeDate });
    const first = file.chunks.next();
    expect(first.value?.length).toBeLessThan(200_000);
    expect(drawn).toBeLessThan(1000);
    expect(file.chunks.return(undefined).done).toBe(true);
  });
});

describe('fictional population: plausible households', () => {
  it('has one adult head first, no twin names, and nobody born after the base date', () => {
    for (const { members } of households) {
      expect(members.map((member) => member.isHead)).toEqual(members.map((_, index) => index === 0));
      expect(members[0]?.relation).toBe('HEAD');
      expect(members[0] === undefined ? 0 : (ageOf(members[0]) ?? 99)).toBeGreaterThanOrEqual(18);
      expect(members.every((member) => member.birthDate <= '20151005')).toBe(true);
    }
    const alike = households.filter(({ members }) => new Set(members.map((member) => member.nameKanji)).size < members.length);
    expect(alike).toEqual([]);
  });

  it('keeps the generations apart: mothers 19 to 46 years, fathers at least 17, above their children', () => {
    const gaps = { mother: new Set<number>(), father: new Set<number>() };
    for (const { members } of households) {
      const parents = members.filter((member) => member.relation === 'HEAD' || member.relation === 'SPOUSE');
      for (const child of members.filter((member) => member.relation === 'CHILD')) {
        for (const parent of parents) {
          const gap = (ageOf(parent) ?? 30) - (ageOf(child) ?? 0);
          if (ageOf(parent) !== undefined && ageOf(child) !== undefined) gaps[parent.sex === '2' ? 'mother' : 'father'].add(gap);
        }
      }
    }
    expect(Math.min(...gaps.mother)).toBeGreaterThanOrEqual(19);
    expect(Math.max(...gaps.mother)).toBeLessThanOrEqual(46);
    expect(Math.min(...gaps.father)).toBeGreaterThanOrEqual(17);
    const generations = new Set(['PARENT', 'PARENT_IN_LAW', 'GRANDCHILD']);
    const grandparents = households.filter(({ members }) => members.some(({ relation }) => generations.has(relation)));
    expect(grandparents.length / households.length).toBeGreaterThan(0.03);
  });

  it('is aged and sized like the country of 2015', () => {
    const meanSize = residents.length / households.length;
    expect(meanSize).toBeGreaterThan(2.1);
    expect(meanSize).toBeLessThan(2.7);
    const shares = [
      [shareOf((resident) => (ageOf(resident) ?? 80) < 15), 0.126],
      [shareOf((resident) => (ageOf(resident) ?? 80) >= 65), 0.266],
      [shareOf((resident) => resident.sex === '2'), 0.51],
    ] as const;
    for (const [share, census] of shares) expect(Math.abs(share - census)).toBeLessThan(0.03);
    expect(Math.max(...residents.map((resident) => ageOf(resident) ?? 0))).toBeLessThanOrEqual(110);
  });

  it('JUKI-R4.8 writes names in the variants that break matching, and their keys fold to the plain family name', () => {
    const names = residents.map((resident) => resident.nameKanji);
    for (const variant of ['髙', '﨑', '𠮷', '濵', '𣘺', '\u{E0101}', '邉', '齋', '齊', '\u{FA19}']) {
      expect(names.filter((name) => name.includes(variant)).length, variant).toBeGreaterThan(0);
    }
    expect(names.filter((name) => /[髙﨑𠮷]/u.test(name)).every((name) => !/[髙﨑𠮷]/u.test(kanjiKey(name)))).toBe(true);
    for (const { nameKanji, nameKana, aliasName } of residents) {
      expect([nameKanji, nameKana, aliasName ?? ''].map(characterFault)).toEqual([undefined, undefined, undefined]);
      expect(nameKana).toMatch(/^[ァ-ヴー　]+$/u);
      expect(kanaKeyStrict(nameKana)).not.toBe('');
    }
  });

  it('gives names of their time', () => {
    const namesOf = (from: string, to: string) =>
      residents
        .filter(({ birthDate, foreign }) => foreign === undefined && birthDate >= from && birthDate < to)
        .map(({ nameKanji }) => nameKanji);
    expect(namesOf('2006', '2016').filter((name) => name.endsWith('陽葵')).length).toBeGreaterThan(0);
    expect(namesOf('1900', '1990').filter((name) => name.endsWith('陽葵'))).toEqual([]);
    expect(namesOf('2006', '2016').filter((name) => name.endsWith('節子'))).toEqual([]);
  });

  it('JUKI-R4.2 has 29 February births and old records without day or month', () => {
    expect(residents.filter(({ birthDate }) => birthDate.endsWith('0229')).length).toBeGreaterThan(10);
    const unknown = residents.filter(({ birthDate }) => birthDate.endsWith('00'));
    expect(unknown.length).toBeGreaterThan(3);
    expect(unknown.every(({ birthDate, foreign }) => birthDate < '1941' || foreign !== undefined)).toBe(true);
    expect(() => residents.forEach(({ birthDate }) => parseBirthDate(birthDate))).not.toThrow();
  });

  it('has foreign residents with Latin names, statuses and aliases', () => {
    const foreign = residents.filter((resident) => resident.foreign !== undefined);
    expect(foreign.length / residents.length).toBeGreaterThan(0.012);
    expect(foreign.length / residents.length).toBeLessThan(0.04);
    expect(foreign.every((resident) => /^[A-Z'-]+( [A-Z'-]+)+$/u.test(resident.foreign?.latinName ?? ''))).toBe(true);
    expect(foreign.some((resident) => resident.nameKanji === resident.foreign?.latinName)).toBe(true);
    expect(foreign.some((resident) => resident.aliasName !== undefined)).toBe(true);
    expect(residents.some((resident) => resident.foreign === undefined && resident.aliasName !== undefined)).toBe(false);
    for (const { foreign: status } of foreign) {
      const endless = status?.foreignClass === 'SPECIAL_PERMANENT' || status?.residenceStatus === '永住者';
      expect(status?.stayUntil === undefined).toBe(endless);
    }
  });

  it('protects some persons, and gives a place apart exactly to those who live away from their household', () => {
    expect(shareOf((resident) => resident.protectedPerson)).toBeGreaterThan(0.0005);
    expect(shareOf((resident) => resident.protectedPerson)).toBeLessThan(0.02);
    for (const { members } of households) {
      const split = members.some((member) => member.protectedPerson) && !members.every((member) => member.protectedPerson);
      for (const member of members) expect(member.temporaryAddress !== undefined).toBe(split && member.protectedPerson);
    }
  });
});

describe('municipalityMaster', () => {
  const naming = (code: string) => {
    const master = municipalityMaster(toMunicipalityCode(code));
    return master && [master.prefectureName, master.prefectureRomaji, master.county ?? '', master.name, master.kana, master.romaji];
  };

  it.each([
    ['990019', ['架空県', 'Kakuu-ken', '', '試験市', 'シケンシ', 'Shiken-shi']],
    ['990027', ['架空県', 'Kakuu-ken', '', '見本町', 'ミホンチョウ', 'Mihon-cho']],
    ['131016', ['東京都', 'Tokyo-to', '', '千代田区', 'チヨダク', 'Chiyoda-ku']],
    ['011011', ['北海道', 'Hokkaido', '', '札幌市中央区', 'サッポロシチュウオウク', 'Sapporo-shi Chuo-ku']],
    ['011002', ['北海道', 'Hokkaido', '', '札幌市', 'サッポロシ', 'Sapporo-shi']],
    ['221007', ['静岡県', 'Shizuoka-ken', '', '静岡市', 'シズオカシ', 'Shizuoka-shi']],
    ['103446', ['群馬県', 'Gunma-ken', '北群馬郡', '榛東村', 'シントウムラ', 'Shinto-mura']],
    ['422088', ['長崎県', 'Nagasaki-ken', '', '松浦市', 'マツウラシ', 'Matsuura-shi']],
    ['282090', ['兵庫県', 'Hyogo-ken', '', '豊岡市', 'トヨオカシ', 'Toyooka-shi']],
    ['133817', ['東京都', 'Tokyo-to', '', '三宅村', 'ミヤケムラ', 'Miyake-mura']],
  ])('names %s', (code, expected) => {
    expect(naming(code)).toEqual(expected);
  });

  it('knows no prefecture and no unused code', () => {
    expect([naming('999008'), naming('130001'), naming('990035')]).toEqual([undefined, undefined, undefined]);
    expect(FICTIONAL_MUNICIPALITIES).toEqual(['990019', '990027']);
  });

  it('gives real municipalities real towns and postal codes, wards of designated cities too, and unused codes for fictional ones', () => {
    const addresses = (code: string) => [...generatePopulation({ ...base, municipality: toMunicipalityCode(code), size: 2000 })];
    const chiyoda = addresses('131016');
    expect(chiyoda.every(({ address, postalCode }) => address.startsWith('東京都千代田区') && /^10[012]/u.test(postalCode))).toBe(true);
    expect(chiyoda.some(({ address, postalCode }) => address.includes('神田神保町') && postalCode === '1010051')).toBe(true);
    expect(new Set(addresses('011002').map(({ address }) => /^北海道札幌市(.+?区)/u.exec(address)?.[1])).size).toBe(10);
    expect(households.every(({ address, postalCode }) => address.startsWith('架空県試験市') && postalCode.startsWith('000'))).toBe(true);
    expect(households.every(({ townCode }) => /^00[0-6][0-9]00[0-6]$/u.test(townCode ?? ''))).toBe(true);
  });
});

/** What is wrong with a row, judged independently of the writer; more than one fault would show as a list. */
function faultsOf(fields: readonly string[], bytes: Buffer): readonly string[] {
  if (fields.length !== INTAKE_COLUMNS.length) return ['COLUMN_COUNT'];
  const row = Object.fromEntries(INTAKE_COLUMNS.map((column, index) => [column, fields[index] ?? '']));
  const faults: (string | undefined)[] = [ResidentCode.fault(row['residentCode'] ?? '')];
  const municipalityFault = municipalityCodeFault(row['municipalityCode'] ?? '');
  faults.push(municipalityFault ?? (row['municipalityCode'] === municipality ? undefined : 'NOT_YOUR_RESIDENT'));
  faults.push(row['nameKanji'] === '' ? 'REQUIRED' : undefined);
  faults.push(isUtf8(bytes) && fields.every((field) => characterFault(field) === undefined) ? undefined : 'CHARACTER');
  faults.push(['10', '14'].includes(row['changeReason'] ?? '') ? undefined : 'CHANGE_REASON');
  const days = [row['birthDate'] ?? '', row['changeDate'] ?? ''].map(isDay);
  faults.push(days.includes(false) ? 'DATE' : undefined);
  faults.push(days[1] === true && (row['changeDate'] ?? '') > '20151204' ? 'DATE_IN_FUTURE' : undefined);
  return faults.filter((fault) => fault !== undefined);
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function isDay(text: string): boolean {
  try {
    parseBirthDate(text);
    return true;
  } catch {
    return false;
  }
}

/** Lines as bytes; no field of a generated file holds a line break. */
function linesOf(file: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < file.length; ) {
    const end = file.indexOf('\r\n', start);
    lines.push(file.subarray(start, end));
    start = end + 2;
  }
  return lines;
}

describe('writeIntakeFile', () => {
  const badRows = { share: 0.01, seed: 1 };
  const population = (size: number) => generatePopulation({ ...base, size });
  const written = writeIntakeFile(population(10_000), { municipality, changeDate, firstMunicipalSeq: 501, badRows });
  const file = Buffer.concat([...written.chunks]);

  it('JUKI-R5.3 is UTF-8 without BOM with CRLF and reads back field by field', () => {
    const [header, ...rows] = rowsOf(Buffer.concat([...writeIntakeFile(households, { municipality, changeDate }).chunks]));
    expect(header).toEqual([...INTAKE_COLUMNS]);
    const expected = households.flatMap((household) =>
      household.members.map(({ residentCode, nameKanji, aliasName = '' }) => [
        residentCode.reveal(),
        nameKanji,
        aliasName,
        household.address,
        household.townCode,
      ]),
    );
    expect(rows.map((row) => [row[1], row[5], row[7], row[10], row[11]])).toEqual(expected);
    expect(rows.some((row) => row[10]?.includes('シャトー"21", '))).toBe(true);
    expect(file.subarray(0, 13).toString()).toBe('municipalSeq,');
    expect(file.subarray(-2).toString()).toBe('\r\n');
  });

  it('JUKI-R4.5 numbers the rows without a gap, bad ones too', () => {
    const sequence = rowsOf(file).slice(1).map((row) => Number(row[0]));
    expect(sequence).toEqual(Array.from({ length: 10_000 }, (_, index) => 501 + index));
  });

  it('JUKI-R7 plants 100 bad rows of ten kinds in 10,000 at the lines of the manifest, and nothing else is bad', () => {
    const found = new Map<number, readonly string[]>();
    linesOf(file).forEach((bytes, index) => {
      const faults = index === 0 ? [] : faultsOf(rowsOf(bytes)[0] ?? [], bytes);
      if (faults.length > 0) found.set(index + 1, faults);
    });
    expect([...found]).toEqual(written.manifest.map(({ line, expectedCode }) => [line, [expectedCode]]));
    for (const kind of BAD_ROW_KINDS) expect(written.manifest.filter((row) => row.kind === kind), kind).toHaveLength(10);
  });

  it('plants in every spelling over time: raw bytes, control characters, both dates, both wrong counts', () => {
    const many = writeIntakeFile(population(4000), { municipality, changeDate, badRows: { share: 0.1, seed: 'x' } });
    const lines = linesOf(Buffer.concat([...many.chunks]));
    const planted = many.manifest.map((row) => ({ ...row, bytes: lines[row.line - 1] ?? Buffer.alloc(0) }));
    const characters = planted.filter((row) => row.expectedCode === 'CHARACTER').map((row) => isUtf8(row.bytes));
    expect(new Set(characters).size).toBe(2);
    const dates = planted.filter((row) => row.expectedCode === 'DATE').map((row) => row.column);
    expect(new Set(dates)).toEqual(new Set(['birthDate', 'changeDate']));
    const counts = planted.filter((row) => row.expectedCode === 'COLUMN_COUNT').map((row) => rowsOf(row.bytes)[0]?.length);
    expect(new Set(counts)).toEqual(new Set([14, 16]));
    expect(new Set(planted.map((row) => row.column))).toContain(undefined);
  });

  it('takes only the kinds asked for, counts future dates from the day of reading, and is the same for the same seed', () => {
    const plan = { share: 0.5, seed: 3, kinds: ['DATE_TOO_FAR'] as const, today: toLocalDate('2026-01-01') };
    const write = () => writeIntakeFile(population(40), { municipality, changeDate, badRows: plan });
    const one = write();
    const rows = rowsOf(Buffer.concat([...one.chunks]));
    expect(one.manifest).toHaveLength(20);
    expect(one.manifest.every(({ line, kind }) => kind === 'DATE_TOO_FAR' && (rows[line - 1]?.[4] ?? '') > '20260302')).toBe(true);
    expect(digest(write().chunks)).toBe(digest(write().chunks));
    expect(() => writeIntakeFile([], { municipality, changeDate, badRows: { share: 0, seed: 1 } })).toThrow(RangeError);
  });

  it('JUKI-R4.2 appends a column outside the legal set on request', () => {
    const refused = writeIntakeFile(households.slice(0, 20), { municipality, changeDate, illegalColumn: 'relationship' });
    const rows = rowsOf(Buffer.concat([...refused.chunks]));
    expect(rows[0]?.at(-1)).toBe('relationship');
    expect(rows[1]?.at(-1)).toBe('HEAD');
    expect(rows.every((row) => row.length === INTAKE_COLUMNS.length + 1)).toBe(true);
  });

  it('streams as bytes', async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of readableOf(writeIntakeFile(households, { municipality, changeDate }).chunks)) chunks.push(chunk);
    expect(digest(chunks)).toBe(digest(writeIntakeFile(households, { municipality, changeDate }).chunks));
  });
});

describe('writeDeliveryTargets', () => {
  const residentAt = (index: number, change: Partial<Resident>): Resident => {
    const resident = residents[index];
    if (resident === undefined) throw new RangeError('no such resident');
    return { ...resident, isHead: false, relation: 'CHILD', protectedPerson: false, ...change };
  };
  const targets = (list: readonly Household[]) => rowsOf(Buffer.concat([...writeDeliveryTargets(list)]));
  const home = { ref: '0000000007', postalCode: '0000101', address: '架空県試験市本町1番地' };
  const shelter = { postalCode: '0000102', address: '架空県試験市栄町2番地' };
  const head = residentAt(0, { isHead: true, relation: 'HEAD', nameKanji: '見本　太郎' });
  const wife = residentAt(1, { relation: 'SPOUSE', nameKanji: '見本　花子', protectedPerson: true, temporaryAddress: shelter });
  const child = residentAt(2, { protectedPerson: true, temporaryAddress: shelter });
  const elder = residentAt(3, {});
  const code = (resident: Resident) => resident.residentCode.reveal();

  it('NUM-R5.3 writes a line a member, addressed to the head, at the temporary address where there is one', () => {
    const plain = { ...home, members: [head, elder] };
    expect(targets([plain, { ...plain, ref: '0000000008', temporaryAddress: shelter }])).toEqual([
      [...DELIVERY_TARGET_COLUMNS],
      [home.ref, '1', code(head), home.postalCode, home.address, '見本　太郎', '0', '2'],
      [home.ref, '2', code(elder), home.postalCode, home.address, '見本　太郎', '0', '2'],
      ['0000000008', '1', code(head), shelter.postalCode, shelter.address, '見本　太郎', '1', '2'],
      ['0000000008', '2', code(elder), shelter.postalCode, shelter.address, '見本　太郎', '1', '2'],
    ]);
  });

  it('CARD-R4.2 takes protected persons out of the envelope of the others, whose count and lines do not betray them', () => {
    expect(targets([{ ...home, members: [head, wife, child, elder] }]).slice(1)).toEqual([
      [home.ref, '1', code(head), home.postalCode, home.address, '見本　太郎', '0', '2'],
      [home.ref, '2', code(elder), home.postalCode, home.address, '見本　太郎', '0', '2'],
      ['9000000001', '1', code(wife), shelter.postalCode, shelter.address, '見本　花子', '1', '2'],
      ['9000000001', '2', code(child), shelter.postalCode, shelter.address, '見本　花子', '1', '2'],
    ]);
    const alone = residentAt(4, { protectedPerson: true });
    const refs = targets([{ ...home, members: [head, alone, residentAt(5, { protectedPerson: true })] }]).slice(1);
    expect(refs.map((row) => row[0])).toEqual([home.ref, '9000000001', '9000000002']);
    const together = targets([{ ...home, members: [{ ...head, protectedPerson: true }, alone] }]).slice(1);
    expect(together.map((row) => [row[0], row[7]])).toEqual([[home.ref, '2'], [home.ref, '2']]);
  });

  it('CARD-R4.2 gives every resident of a population one line, and no envelope holds protected and others', () => {
    const protectedCodes = new Set(residents.filter((resident) => resident.protectedPerson).map(code));
    const envelopes = new Map<string, string[][]>();
    const rows = targets(households).slice(1);
    for (const row of rows) envelopes.set(row[0] ?? '', [...(envelopes.get(row[0] ?? '') ?? []), row]);
    expect(new Set(rows.map((row) => row[2])).size).toBe(20_000);
    for (const lines of envelopes.values()) {
      expect(new Set(lines.map((row) => protectedCodes.has(row[2] ?? ''))).size).toBe(1);
      expect(lines.map((row) => row[1])).toEqual(lines.map((_, index) => String(index + 1)));
      expect(new Set(lines.map((row) => `${row[4]}/${row[5]}`)).size).toBe(1);
      expect(new Set(lines.map((row) => row[7]))).toEqual(new Set([String(lines.length)]));
    }
    expect([...envelopes.keys()].some((ref) => ref.startsWith('9'))).toBe(true);
  });
});
