import { type Group, may, must, sends, shows, step } from './operate.js';

const BASE = '/api/numbering/v1';
const ANOTHER = { with: '--as officer-2' };
const state = may('--state <state>', 'state', 'only in this state');
const municipality = may('--municipality <code>', 'municipalityCode', 'municipality, 6 digits');
const counts = 'EXPECTED expected, LINES lines, DESIGNATED designated, TENTATIVE tentative, REFUSED refused, PENDING pending, SIGNED signedAt';

const waves: readonly Group[] = [
  {
    name: 'waves', description: 'waves of the mass numbering', path: `${BASE}/waves`,
    commands: [
      {
        name: 'list', description: 'list the plan with the progress of each municipality', with: '--limit 2000', cursor: 'after',
        columns: `WAVE waveId, POSITION position, KIND kind, STATE state, MUNICIPALITY municipalityCode, ${counts}`,
      },
      {
        name: 'show', description: 'show the municipalities of one wave', path: '?waveId=:wave', cursor: 'after',
        columns: `MUNICIPALITY municipalityCode, STATE state, HALTED FOR haltCause, ${counts}`,
      },
      sends('plan', 'plan the next wave (kind, members with municipalityCode and expected)', 'wave.json'),
      step('open', ':wave/opening', 'open the next wave'),
      step('halt', ':wave/halt', 'halt a wave', {
        with: '--reason DATA_FAULT', method: 'PUT', members: [must('--reason <reason>', 'reason', 'DATA_FAULT, SYSTEM_FAULT, SUPPORT_TICKET or OTHER')],
      }),
      step('resume', ':wave/resumption', 'resume a halted wave; it goes on when a second officer says the same', ANOTHER),
      step('reconcile', ':wave/reconciliation', 'close a wave of which every municipality has its result'),
      step('sign-off', ':wave/sign-offs', 'sign, as the municipality, that its part is complete with the counts it has itself', {
        with: '--municipality 990019 --lines 500 --numbered 499 --refused 1', by: 'municipality-990019',
        members: [
          { ...municipality, needed: true }, must('--lines <n>', 'lines', 'lines sent', 'number'),
          must('--numbered <n>', 'numbered', 'lines with a number', 'number'), must('--refused <n>', 'refused', 'lines refused', 'number'),
        ],
      }),
      {
        name: 'certificate', description: 'write the certificate of completion of a municipality to a file', with: '--municipality 990019 --out certificate.json', method: 'GET',
        path: '/:wave/sign-offs/:municipalityCode', members: [{ ...municipality, needed: true }], saves: 'answer',
      },
    ],
  },
  {
    name: 'readiness', description: 'how far the municipalities are with their preparation', path: `${BASE}/readiness`,
    commands: [
      {
        name: 'list', description: 'list the municipalities', with: '--red true', cursor: 'after', members: [state, may('--red <flag>', 'red', 'true: only blocked and overdue ones')],
        columns: 'MUNICIPALITY municipalityCode, STATE state, SCORE score, OVERDUE overdue, TICKETS tickets',
      },
      shows('municipality', 'show the milestones of a municipality'),
      sends('schedule', 'set when milestones are due (municipalityCodes, dueDates)', 'due.json', { method: 'PUT' }),
      {
        name: 'set', description: 'tell how far a municipality is with a milestone', with: '--milestone CS_CONNECTION --state DONE --evidence report-12', method: 'PUT',
        path: '/:municipality/:milestone',
        members: [
          must('--milestone <name>', 'milestone', 'such as CS_CONNECTION'), must('--state <state>', 'state', 'NOT_STARTED, IN_PROGRESS, DONE or BLOCKED'),
          may('--evidence <text>', 'evidence', 'what shows that it is DONE'), may('--ticket <id>', 'blockerTicketId', 'what it is BLOCKED by'),
        ],
      },
    ],
  },
  {
    name: 'red-lists', description: 'weekly lists of red municipalities, for their prefecture', path: `${BASE}/red-lists`,
    commands: [{
      name: 'show', description: 'show the latest, and what keeps each municipality back', with: '--weeks 4', path: '/:prefecture', by: 'prefecture-99',
      members: [may('--weeks <n>', 'limit', 'so many lists', 'number'), may('--before <day>', 'before', 'only of weeks that began before')],
      rows: ['lists', 'entries'], columns: 'WEEK week, MUNICIPALITY municipalityCode, SCORE score, BLOCKED blocked, OVERDUE overdue, TICKETS tickets',
    }],
  },
  {
    name: 'ticket-links', description: 'support tickets that concern a batch, a wave or a municipality', path: `${BASE}/ticket-links`,
    commands: [
      {
        name: 'set', description: 'tie a ticket to what it concerns', with: '--municipality 990019 --blocks-wave', method: 'PUT', path: '/:ticket',
        members: [
          may('--batch <id>', 'batchId', 'batch'), may('--wave <id>', 'waveId', 'wave'), may('--assignment <id>', 'assignmentId', 'assignment of a number'), municipality,
          may('--category <name>', 'category', 'what it is about, such as TEST_DATA or LAW_QUESTION'), may('--blocks-wave', 'blocksWave', 'hold them until it is resolved'),
        ],
      },
      step('resolve', ':ticket/resolution', 'tell that it is resolved', { members: [may('--reference <text>', 'ministryReference', 'of the ministry\'s answer, for a question of law')] }),
    ],
  },
  {
    name: 'number-batches', description: 'batches of numbering requests', path: `${BASE}/batches`,
    commands: [
      {
        name: 'list', description: 'list them, the newest first', with: '--state DRAWING', cursor: 'before', members: [state],
        columns: 'BATCH batchId, MUNICIPALITY municipalityCode, STATE state, LINES lines, DESIGNATED designated, TENTATIVE tentative, REFUSED refused, PENDING pending',
      },
      shows('batch', 'tell state and counters of one', { with: '--wait', jobs: 'numbering' }),
    ],
  },
];

