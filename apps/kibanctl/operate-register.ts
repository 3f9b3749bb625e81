import { type Group, may, must, sends, shows, step } from './operate.js';

const BASE = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
const municipality = may('--municipality <code>', 'municipalityCode', 'only of this municipality, 6 digits');
const state = may('--state <state>', 'state', 'only in this state');
const hours = may('--older-than <hours>', 'olderThanHours', 'only what has waited for so many hours', 'number');
const waiting = 'NOTICE noticeId, MUNICIPALITY municipalityCode, SEQUENCE personSeq, MISSING FROM missingFrom, CODE code, HOURS ageHours';

const entries: readonly Group[] = [
  {
    name: 'held', description: 'notices that wait for the one before them', path: `${BASE}/held-notices`,
    commands: [
      { name: 'list', description: 'list them, the oldest first', with: '--older-than 24', cursor: 'after', members: [municipality, hours], columns: `${waiting}, OVERDUE overdue` },
      step('reject', ':notice/rejection', 'reject one that has been held for more than 24 hours'),
    ],
  },
  {
    name: 'sequence-gaps', description: 'numbers of a municipality that never came', path: `${BASE}/sequence-gaps`,
    commands: [{ name: 'list', description: 'list them, with the order to send them again', with: '--municipality 990027', cursor: 'after', members: [municipality], columns: 'MUNICIPALITY municipalityCode, FIRST firstSeq, LAST lastSeq, ORDER orderId' }],
  },
  {
    name: 'record-conflicts', description: 'persons with live records in several municipalities', path: `${BASE}/record-conflicts`, shared: { purpose: REGISTER },
    commands: [{ name: 'list', description: 'list them; none is told to agencies until one record ends', with: '--municipality 990027', cursor: 'after', members: [municipality], columns: 'CASE caseId, FOUND foundOn, MUNICIPALITIES municipalityCodes' }],
  },
  {
    name: 'quarantined', description: "entries after a death that wait for the municipality's written answer", path: `${BASE}/quarantined-notices`,
    commands: [
      { name: 'list', description: 'list them, the oldest first', with: '--municipality 990027', cursor: 'after', members: [municipality, hours], columns: `${waiting}, PROPOSED proposed` },
      step('decide', ':notice/decision', 'say what the answer says; done when a second officer says the same', {
        with: '--decision REJECT --answer 990027-2016-12 --as officer-2', purpose: REGISTER,
        members: [
          must('--decision <decision>', 'decision', 'APPLY (the rules run again) or REJECT'),
          must('--answer <reference>', 'answerReference', "reference of the municipality's written answer"),
        ],
      }),
    ],
  },
  {
    name: 'entry-searches', description: 'searches that precede entries of unknown origin and ex officio (13, 14), as the municipality', path: `${BASE}/entry-searches`,
    shared: { by: 'municipality-990019', purpose: REGISTER },
    commands: [
      { name: 'list', description: 'list them, the newest first', with: '--state DECIDED', cursor: 'before', members: [state], columns: 'SEARCH searchId, STATE state, FOUND found, OPENED openedAt' },
      shows('search', 'show one with all that is told of its candidates'),
      {
        name: 'candidates', description: 'list what speaks for and against each candidate, and what was decided, without names', path: '/:search',
        rows: ['candidates'], columns: 'CANDIDATE candidate, STATUS status, EVIDENCE evidence, VERDICT verdict, DECIDED BY decidedBy',
      },
      sends('open', 'search for a person (nameKanji, nameKana, birthDate, sex)', 'sought.json'),
      step('decide', ':search/candidates/:candidate/decision', 'say of one candidate whether it is the person', {
        with: '--candidate 1 --verdict DIFFERENT --reason "born on another day"',
        members: [
          must('--candidate <n>', 'candidate', 'number of the candidate', 'number'), must('--verdict <verdict>', 'verdict', 'SAME or DIFFERENT'),
          must('--reason <text>', 'reason', 'why; names nobody'),
        ],
      }),
      step('confirm', ':search/confirmation', 'agree, as another officer than those who decided; entries that wait take effect', { fixed: { agrees: true } }),
      step('refuse', ':search/confirmation', 'disagree, as another officer; the search ends and is made anew', { fixed: { agrees: false } }),
    ],
  },
  {
    name: 'entry-search-duties', description: 'from when municipalities must search before entries ex officio', path: `${BASE}/entry-search-duties`,
    commands: [{
      name: 'set', description: 'set the day for one that is past its initial load', with: '--since 2016-04-01', method: 'PUT', path: '/:municipality',
      members: [must('--since <day>', 'since', 'first day, not in the past')],
    }],
  },
];

