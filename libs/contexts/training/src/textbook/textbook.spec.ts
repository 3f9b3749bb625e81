import { expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { keepsCredit, stepTextbook, TEXTBOOK_STATES, uncleared, type Figure } from './textbook.js';

const day = toLocalDate('2015-10-01');
const figure = (name: string, right: Figure['right'], licensedUntil?: string, permissionRef: string | null = null): Figure => ({ figure: name, right, licensedUntil: licensedUntil === undefined ? null : toLocalDate(licensedUntil), permissionRef });

it('TRN-4.12: a text is public only when every figure is cleared', () => {
  const figures = [
    figure('own', 'OWN'), figure('licensed', 'LICENSED', '2015-10-01'), figure('over', 'LICENSED', '2015-09-30'), figure('no end named', 'LICENSED'),
    figure('permitted', 'THIRD_PARTY', undefined, '許諾第1号'), figure('asked', 'THIRD_PARTY'), figure('permission over', 'THIRD_PARTY', '2015-09-30', '許諾第2号'),
  ];
  expect(uncleared(figures, day)).toEqual(['over', 'no end named', 'asked', 'permission over']);
});

it('TRN-3.5: rights come before publication', () => {
  expect(TEXTBOOK_STATES.map((state) => stepTextbook(state, 'PUBLISH'))).toEqual([undefined, 'PUBLISHED', undefined, undefined]);
  expect(TEXTBOOK_STATES.map((state) => stepTextbook(state, 'CLEAR'))).toEqual(['RIGHTS_CLEARED', undefined, undefined, undefined]);
  expect(stepTextbook('WITHDRAWN', 'WITHDRAW')).toBeUndefined();
});

it('TRN-4.12: derived editions keep the credit line', () => {
  expect([keepsCredit('出典: 機構「情報セキュリティ入門」を西宮市が加工', '出典: 機構「情報セキュリティ入門」'), keepsCredit('西宮市作成', '出典: 機構')]).toEqual([true, false]);
});