const files: readonly Group[] = [
  {
    name: 'numbering-certificates', description: 'certificates of the files with municipalities (NUM-5.3)', path: `${BASE}/exchange-certificates`,
    commands: [
      { name: 'fetch', description: 'write those of this side to a file (PEM): files are sealed for it, and its signatures checked, by them', with: '--out numbering.pem', method: 'GET', saves: 'answer' },
      {
        name: 'register', description: 'register the one of a municipality, which from then on sends and gets nothing in clear', method: 'POST',
        with: '--municipality 990019 --certificate town.pem --sha256 9f86d0…',
        members: [
          { ...municipality, needed: true }, must('--certificate <file>', 'certificate', 'PEM', 'text-of-file'),
          must('--sha256 <hash>', 'sha256', 'fingerprint, as it was told over another channel'),
        ],
      },
      {
        name: 'withdraw', description: 'withdraw one of a municipality, as of a key that leaked; without --sha256 all of them: its files are in clear again', method: 'POST', path: '/withdrawals',
        with: '--municipality 990019 --sha256 9f86d0… --evidence 届出第1号',
        members: [{ ...municipality, needed: true }, may('--sha256 <hash>', 'sha256', 'fingerprint'), must('--evidence <ref>', 'evidenceRef', 'what the municipality wrote')],
      },
    ],
  },
];

const proofs: readonly Group[] = [
  {
    name: 'ledger', description: 'the numbers that were ever drawn, and those that a restored database lacks', path: `${BASE}/ledger`,
    commands: [
      { name: 'show', description: 'tell whether numbers are drawn, or why not, and how many are missing', method: 'GET' },
      {
        name: 'ask-list', description: 'ask a copy of the database for what was drawn since a moment', method: 'POST', path: '/lists', with: '--since 2016-01-20T00:00:00Z --reason 訓練',
        members: [must('--since <time>', 'since', 'begin of the backup that was restored, in UTC'), must('--reason <text>', 'reason', 'for the trail')],
      },
      {
        name: 'fetch-list', description: 'write that list to a file, as another officer', method: 'GET', path: '/lists/:list/lines', with: '--out missing.csv --as officer-2', purpose: 'NUMBER_DESIGNATION', saves: 'answer',
        members: [may('--page <n>', 'limit', 'lines of one answer', 'number')],
      },
      {
        name: 'send-list', description: 'send the missing numbers to the restored estate', method: 'POST', path: '/catch-ups', with: '--source DELAYED_REPLICA --file missing.csv', sends: 'text/csv',
        members: [must('--source <name>', 'source', 'DELAYED_REPLICA or MUNICIPAL_RECEIPTS'), may('--never-issued <n>', 'neverIssued', 'numbers that were drawn and lost before anybody had them', 'number')],
      },
      step('confirm-list', 'catch-ups/:catchUp/confirmation', 'take that list in, as another officer', { with: '--sha256 9f86d0… --as officer-2', members: [must('--sha256 <hash>', 'sha256', 'of the list, as it was told')] }),
    ],
  },
  {
    name: 'uniqueness', description: 'proofs that no number stands twice', path: `${BASE}/uniqueness-runs`,
    commands: [
      { name: 'list', description: 'list the passes, the latest first', rows: ['runs'], columns: 'RUN runId, STATE state, LEDGER ledgerRows, LINK linkRows, VIOLATIONS violations, STARTED startedAt' },
      shows('run', 'show one pass'),
      { name: 'start', description: 'begin a pass', with: '--wait', method: 'POST', jobs: 'numbering' },
      step('clear', ':run/clearance', 'let numbers be drawn again after a violation; the second of two officers ends the halt', ANOTHER),
    ],
  },
  {
    name: 'link-reads', description: 'look-ups by code or number that were halted', path: `${BASE}/link-read-releases`,
    commands: [{ name: 'release', description: 'let a client go on', with: '--client svc-juki-net', method: 'POST', members: [must('--client <client>', 'client', 'whose look-ups were halted')] }],
  },
];

/** Operation of the numbering: its waves and preparation, batches, files and proofs. */
export const numberingGroups: readonly Group[] = [...waves, ...files, ...proofs];
