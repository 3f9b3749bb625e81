import { route, type ContextParts, type Platform } from '#platform';
import { LecturerStore } from './lecturer.store.js';
import { ListLecturerRequests, ListLecturers, RegisterLecturer, RequestLecturer } from './request-lecturer.js';
import { MatchLecturer, StepLecturerRequest } from './step-request.js';

/** Lecturers who are sent to bodies or made known to them (TRN-4.12). */
export function lecturerParts({ cipher }: Platform): Partial<ContextParts> {
  const store = new LecturerStore(cipher);
  return {
    http: [
      route('POST', '/lecturers', new RegisterLecturer(store), { status: 201 }),
      route('GET', '/lecturers', new ListLecturers(store)),
      route('POST', '/lecturer-requests', new RequestLecturer(store), { status: 201 }),
      route('GET', '/lecturer-requests', new ListLecturerRequests(store)),
      route('POST', '/lecturer-requests/:requestId/steps/match', new MatchLecturer(store)),
      route('POST', '/lecturer-requests/:requestId/steps/agreement', new StepLecturerRequest(store, 'AGREE')),
      route('POST', '/lecturer-requests/:requestId/steps/completion', new StepLecturerRequest(store, 'FINISH')),
      route('POST', '/lecturer-requests/:requestId/steps/report', new StepLecturerRequest(store, 'REPORT')),
      route('POST', '/lecturer-requests/:requestId/steps/withdrawal', new StepLecturerRequest(store, 'WITHDRAW')),
    ],
  };
}
