import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarText, type CalendarEvent } from './calendar.js';

const stamp = new Date('2015-08-01T00:00:00Z');
const event = (more: Partial<CalendarEvent> = {}): CalendarEvent => ({
  id: 'one', version: 1, title: '情報セキュリティ監査セミナー 第3回', startsAt: new Date('2015-09-30T01:00:00Z'), endsAt: new Date('2015-09-30T08:00:00Z'), venue: '会場', status: 'CONFIRMED', ...more,
});

describe('calendar of sessions (RFC 5545)', () => {
  it('has the lines of the standard, in UTC, ended by CRLF', () => {
    expect(calendarText([event({ version: 3, status: 'CANCELLED' })], stamp)).toBe([
      'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Kiban//Training//JA', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH',
      'BEGIN:VEVENT', 'UID:one@training.kiban', 'DTSTAMP:20150801T000000Z', 'SEQUENCE:2', 'DTSTART:20150930T010000Z', 'DTEND:20150930T080000Z',
      'SUMMARY:情報セキュリティ監査セミナー 第3回', 'LOCATION:会場', 'STATUS:CANCELLED', 'END:VEVENT', 'END:VCALENDAR', '',
    ].join('\r\n'));
  });

  it('escapes what would end a value (section 3.3.11)', () => {
    expect(calendarText([event({ venue: 'A; B, C\\D\nE' })], stamp)).toContain('LOCATION:A\\; B\\, C\\\\D\\nE\r\n');
  });

  it.each(['a', 'あ', '𠮷'])('fills lines with %s, and none has more than 75 octets (section 3.1)', (character) => {
    const lengths = calendarText([event({ title: character.repeat(200) })], stamp).split('\r\n').map((line) => Buffer.byteLength(line));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(75);
    expect(Math.max(...lengths)).toBeGreaterThan(75 - Buffer.byteLength(character));
  });

  it('folds into lines of 75 octets at most, and unfolds to what was said (section 3.1)', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => text.replace(/[\p{Cc}\\;,]/gu, '')), (title) => {
      const text = calendarText([event({ title })], stamp);
      for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      expect(Buffer.from(text).toString()).toBe(text);
      expect(text.replaceAll('\r\n ', '')).toContain(`SUMMARY:${title}\r\n`);
    }));
  });
});
