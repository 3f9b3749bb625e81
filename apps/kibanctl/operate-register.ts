import type { Command } from 'commander';
import { addAction, addListing, type Member } from './operate.js';
import type { Terminal } from './terminal.js';

const BASE = '/api/juki-net/v1';
const OPERATOR = 'operator-1';
const REGISTER = 'RESIDENT_REGISTER';
const municipality: Member = { flags: '--municipality <code>', description: 'only of this municipality, 6 digits', member: 'municipalityCode' };
const state: Member = { flags: '--state <state>', description: 'only in this state', member: 'state' };
const hours: Member = { flags: '--older-than <hours>', description: 'only what has waited for so many hours', member: 'olderThanHours', number: true };

/** Commands for what the register's operators look after daily. */
export function addRegisterOperation(program: Command, terminal: Terminal): void {
  addWaiting(program, terminal);
  addNotices(program, terminal);
  addExchanges(program, terminal);
  addCodes(program, terminal);
}

function addWaiting(program: Command, terminal: Terminal): void {
  const waiting = [['NOTICE', 'noticeId'], ['MUNICIPALITY', 'municipalityCode'], ['SEQUENCE', 'personSeq'], ['MISSING FROM', 'missingFrom'], ['CODE', 'code'], ['HOURS', 'ageHours']] as const;
  const held = program.command('held').description('notices that wait for the one before them');
  addListing(held, terminal, {
    name: 'list', description: 'list them, the oldest first', example: 'held list --older-than 24',
    path: `${BASE}/held-notices`, as: OPERATOR, cursor: 'after',
    members: [municipality, hours],
    columns: [...waiting, ['OVERDUE', 'overdue']],
  });
  addAction(held, terminal, {
    name: 'reject', description: 'reject one that has been held for more than 24 hours', example: 'held reject 0196f0c2-…',
    method: 'POST', path: `${BASE}/held-notices/:id/rejection`, id: 'notice', as: OPERATOR,
  });

  const quarantined = program.command('quarantined').description("entries after a death that wait for the municipality's written answer");
  addListing(quarantined, terminal, {
    name: 'list', description: 'list them, the oldest first', example: 'quarantined list --municipality 990027',
    path: `${BASE}/quarantined-notices`, as: OPERATOR, cursor: 'after',
    members: [municipality, hours],
    columns: [...waiting, ['PROPOSED', 'proposed']],
  });
  addAction(quarantined, terminal, {
    name: 'decide', description: 'say what the answer says; done when a second officer says the same', example: 'quarantined decide 0196f0c2-… --decision REJECT --answer 990027-2016-12 --as operator-2',
    method: 'POST', path: `${BASE}/quarantined-notices/:id/decision`, id: 'notice', as: OPERATOR, purpose: REGISTER,
    members: [
      { flags: '--decision <decision>', description: 'APPLY (the rules run again) or REJECT', member: 'decision', needed: true },
      { flags: '--answer <reference>', description: "reference of the municipality's written answer", member: 'answerReference', needed: true },
    ],
  });
}

