import { eraOf, eraYear, formatEra, localDateOf } from '#kernel';
import type { Shown } from '../certificate/certificate.js';
import type { Contents } from './draw-form.js';
import type { Cell, Row } from './sheet.js';

/** 所得・課税証明書 of the current fiscal year. */
export function incomeTax({ resident, taxation }: Extract<Shown, { type: 'INCOME_TAX_CERT' }>): Contents {
  const levy = taxation.municipalIncomeLevy + taxation.prefecturalIncomeLevy + taxation.perCapitaLevy;
  return {
    title: `${yearOf(taxation.fiscalYear)}度　所得・課税証明書`,
    tables: [
      [
        [{ label: '氏名', value: resident.name }],
        [{ label: '生年月日', value: formatEra(resident.birthDate) }, { label: '扶養人数', value: `${taxation.dependants}人` }],
        [{ label: '住所', value: resident.address }],
        [{ label: '1月1日の住所', value: taxation.addressOnJan1 }],
      ],
      [[{ label: '所得', value: `${yearOf(taxation.fiscalYear - 1)}中` }], ...inPairs(taxation.income.map(amount))],
      [[{ label: '所得控除', value: `合計　${yenText(taxation.deductions.reduce((sum, { yen }) => sum + yen, 0))}` }], ...inPairs(taxation.deductions.map(amount))],
      [
        [amount({ title: '課税標準額', yen: taxation.taxable }), amount({ title: '年税額', yen: levy })],
        [amount({ title: '市町村民税所得割', yen: taxation.municipalIncomeLevy }), amount({ title: '道府県民税所得割', yen: taxation.prefecturalIncomeLevy })],
        [amount({ title: '均等割', yen: taxation.perCapitaLevy })],
      ],
    ],
    clause: '上記のとおり相違ないことを証明する。',
  };
}

/** The year of the era that its 1 April lies in: 平成27年. */
function yearOf(year: number): string {
  const day = localDateOf(year, 4, 1);
  const ofEra = eraYear(day);
  return `${eraOf(day).name}${ofEra === 1 ? '元' : ofEra}年`;
}

function amount({ title, yen }: { readonly title: string; readonly yen: number }): Cell {
  return { label: title, value: yenText(yen), isAmount: true };
}

function yenText(yen: number): string {
  return `${String(yen).replace(/\B(?=(\d{3})+$)/g, ',')} 円`;
}

function inPairs(cells: readonly Cell[]): Row[] {
  return cells.flatMap((cell, index) => (index % 2 === 0 ? [[cell, cells[index + 1] ?? { label: '', value: '' }]] : []));
}
