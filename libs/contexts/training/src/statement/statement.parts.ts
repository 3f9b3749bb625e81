import { route, type ContextParts, type HttpRoute } from '#platform';
import type { GetRegistrationParts } from '../registration/read-registrations.js';
import { CommitRuntime, ReadRuntime } from './scorm-runtime.js';
import type { LaunchDoors } from './launch-door.js';
import { LaunchUnit, type LaunchUnitParts } from './launch-unit.js';
import { FetchToken, ServeContent, ServePlayer } from './launched-content.js';
import type { RuntimeDesk } from './runtime-desk.js';
import { idleSchedule, type SessionCloserParts } from './session-closer.js';
import { WaiveUnit } from './waive-unit.js';
import { About, CONDITION_HEADERS, DOCUMENT_METHODS, DOCUMENT_RESOURCES, DocumentCall } from './xapi-documents.js';
import { GetStatements, PostStatements, PutStatement, statementsOf } from './xapi-statements.js';
import type { StatementStore } from './statement.store.js';
import { VERSION, VERSION_HEADER } from './xapi-version.js';

/** Content of suppliers runs with what it brings along; it frames and is framed by nobody else. */
const CONTENT_POLICY = {
  'content-security-policy': "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'self'; object-src 'none'",
} as const;
const ANY = ['*/*'];
const API_PATH = '/api/training/v1/xapi/statements';

export interface StatementPartsInput extends LaunchUnitParts, GetRegistrationParts, SessionCloserParts {
  readonly doors: LaunchDoors;
  readonly runtime: RuntimeDesk;
  readonly statements: StatementStore;
}

/** Launching units, and what their content says (TRN-4.6; cmi5, xAPI 1.0.3, SCORM 1.2 and 2004). */
export function statementParts(parts: StatementPartsInput): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/registrations/:registrationId/launches', new LaunchUnit(parts), { status: 201 }),
      route('POST', '/registrations/:registrationId/waivers', new WaiveUnit(parts), { status: 201 }),
      ...launchedRoutes(parts),
      ...xapiRoutes(parts),
    ],
    schedules: [idleSchedule(parts, parts.closer)],
  };
}

/** What a learner's browser asks of a launch. */
function launchedRoutes(parts: StatementPartsInput): HttpRoute[] {
  const { sessions, packages, doors } = parts;
  const page = { guest: doors.byAddress, answerHeaders: CONTENT_POLICY };
  return [
    route('GET', '/launched/:launch/content/*', new ServeContent(sessions, packages), { ...page, binary: ANY }),
    route('GET', '/launched/:launch/player/:file', new ServePlayer(), { ...page, binary: ['text/html', 'text/javascript', 'text/css'] }),
    route('POST', '/launched/:launch/token', new FetchToken(sessions), page),
    route('GET', '/scorm/runtime', new ReadRuntime(parts), { guest: doors.byToken, answerHeaders: CONTENT_POLICY }),
    route('POST', '/scorm/runtime', new CommitRuntime(parts), { guest: doors.byToken, answerHeaders: CONTENT_POLICY, upload: ['application/json'] }),
  ];
}

function xapiRoutes(input: StatementPartsInput): HttpRoute[] {
  const parts = { ...input, joint: statementsOf(input) };
  const version = { [VERSION_HEADER]: '1.0.x' };
  const call = { guest: parts.doors.byToken, answerHeaders: VERSION, headers: version } as const;
  const changes = { ...call, headers: { ...version, ...CONDITION_HEADERS } };
  return [
    route('POST', '/xapi/statements', new PostStatements(parts), { ...call, upload: ['application/json'] }),
    route('PUT', '/xapi/statements', new PutStatement(parts), { ...call, upload: ['application/json'], status: 204 }),
    route('GET', '/xapi/statements', new GetStatements({ ...parts, path: API_PATH }), { ...call, binary: ['application/json'] }),
    ...DOCUMENT_RESOURCES.flatMap((resource) => DOCUMENT_METHODS.map((method) => {
      const options = method === 'GET' ? { ...call, binary: ANY } : { ...changes, binary: ANY, status: 204, ...(method === 'DELETE' ? {} : { upload: ANY }) };
      return route(method, resource === 'STATE' ? '/xapi/activities/state' : '/xapi/agents/profile', new DocumentCall(parts, resource, method), options);
    })),
    route('GET', '/xapi/about', new About(), call),
  ];
}
