import { type Group, may, must, sends, shows, step } from './operate.js';

const BASE = '/api/juki-net/v1';
const AGENCY = 'agency-pension';
const AFFAIR = '--purpose PENSION_CURRENT_STATUS';
const state = may('--state <state>', 'state', 'only in this state');

const files: readonly Group[] = [
  {
    name: 'batches', description: 'batches of questions (一括提供)', path: `${BASE}/batches`,
    commands: [
      {
        name: 'list', description: 'list them, the newest first; POSTPONED are lines to be asked again', with: '--state PROCESSING', cursor: 'before', members: [state],
        columns: 'BATCH batchId, ORGANISATION organisation, STATE state, LINES lines, ANSWERED answered, FAULTY faulty, POSTPONED postponed, RECEIPT OVERDUE receiptOverdue',
      },
      shows('batch', 'tell state and counts of one', { with: '--wait', jobs: 'juki-net' }),
      { name: 'faults', description: 'list the lines that are no questions', path: '/:batch/faults', cursor: 'after', columns: 'LINE line, COLUMN column, CODE code' },
      step('resume', ':batch/resumption', 'ask again, as the organisation, what was postponed while the national server was closed', {
        with: `${AFFAIR} --wait`, by: AGENCY, purpose: 'asked', jobs: 'juki-net',
      }),
    ],
  },
  {
    name: 'exchange-box', description: 'files of the boxes of all organisations', path: `${BASE}/exchange-box`,
    commands: [{ name: 'unresolved', description: 'list those without a receipt after 24 hours, or an acknowledgement after 15 minutes', method: 'GET', path: '/unresolved' }],
  },
  {
    name: 'exchange-files', description: 'files that stand in the box of an organisation (ACKN, BRES, CFED, IMOT, MSTA)', path: `${BASE}/exchange-box/files`, shared: { by: AGENCY },
    commands: [
      {
        name: 'list', description: 'list them, the newest first', with: '--state READY', cursor: 'before', members: [state],
        columns: 'FILE fileId, NAME name, STATE state, LINES lines, READY readyAt, OVERDUE isOverdue',
      },
      { name: 'show', description: 'show one, with the hash that its receipt names', cursor: 'before', finds: 'file' },
      { name: 'fetch', description: 'write one, sealed for the organisation, to a file', with: `${AFFAIR} --out answers.p7m`, method: 'GET', path: '/:file', purpose: 'asked', saves: 'answer' },
      step('confirm', ':file/receipt', 'confirm that one arrived whole', { with: '--sha256 9f86d0…', members: [must('--sha256 <hash>', 'sha256', 'of its detail records')] }),
      step('resend', ':file/resend', 'put lines of the answers into the box again', {
        with: `--from 1 --to 200 ${AFFAIR}`, purpose: 'asked', members: [must('--from <line>', 'fromLine', 'first line', 'number'), must('--to <line>', 'toLine', 'last line', 'number')],
      }),
    ],
  },
  {
    name: 'dropped-files', description: 'files that an organisation dropped (BREQ, IMIN)', path: `${BASE}/exchange-box/dropped-files`, shared: { by: AGENCY },
    commands: [
      {
        name: 'list', description: 'list them with what became of them, the newest first', with: '--state REJECTED', cursor: 'before', members: [state],
        columns: 'FILE fileId, NAME name, STATE state, LINES lines, FAULTY faulty, REASON reason, RECEIVED receivedAt',
      },
      { name: 'show', description: 'show one', cursor: 'before', finds: 'file' },
      sends('drop', 'drop a sealed file under its own name', `pension_BREQ_20160120_0001.p7m ${AFFAIR}`, { purpose: 'asked', sends: 'application/pkcs7-mime', fileName: 'name' }),
    ],
  },
];

const partners: readonly Group[] = [
  {
    name: 'exchange-certificates', description: 'certificates of the exchange', path: BASE,
    commands: [
      { name: 'list', description: 'list those of this side and of organisations with their validity', method: 'GET', path: '/exchange-certificates' },
      { name: 'fetch', description: 'write the one of this side to a file (PEM)', with: '--out kiban.pem', method: 'GET', path: '/exchange-certificate', saves: 'answer' },
      {
        name: 'register', description: 'register the one of an organisation', method: 'POST', path: '/exchange-certificates',
        with: '--institution national-agency --organisation pension --certificate pension.pem --sha256 9f86d0…',
        members: [
          must('--institution <kind>', 'institution', 'national-agency, prefecture or municipality'), must('--organisation <name>', 'organisation', 'the organisation'),
          must('--certificate <file>', 'certificate', 'PEM', 'text-of-file'), must('--sha256 <hash>', 'sha256', 'fingerprint, as it was told over another channel'),
        ],
      },
    ],
  },
  {
    name: 'exchange-key', description: 'changes of the key of the exchange, by two officers', path: `${BASE}/exchange-key-rotations`,
    commands: [
      {
        name: 'propose', description: 'propose a new key', with: '--overlap-days 30', method: 'POST',
        members: [must('--overlap-days <n>', 'overlapDays', 'how long the former one opens files, 7 to 365', 'number')],
      },
      step('effect', ':rotation/effect', 'make the key, as another officer; its certificate is announced', { with: '--as officer-2' }),
      step('withdraw', ':rotation/withdrawal', 'withdraw a proposal'),
    ],
  },
  {
    name: 'servers', description: "the prefectures' servers and the national one", path: `${BASE}/servers`,
    commands: [
      { name: 'list', description: 'list which are open or closed', columns: 'SERVER server, STATE state, SINCE since, NOTE note' },
      {
        name: 'set', description: 'close one for maintenance, or open it again', with: '--state CLOSED --note "maintenance until 18:00"', method: 'PUT', path: '/:server/state',
        members: [must('--state <state>', 'state', 'OPEN or CLOSED'), must('--note <text>', 'note', 'why, for monitoring; names nobody')],
      },
    ],
  },
];

/** The exchange with organisations: batches, boxes, certificates and keys, grants, servers. */
export const exchangeGroups: readonly Group[] = [...files, ...partners];