function addNotices(program: Command, terminal: Terminal): void {
  const reports = program.command('error-reports').description('suspected errors, told to municipalities (機構の通報)');
  addListing(reports, terminal, {
    name: 'list', description: 'list them, the oldest first', example: 'error-reports list --state ANSWERED',
    path: `${BASE}/error-reports`, as: OPERATOR, cursor: 'after',
    members: [municipality, state],
    columns: [
      ['REPORT', 'reportId'], ['MUNICIPALITY', 'municipalityCode'], ['STATE', 'state'], ['GROUND', 'ground'],
      ['ASKED', 'askedAt'], ['NOTICE', 'noticeId'], ['EXPLANATION', 'explanation'],
    ],
  });
  addAction(reports, terminal, {
    name: 'review', description: 'close an answered one, ask again, or withdraw', example: 'error-reports review 0196f0c2-… --outcome ACCEPT',
    method: 'POST', path: `${BASE}/error-reports/:id/review`, id: 'report', as: OPERATOR,
    members: [{ flags: '--outcome <outcome>', description: 'ACCEPT, ASK_AGAIN or WITHDRAW', member: 'outcome', needed: true }],
  });

  const files = program.command('notice-files').description("municipalities' files of change notices");
  addListing(files, terminal, {
    name: 'list', description: 'list them, the newest first', example: 'notice-files list --state RUNNING',
    path: `${BASE}/notice-files`, as: OPERATOR, cursor: 'before',
    members: [municipality, state],
    columns: [
      ['FILE', 'fileId'], ['MUNICIPALITY', 'municipalityCode'], ['STATE', 'state'], ['ROWS', 'rows'],
      ['APPLIED', 'applied'], ['HELD', 'held'], ['QUARANTINED', 'quarantined'], ['REJECTED', 'rejected'],
    ],
  });
  addAction(files, terminal, {
    name: 'show', description: 'tell what became of the rows', example: 'notice-files show 0196f0c2-… --wait',
    method: 'GET', path: `${BASE}/notice-files/:id`, id: 'file', as: OPERATOR, jobs: 'juki-net',
  });
  addListing(files, terminal, {
    name: 'faults', description: 'list the rows that were not taken in', example: 'notice-files faults 0196f0c2-…',
    path: `${BASE}/notice-files/:id/faults`, id: 'file', as: OPERATOR, cursor: 'after',
    columns: [['LINE', 'line'], ['COLUMN', 'column'], ['CODE', 'code']],
  });
}

function addExchanges(program: Command, terminal: Terminal): void {
  const runs = program.command('reconciliations').description('comparisons of the copies (整合性確認)');
  addListing(runs, terminal, {
    name: 'list', description: 'list them, the newest first', example: 'reconciliations list --municipality 990019',
    path: `${BASE}/reconciliations`, as: OPERATOR, cursor: 'before',
    members: [municipality, state],
    columns: [['RUN', 'runId'], ['MUNICIPALITY', 'municipalityCode'], ['STATE', 'state'], ['AS OF', 'asOf'], ['COMPARED', 'compared'], ['OPEN', 'openDifferences']],
  });
  addAction(runs, terminal, {
    name: 'show', description: 'tell how far one is, with differences by class', example: 'reconciliations show 0196f0c2-…',
    method: 'GET', path: `${BASE}/reconciliations/:id`, id: 'run', as: OPERATOR, purpose: REGISTER, jobs: 'juki-net',
  });
  addListing(runs, terminal, {
    name: 'differences', description: 'list the differences, as the municipality; --json names the codes', example: 'reconciliations differences 0196f0c2-… --as municipality-990019',
    path: `${BASE}/reconciliations/:id/differences`, id: 'run', purpose: REGISTER, cursor: 'after',
    columns: [['DIFFERENCE', 'differenceId'], ['CLASS', 'class'], ['STATE', 'state'], ['FOUND', 'foundOn'], ['DUE', 'dueOn'], ['OVERDUE', 'overdue']],
  });

  const matchings = program.command('matchings').description("initial matchings of agencies' data (初期突合)");
  addListing(matchings, terminal, {
    name: 'list', description: 'list them, the newest first', example: 'matchings list --state IN_REVIEW',
    path: `${BASE}/initial-matches`, as: OPERATOR, cursor: 'before',
    members: [state],
    columns: [
      ['MATCHING', 'matchId'], ['ORGANISATION', 'organisation'], ['STATE', 'state'], ['ROWS', 'rows'],
      ['AUTO', 'auto'], ['REVIEW', 'review'], ['NONE', 'none'], ['REJECTED', 'rejected'],
    ],
  });
  addAction(matchings, terminal, {
    name: 'show', description: 'tell how far one is, as the prefecture', example: 'matchings show 0196f0c2-… --wait --as prefecture-99',
    method: 'GET', path: `${BASE}/initial-matches/:id`, id: 'matching', purpose: 'INITIAL_MATCHING', jobs: 'juki-net',
  });
  addAction(matchings, terminal, {
    name: 'close', description: 'end one whose result has been read, as the prefecture; what was sent is deleted', example: 'matchings close 0196f0c2-… --lines 4000 --as prefecture-99',
    method: 'POST', path: `${BASE}/initial-matches/:id/closure`, id: 'matching', purpose: 'INITIAL_MATCHING',
    members: [{ flags: '--lines <n>', description: 'lines of the result that were received', member: 'linesReceived', needed: true, number: true }],
  });

  const batches = program.command('batches').description('batches of questions (一括提供)');
  addListing(batches, terminal, {
    name: 'list', description: 'list them, the newest first', example: 'batches list --state PROCESSING',
    path: `${BASE}/batches`, as: OPERATOR, cursor: 'before',
    members: [state],
    columns: [
      ['BATCH', 'batchId'], ['ORGANISATION', 'organisation'], ['STATE', 'state'], ['LINES', 'lines'],
      ['ANSWERED', 'answered'], ['FAULTY', 'faulty'], ['RECEIPT OVERDUE', 'receiptOverdue'],
    ],
  });
  addAction(batches, terminal, {
    name: 'show', description: 'tell state and counts of one', example: 'batches show 0196f0c2-… --wait',
    method: 'GET', path: `${BASE}/batches/:id`, id: 'batch', as: OPERATOR, jobs: 'juki-net',
  });
}

