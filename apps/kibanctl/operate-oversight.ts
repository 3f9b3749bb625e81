import { type Group, may, must, sends, shows, step } from './operate.js';

const BASE = '/api/juki-net/v1';
const DISCLOSURE = 'DISCLOSURE';
const finding = { with: '--note "recount of the town hall"', members: [must('--note <text>', 'note', 'what was found; no names or codes')] };
const period = { with: '--from 2016-01-01 --to 2016-01-31', method: 'GET', members: [must('--from <day>', 'from', 'first day'), must('--to <day>', 'to', 'last day')] } as const;

/** What the use log tells, and what is owed to residents, the committee and the public. */
export const oversightGroups: readonly Group[] = [
  {
    name: 'log-alerts', description: 'alerts that the log of uses gave', path: `${BASE}/log-alerts`,
    commands: [
      {
        name: 'list', description: 'list them', with: '--state OPEN', cursor: 'after', members: [may('--state <state>', 'state', 'only in this state')],
        columns: 'ALERT alertId, DAY day, KIND kind, ORGANISATION organisation, CLIENT client, OFFICER officer, ASKED asked, MEAN mean, STATE state',
      },
      step('explain', ':alert/explanation', 'find that there was a reason', finding),
      step('suspect', ':alert/suspicion', 'find an abuse; another officer confirms it', finding),
      step('confirm', ':alert/confirmation', 'confirm, as another officer, an abuse that was found', finding),
    ],
  },
  {
    name: 'watched-persons', description: 'persons whose inquiries are looked at, by reference', path: `${BASE}/watched-persons`, shared: { purpose: 'RESIDENT_REGISTER' },
    commands: [
      { name: 'list', description: 'list those of the organisation', columns: 'WATCH watchId, REASON reason, SET BY setBy, SINCE sinceOn' },
      sends('watch', 'watch a person (residentCode, reason)', 'watch.json'),
      step('end', ':watch/end', 'end a watch'),
    ],
  },
  {
    name: 'duty-hours', description: 'when organisations ask on duty', path: `${BASE}/duty-hours`,
    commands: [
      { name: 'list', description: 'show the usual hours and those of organisations', method: 'GET' },
      {
        name: 'set', description: 'set those of an organisation', with: '--opens 08:30 --closes 17:15', method: 'PUT', path: '/:organisation', fixed: { onClosedDays: false },
        members: [
          must('--opens <time>', 'opens', 'such as 08:30'), must('--closes <time>', 'closes', 'such as 17:15'),
          may('--on-closed-days', 'onClosedDays', 'also on Saturdays, Sundays and holidays'),
        ],
      },
    ],
  },
  {
    name: 'use-log', description: 'what the log of uses sums up to; counts alone', path: BASE,
    commands: [
      { name: 'provisions', description: 'tell what was provided and refused, by organisation', path: '/provision-report', ...period },
      { name: 'committee', description: 'make the report to the committee', path: '/committee-reports', ...period },
      { name: 'public', description: 'make the public report of a fiscal year', method: 'GET', path: '/public-reports/:year' },
      {
        name: 'verify', description: 'compute the chain of the use records of a day anew', with: '--day 2016-01-31', method: 'GET', path: '/use-record-verification',
        members: [must('--day <day>', 'day', 'day in Japan')],
      },
    ],
  },
  {
    name: 'schedule-rows', description: 'rows of the schedules of the Act, on which grants rest', path: `${BASE}/schedule-rows`,
    commands: [
      {
        name: 'list', description: 'list them with all their versions', with: '--affair PENSION_CURRENT_STATUS',
        members: [may('--schedule <n>', 'schedule', '1 to 6'), may('--affair <name>', 'affair', 'only of this affair')],
        columns: 'ID rowId, SCHEDULE schedule, ROW row, AFFAIR affair, NUMBERS usesNumbers, FROM validFrom, UNTIL validUntil, STATE state',
      },
      sends('enter', 'enter a version (schedule, row, affair, usesNumbers, validFrom, validUntil)', 'row.json'),
      step('approve', ':row/approval', 'approve one as another officer', { with: '--as officer-2' }),
      step('withdraw', ':row/withdrawal', 'withdraw one that is not approved'),
    ],
  },
  {
    name: 'disclosures', description: 'requests of residents for what is recorded of them', path: BASE, shared: { purpose: DISCLOSURE },
    commands: [
      { name: 'overdue', description: 'list those that wait for too long', path: '/overdue-disclosures', columns: 'REQUEST requestId, KIND kind, STATE state, RECEIVED receivedOn, DUE dueOn' },
      shows('request', 'show one', { path: '/disclosures/:request' }),
      sends('decide', 'decide one (outcome, withheld, reason)', 'decision.json', { path: '/disclosures/:request/decision' }),
    ],
  },
];
