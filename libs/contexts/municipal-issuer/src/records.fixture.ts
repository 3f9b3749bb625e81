import { createRequire } from 'node:module';
import sharp from 'sharp';
import { toLocalDate } from '#kernel';
import type { FamilyRegister, Resident, SealRegistration, Taxation } from './record/record-line.js';

const FONT = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf');
const SIDE = 320;

/** A round seal, or a square one with two characters in each column from the right: PNG in Base64. */
export async function sealImage(text: string, colour = '#1a1a1a', isSquare = false): Promise<string> {
  const frame = isSquare ? `<rect x="8" y="8" width="304" height="304" fill="none" stroke="${colour}" stroke-width="12"/>` : `<circle cx="160" cy="160" r="148" fill="none" stroke="${colour}" stroke-width="12"/>`;
  const columns = Math.ceil(text.length / 2);
  const [wide, high] = isSquare ? [300 / columns, 140] : [130, 120];
  const glyphs = await Promise.all([...text].map(async (character, index) => {
    const input = await sharp({ text: { text: `<span foreground="${colour}">${character}</span>`, font: 'Noto Sans JP', fontfile: FONT, rgba: true, width: Math.round(wide - 8), height: Math.round(high - 16) } }).png().toBuffer();
    const { width, height } = await sharp(input).metadata();
    const centre = { x: isSquare ? SIDE - 10 - (Math.floor(index / 2) + 0.5) * wide : SIDE / 2, y: (SIDE - 2 * high) / 2 + ((index % 2) + 0.5) * high };
    return { input, left: Math.round(centre.x - width / 2), top: Math.round(centre.y - height / 2) };
  }));
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">${frame}</svg>`);
  return (await sharp(svg).flatten({ background: '#fff' }).composite(glyphs).png({ palette: true, colours: 16 }).toBuffer()).toString('base64');
}

/** A resident of 試験市 without anything that stops a certificate. */
export function resident(more: Partial<Resident> = {}): Resident {
  return {
    household: 'household-0001', position: 1, name: '試験　太郎', kana: 'シケン　タロウ', birthDate: toLocalDate('1975-04-12'), sex: 'M', relation: '世帯主', householdHead: '試験　太郎',
    address: '試験県試験市中央一丁目２番３号　見本マンション４０５号室', addressSince: toLocalDate('2010-03-28'), residentSince: toLocalDate('2010-03-28'), previousAddress: '見本県見本市本町５番地６',
    domicile: '試験県試験市中央一丁目２番', registerHead: '試験　太郎', number: '123456789018', registerKey: 'register-0001', state: 'RESIDENT', isProtected: false, isPending: false, ...more,
  };
}

export async function sealRegistration(): Promise<SealRegistration> {
  return { registrationNo: '990019-004217', registeredOn: toLocalDate('2011-06-20'), image: await sealImage('試験') };
}

export function taxation(more: Partial<Taxation> = {}): Taxation {
  return {
    resident: 'resident-0001', fiscalYear: 2015, addressOnJan1: '試験県試験市中央一丁目２番３号', income: [{ title: '給与収入', yen: 5_432_100 }, { title: '給与所得', yen: 3_804_800 }, { title: '合計所得金額', yen: 3_804_800 }],
    deductions: [{ title: '社会保険料控除', yen: 780_000 }, { title: '生命保険料控除', yen: 56_000 }, { title: '扶養控除', yen: 330_000 }, { title: '基礎控除', yen: 330_000 }],
    taxable: 2_308_000, municipalIncomeLevy: 136_900, prefecturalIncomeLevy: 91_200, perCapitaLevy: 5_500, dependants: 2, ...more,
  };
}

export function familyRegister(more: Partial<FamilyRegister> = {}): FamilyRegister {
  const birth = (place: string, on: string) => ({ title: '出生', items: [{ label: '出生日', value: on }, { label: '出生地', value: place }, { label: '届出日', value: on }, { label: '届出人', value: '父' }] });
  const addresses = [{ address: '見本県見本市本町５番地６', since: toLocalDate('2001-05-01') }, { address: '試験県試験市中央一丁目２番３号', since: toLocalDate('2010-03-28') }];
  return {
    domicile: '試験県試験市中央一丁目２番', head: '試験　太郎', madeOn: toLocalDate('2001-05-01'), isPending: false,
    members: [
      { resident: 'resident-0001', name: '太郎', birthDate: toLocalDate('1975-04-12'), father: '試験　一郎', mother: '試験　良子', relation: '長男', isRemoved: false, entries: [birth('見本県見本市', '昭和50年4月12日'), { title: '婚姻', items: [{ label: '婚姻日', value: '平成13年5月1日' }, { label: '配偶者氏名', value: '見本　花子' }, { label: '従前戸籍', value: '見本県見本市本町５番地　試験　一郎' }] }], addresses },
      { resident: 'resident-0002', name: '花子', birthDate: toLocalDate('1977-11-03'), father: '見本　次郎', mother: '見本　春子', relation: '長女', isRemoved: false, entries: [birth('見本県見本市', '昭和52年11月3日'), { title: '婚姻', items: [{ label: '婚姻日', value: '平成13年5月1日' }, { label: '配偶者氏名', value: '試験　太郎' }] }], addresses },
      { name: '一葉', birthDate: toLocalDate('2002-07-07'), father: '試験　太郎', mother: '試験　花子', relation: '長女', isRemoved: true, entries: [birth('試験県試験市', '平成14年7月7日')], addresses },
    ], ...more,
  };
}
