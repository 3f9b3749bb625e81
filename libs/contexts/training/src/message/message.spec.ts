import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { digestText, LEARNER_MESSAGES, learnerText } from './message.js';

describe('messages (TRN-4.13)', () => {
  it('tell a learner what concerns him, in the time of Japan', () => {
    expect(learnerText('OFFERED', {
      learnerName: '架空太郎', courseTitle: '情報セキュリティ監査セミナー', sessionNumber: 3, venue: '東京会場', startsAt: '2015-09-30T01:00:00.000Z', answerBy: '2015-09-01T15:00:00.000Z',
    })).toEqual({
      subject: '繰上げ受講のご案内',
      text: '架空太郎 様\n情報セキュリティ監査セミナー 第3回\n開催日時: 2015-09-30 10:00\n会場: 東京会場\n回答期限: 2015-09-02 00:00',
    });
    expect(learnerText('CERTIFICATE', { learnerName: '架空太郎', courseTitle: '番号制度', certificateNo: '201501070300004217' }).text).toBe('架空太郎 様\n番号制度\n修了証番号: 201501070300004217');
  });

  it('have a subject each', () => {
    expect(new Set(LEARNER_MESSAGES.map((kind) => learnerText(kind, { learnerName: '', courseTitle: '' }).subject)).size).toBe(LEARNER_MESSAGES.length);
  });

  it('of a day come to the coordinator in one', () => {
    const news = { courseTitle: '監査', sessionNumber: 3 };
    expect(digestText(toLocalDate('2015-09-01'), [{ kind: 'ADMITTED', news: { ...news, learnerName: '甲' } }, { kind: 'CERTIFICATE', news: { learnerName: '乙', courseTitle: '基礎' } }])).toEqual({
      subject: '研修のお知らせ 2015-09-01 (2件)', text: '受講決定のお知らせ / 監査 / 第3回 / 甲\n修了証発行のお知らせ / 基礎 / 乙',
    });
  });
});
