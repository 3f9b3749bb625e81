import { deriveKey, route, type ContextParts, type Platform } from '#platform';
import type { TrainingShelf } from '../shelf.js';
import { AttendanceStore } from './attendance.store.js';
import { CloseAttendance, evidenceTerms, ListAttendance, NoteEvidence } from './close-attendance.js';
import { Completions } from './completions.js';
import { EnterAtDoor, GetDoorToken } from './enter-at-door.js';
import { ImportAttendance } from './import-attendance.js';
import { ReadRoster } from './read-roster.js';

/** Attendance by half-day, and who has completed a classroom course (TRN-4.5). */
export function attendanceParts({ cipher, masterKey }: Platform, { bodies, courses, desk, prework, sessions }: Pick<TrainingShelf, 'bodies' | 'courses' | 'desk' | 'prework' | 'sessions'>): Partial<ContextParts> {
  const attendance = new AttendanceStore(cipher);
  const completions = new Completions({ desk, attendance, courses });
  const key = deriveKey(masterKey, 'training-door');
  return {
    http: [
      route('GET', '/enrolments/:enrolmentId/door-token', new GetDoorToken(desk, key)),
      route('POST', '/sessions/:sessionId/door-entries', new EnterAtDoor({ desk, attendance, prework, key })),
      route('GET', '/sessions/:sessionId/attendance', new ListAttendance(attendance)),
      route('GET', '/sessions/:sessionId/roster', new ReadRoster({ bodies, sessions, store: desk.parts.store }), { binary: ['text/csv', 'application/pdf'] }),
      route('POST', '/sessions/:sessionId/attendance', new ImportAttendance(desk, attendance, prework), { upload: ['text/csv'] }),
      route('POST', '/sessions/:sessionId/attendance-closing', new CloseAttendance(completions)),
      route('POST', '/enrolments/:enrolmentId/evidence', new NoteEvidence(completions)),
    ],
    schedules: [evidenceTerms(completions)],
  };
}
