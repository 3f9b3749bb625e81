/** A session as a calendar shows it. */
export interface CalendarEvent {
  readonly id: string;
  /** Counts changes, from 1. */
  readonly version: number;
  readonly title: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly venue: string;
  readonly status: 'TENTATIVE' | 'CONFIRMED' | 'CANCELLED';
}

const MOST_OCTETS = 75;

/** An iCalendar object of the events (RFC 5545), CRLF-ended and folded; `stamp` is when it was made. */
export function calendarText(events: readonly CalendarEvent[], stamp: Date): string {
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Kiban//Training//JA', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH', ...events.flatMap((event) => eventLines(event, stamp)), 'END:VCALENDAR'];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines({ id, version, title, startsAt, endsAt, venue, status }: CalendarEvent, stamp: Date): string[] {
  return [
    'BEGIN:VEVENT', `UID:${id}@training.kiban`, `DTSTAMP:${utcOf(stamp)}`, `SEQUENCE:${version - 1}`, `DTSTART:${utcOf(startsAt)}`, `DTEND:${utcOf(endsAt)}`,
    `SUMMARY:${escaped(title)}`, `LOCATION:${escaped(venue)}`, `STATUS:${status}`, 'END:VEVENT',
  ];
}

/** Form 2 of RFC 5545 section 3.3.5: UTC, so that no time zone has to be defined. */
function utcOf(instant: Date): string {
  return instant.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** TEXT of RFC 5545 section 3.3.11. */
function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');
}

/** Lines of at most 75 octets, never cut within a character (RFC 5545 section 3.1). */
function folded(line: string): string {
  let [text, octets] = ['', 0];
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > MOST_OCTETS) {
      text += '\r\n ';
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text;
}