const notices: readonly Group[] = [
  {
    name: 'error-reports', description: 'suspected errors, told to municipalities (機構の通報)', path: `${BASE}/error-reports`,
    commands: [
      {
        name: 'list', description: 'list them, the oldest first', with: '--state ANSWERED', cursor: 'after', members: [municipality, state],
        columns: 'REPORT reportId, MUNICIPALITY municipalityCode, STATE state, GROUND ground, ASKED askedAt, NOTICE noticeId, EXPLANATION explanation',
      },
      sends('make', 'tell a suspicion (residentCode, municipalityCode, items, ground)', 'report.json', { purpose: REGISTER }),
      step('review', ':report/review', 'close an answered one, ask again, or withdraw', {
        with: '--outcome ACCEPT', members: [must('--outcome <outcome>', 'outcome', 'ACCEPT, ASK_AGAIN or WITHDRAW')],
      }),
    ],
  },
  {
    name: 'notice-files', description: "municipalities' files of change notices", path: `${BASE}/notice-files`,
    commands: [
      {
        name: 'list', description: 'list them, the newest first', with: '--state RUNNING', cursor: 'before', members: [municipality, state],
        columns: 'FILE fileId, MUNICIPALITY municipalityCode, STATE state, ROWS rows, APPLIED applied, HELD held, QUARANTINED quarantined, REJECTED rejected',
      },
      shows('file', 'tell what became of the rows', { with: '--wait', jobs: 'juki-net' }),
      { name: 'faults', description: 'list the rows that were not taken in', path: '/:file/faults', cursor: 'after', columns: 'LINE line, COLUMN column, CODE code' },
    ],
  },
];

const comparisons: readonly Group[] = [
  {
    name: 'reconciliations', description: 'comparisons of the copies (整合性確認)', path: `${BASE}/reconciliations`,
    commands: [
      {
        name: 'list', description: 'list them, the newest first', with: '--municipality 990019', cursor: 'before', members: [municipality, state],
        columns: 'RUN runId, MUNICIPALITY municipalityCode, STATE state, AS OF asOf, COMPARED compared, OPEN openDifferences',
      },
      shows('run', 'tell how far one is, with differences by class', { purpose: REGISTER, jobs: 'juki-net' }),
      {
        name: 'differences', description: 'list the differences, as the municipality; --json names the codes', path: '/:run/differences', by: 'municipality-990019',
        purpose: REGISTER, cursor: 'after', columns: 'DIFFERENCE differenceId, CLASS class, STATE state, FOUND foundOn, DUE dueOn, OVERDUE overdue',
      },
    ],
  },
  {
    name: 'missing-reconciliations', description: 'municipalities that did not compare last night, which nobody but they can begin', path: `${BASE}/missing-reconciliations`,
    commands: [{ name: 'list', description: 'list them', with: '--municipality 990019', cursor: 'after', members: [municipality], columns: 'MUNICIPALITY municipalityCode, LAST ON lastOn' }],
  },
  { name: 'prefecture-reconciliations', description: "comparisons with prefectures' copies", path: `${BASE}/prefecture-reconciliations`, commands: [shows('run', 'tell how far one is')] },
  {
    name: 'matchings', description: "initial matchings of agencies' data (初期突合)", path: `${BASE}/initial-matches`,
    commands: [
      {
        name: 'list', description: 'list them, the newest first', with: '--state IN_REVIEW', cursor: 'before', members: [state],
        columns: 'MATCHING matchId, ORGANISATION organisation, STATE state, ROWS rows, AUTO auto, REVIEW review, NONE none, REJECTED rejected',
      },
      shows('matching', 'tell how far one is, as the prefecture', { with: '--wait', by: 'prefecture-99', purpose: 'INITIAL_MATCHING', jobs: 'juki-net' }),
      step('close', ':matching/closure', 'end one whose result has been read, as the prefecture; what was sent is deleted', {
        with: '--lines 4000', by: 'prefecture-99', purpose: 'INITIAL_MATCHING', members: [must('--lines <n>', 'linesReceived', 'lines of the result that were received', 'number')],
      }),
    ],
  },
];

const codes: readonly Group[] = [
  {
    name: 'retention-lots', description: 'lots of what has been kept long enough', path: `${BASE}/retention-lots`,
    commands: [
      { name: 'list', description: 'list them, the newest first', columns: 'LOT lotId, KIND kind, MONTH month, STATE state, ROWS rows, COUNTED UNTIL countedUntil, OFFICERS officers' },
      shows('lot', 'show one, with the certificate of its purge'),
      step('approve', ':lot/approval', 'approve that one is purged; the second officer starts the purge', { with: '--as officer-2' }),
    ],
  },
  {
    name: 'code-blocks', description: 'resident codes in blocks', path: `${BASE}/code-blocks`,
    commands: [
      {
        name: 'list', description: 'list the latest blocks of a municipality', with: '--municipality 990019', members: [{ ...municipality, needed: true }],
        columns: 'BLOCK blockId, SIZE size, REASON reason, STATE state, ALLOCATED allocatedAt',
      },
      shows('block', 'show a block with its codes by state'),
      step('withdraw', ':block/withdrawal', 'recall a block; unused codes are never used'),
    ],
  },
  {
    name: 'code-conflicts', description: 'codes reported as written to two persons', path: `${BASE}/code-conflicts`,
    commands: [
      { name: 'list', description: 'list the cases, the newest first', with: '--state REPORTED', cursor: 'before', members: [state], columns: 'CASE caseId, STATE state, REPORTED BY reportedBy, CHANGED changedAt' },
      sends('report', 'report a code (residentCode)', 'code.json', { purpose: REGISTER }),
      step('confirm', ':case/confirmation', 'confirm a case as another officer; the code is void', { with: '--as officer-2', purpose: REGISTER }),
      step('dismiss', ':case/dismissal', 'dismiss a case', { purpose: REGISTER }),
    ],
  },
];

/** What the register's operators look after daily, with the steps of municipalities and prefectures that it waits for. */
export const registerGroups: readonly Group[] = [...entries, ...notices, ...comparisons, ...codes];
