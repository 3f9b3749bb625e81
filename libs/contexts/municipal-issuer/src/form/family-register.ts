import { formatEra } from '#kernel';
import type { Shown } from '../certificate/certificate.js';
import type { RegisterMember } from '../record/record-line.js';
import type { Contents } from './draw-form.js';
import type { Row } from './sheet.js';

type RegisterShown = Extract<Shown, { type: 'FAMILY_REGISTER_FULL' | 'FAMILY_REGISTER_INDIVIDUAL' | 'REGISTER_ADDENDUM' }>;

/** 戸籍全部事項証明書, 戸籍個人事項証明書. */
export function familyRegister({ type, register }: RegisterShown): Contents {
  const isFull = type === 'FAMILY_REGISTER_FULL';
  return {
    title: isFull ? '全部事項証明' : '個人事項証明',
    tables: [headOf(register), [[{ label: '戸籍事項\n　戸籍編製', value: `【編製日】${formatEra(register.madeOn)}` }]], ...register.members.map(memberRows)],
    clause: `これは、戸籍に記録されている事項の${isFull ? '全部' : '一部'}を証明した書面である。`,
  };
}

/** 戸籍の附票の写し: the addresses of everybody in the register since it was made. */
export function registerAddendum({ register }: RegisterShown): Contents {
  return {
    title: '戸籍の附票',
    tables: [
      headOf(register),
      ...register.members.map((member): Row[] => [
        [{ label: member.isRemoved ? '名\n【除籍】' : '名', value: member.name }],
        ...member.addresses.map(({ address, since }): Row => [{ label: '住所', value: `${address}\n【住定日】${formatEra(since)}` }]),
      ]),
    ],
    clause: 'この写しは、戸籍の附票の原本と相違ないことを証明する。',
  };
}

function headOf({ domicile, head }: RegisterShown['register']): Row[] {
  return [[{ label: '本籍', value: domicile }], [{ label: '氏名', value: head }]];
}

function memberRows(member: RegisterMember): Row[] {
  const parents = [['父', member.father], ['母', member.mother], ['続柄', member.relation]].flatMap(([label, value]) => (value === undefined ? [] : [`【${label}】${value}`]));
  return [
    [{ label: member.isRemoved ? '戸籍に記録されている者\n【除籍】' : '戸籍に記録されている者', value: [`【名】${member.name}`, `【生年月日】${formatEra(member.birthDate)}`, ...parents].join('\n') }],
    ...member.entries.map(({ title, items }): Row => [{ label: `身分事項\n　${title}`, value: items.map(({ label, value }) => `【${label}】${value}`).join('\n') }]),
  ];
}
