import { formatEra } from '#kernel';
import type { Shown } from '../certificate/certificate.js';
import type { Resident } from '../record/record-line.js';
import type { Contents } from './draw-form.js';
import type { Row } from './sheet.js';

const OMITTED = '省略';
const NONE = '（記載なし）';

/** 住民票の写し, with what the applicant chose to have on it; the juki code is omitted always (CARD-4.15). */
export function residentRecord({ members, isWhole, options }: Extract<Shown, { type: 'RESIDENT_RECORD' }>): Contents {
  const [first] = members;
  const shows = (option: (typeof options)[number], value: string | undefined): string => (options.includes(option) ? (value ?? NONE) : OMITTED);
  const head: Row[] = first === undefined ? [] : [[{ label: '住所', value: first.address }], [{ label: '世帯主', value: shows('RELATION', first.householdHead) }]];
  return {
    title: '住民票',
    tables: [head, ...members.map((member) => personRows(member, shows))],
    clause: `この写しは、${isWhole ? '世帯全員の' : ''}住民票の原本と相違ないことを証明する。`,
  };
}

function personRows(member: Resident, shows: (option: 'DOMICILE' | 'RELATION' | 'NUMBER', value: string | undefined) => string): Row[] {
  return [
    [{ label: '氏名', value: member.name }],
    [{ label: '生年月日', value: formatEra(member.birthDate) }, { label: '性別', value: member.sex === 'M' ? '男' : '女' }],
    [{ label: '続柄', value: shows('RELATION', member.relation) }, { label: '住民となった日', value: formatEra(member.residentSince) }],
    [{ label: '住所を定めた日', value: formatEra(member.addressSince) }, { label: '住民票コード', value: OMITTED }],
    [{ label: '本籍', value: shows('DOMICILE', member.domicile) }],
    [{ label: '筆頭者', value: shows('DOMICILE', member.registerHead) }],
    [{ label: '前住所', value: member.previousAddress ?? NONE }],
    [{ label: '個人番号', value: shows('NUMBER', member.number?.replace(/(\d{4})(?=\d)/g, '$1　')) }],
  ];
}
