import { randomInt } from 'node:crypto';
import { ResidentCode, localDateInJapan } from '#kernel';

export const TOWN = '990019';
export const NEXT_TOWN = '990027';

/** A fictional resident of the walk. */
export interface Walker {
  readonly residentCode: string;
  readonly nameKanji: string;
  readonly nameKana: string;
  readonly birthDate: string;
  readonly sex: string;
}

/** A couple with codes of the test range that no population uses; one name has a character that certificates cannot show. */
export function newHousehold(): readonly [Walker, Walker] {
  return [
    { residentCode: newCode(), nameKanji: '髙橋　花子', nameKana: 'タカハシ　ハナコ', birthDate: '19900401', sex: '2' },
    { residentCode: newCode(), nameKanji: '髙橋　太郎', nameKana: 'タカハシ　タロウ', birthDate: '19880312', sex: '1' },
  ];
}

function newCode(): string {
  return ResidentCode.fromBody(`999${String(randomInt(10_000_000)).padStart(7, '0')}`).reveal();
}

/** Today in Japan as change notices write it. */
export function today(): string {
  return localDateInJapan(new Date()).replaceAll('-', '');
}
