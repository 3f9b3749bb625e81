import sharp from 'sharp';
import { toLocalDate } from '#kernel';
import type { FamilyRegister, Resident, SealRegistration, Taxation } from './record/record-line.js';

/** A round vermilion or black seal with these characters, PNG in Base64. */
export async function sealImage(text: string, colour = '#c8321e', isSquare = false): Promise<string> {
  const frame = isSquare ? `<rect x="8" y="8" width="304" height="304" fill="none" stroke="${colour}" stroke-width="12"/>` : `<circle cx="160" cy="160" r="148" fill="none" stroke="${colour}" stroke-width="12"/>`;
  const columns = isSquare ? Math.ceil(Math.sqrt(text.length)) : 1;
  const rows = Math.ceil(text.length / columns);
  const glyphs = [...text].map((character, index) => {
    const [x, y] = [320 - (Math.floor(index / rows) + 0.5) * (320 / columns), (index % rows) * (280 / rows) + 20 + 140 / rows];
    return `<text x="${x}" y="${y}" font-size="${Math.min(120, 250 / Math.max(rows, columns))}" text-anchor="middle" dominant-baseline="central" fill="${colour}" font-family="Noto Sans JP, Noto Sans CJK JP, sans-serif">${character}</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320">${frame}${glyphs.join('')}</svg>`;
  return (await sharp(Buffer.from(svg)).flatten({ background: '#fff' }).png({ palette: true, colours: 16 }).toBuffer()).toString('base64');
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
  return { registrationNo: '990019-004217', registeredOn: toLocalDate('2011-06-20'), image: await sealImage('試験', '#1a1a1a') };
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