function addCodes(program: Command, terminal: Terminal): void {
  const lots = program.command('retention-lots').description('lots of what has been kept long enough');
  addListing(lots, terminal, {
    name: 'list', description: 'list them, the newest first', example: 'retention-lots list',
    path: `${BASE}/retention-lots`, as: OPERATOR,
    columns: [
      ['LOT', 'lotId'], ['KIND', 'kind'], ['MONTH', 'month'], ['STATE', 'state'],
      ['ROWS', 'rows'], ['COUNTED UNTIL', 'countedUntil'], ['OFFICERS', 'officers'],
    ],
  });
  addAction(lots, terminal, {
    name: 'show', description: 'show one, with the certificate of its purge', example: 'retention-lots show 0196f0c2-…',
    method: 'GET', path: `${BASE}/retention-lots/:id`, id: 'lot', as: OPERATOR,
  });
  addAction(lots, terminal, {
    name: 'approve', description: 'approve that one is purged; the second officer starts the purge', example: 'retention-lots approve 0196f0c2-… --as operator-2',
    method: 'POST', path: `${BASE}/retention-lots/:id/approval`, id: 'lot', as: OPERATOR,
  });

  const blocks = program.command('code-blocks').description('resident codes in blocks');
  addListing(blocks, terminal, {
    name: 'list', description: 'list the latest blocks of a municipality', example: 'code-blocks list --municipality 990019',
    path: `${BASE}/code-blocks`, as: OPERATOR,
    members: [{ ...municipality, needed: true }],
    columns: [['BLOCK', 'blockId'], ['SIZE', 'size'], ['REASON', 'reason'], ['STATE', 'state'], ['ALLOCATED', 'allocatedAt']],
  });
  addAction(blocks, terminal, {
    name: 'show', description: 'show a block with its codes by state', example: 'code-blocks show 0196f0c2-…',
    method: 'GET', path: `${BASE}/code-blocks/:id`, id: 'block', as: OPERATOR,
  });
  addAction(blocks, terminal, {
    name: 'withdraw', description: 'recall a block; unused codes are never used', example: 'code-blocks withdraw 0196f0c2-…',
    method: 'POST', path: `${BASE}/code-blocks/:id/withdrawal`, id: 'block', as: OPERATOR,
  });

  const conflicts = program.command('code-conflicts').description('codes reported as written to two persons');
  addListing(conflicts, terminal, {
    name: 'list', description: 'list the cases, the newest first', example: 'code-conflicts list --state REPORTED',
    path: `${BASE}/code-conflicts`, as: OPERATOR, cursor: 'before',
    members: [state],
    columns: [['CASE', 'caseId'], ['STATE', 'state'], ['REPORTED BY', 'reportedBy'], ['CHANGED', 'changedAt']],
  });
  for (const [name, step, description] of [['confirm', 'confirmation', 'confirm a case as another officer; the code is void'], ['dismiss', 'dismissal', 'dismiss a case']] as const) {
    addAction(conflicts, terminal, {
      name, description, example: `code-conflicts ${name} 0196f0c2-… --as operator-2`,
      method: 'POST', path: `${BASE}/code-conflicts/:id/${step}`, id: 'case', as: OPERATOR, purpose: REGISTER,
    });
  }
}
