import type { Command } from 'commander';
import { addAction, addListing } from './operate.js';
import type { Terminal } from './terminal.js';

const BASE = '/api/numbering/v1';
const OPERATOR = 'operator-1';

/** Commands for the mass numbering: waves, readiness, batches. */
export function addNumberingOperation(program: Command, terminal: Terminal): void {
  addWaves(program, terminal);
  addPreparation(program, terminal);
}

function addWaves(program: Command, terminal: Terminal): void {
  const counts = [['EXPECTED', 'expected'], ['LINES', 'lines'], ['DESIGNATED', 'designated'], ['TENTATIVE', 'tentative'], ['REFUSED', 'refused'], ['PENDING', 'pending'], ['SIGNED', 'signedAt']] as const;
  const waves = program.command('waves').description('waves of the mass numbering');
  addListing(waves, terminal, {
    name: 'list', description: 'list the plan with the progress of each municipality', example: 'waves list --limit 2000',
    path: `${BASE}/waves`, as: OPERATOR, cursor: 'after',
    columns: [['WAVE', 'waveId'], ['POSITION', 'position'], ['KIND', 'kind'], ['STATE', 'state'], ['MUNICIPALITY', 'municipalityCode'], ...counts],
  });
  addListing(waves, terminal, {
    name: 'show', description: 'show the municipalities of one wave', example: 'waves show 0196f0c2-…',
    path: `${BASE}/waves?waveId=:id`, id: 'wave', as: OPERATOR, cursor: 'after',
    columns: [['MUNICIPALITY', 'municipalityCode'], ['STATE', 'state'], ['HALTED FOR', 'haltCause'], ...counts],
  });
  addAction(waves, terminal, {
    name: 'open', description: 'open the next wave', example: 'waves open 0196f0c2-…',
    method: 'POST', path: `${BASE}/waves/:id/opening`, id: 'wave', as: OPERATOR,
  });
  addAction(waves, terminal, {
    name: 'halt', description: 'halt a wave', example: 'waves halt 0196f0c2-… --reason DATA_FAULT',
    method: 'PUT', path: `${BASE}/waves/:id/halt`, id: 'wave', as: OPERATOR,
    members: [{ flags: '--reason <reason>', description: 'DATA_FAULT, SYSTEM_FAULT, SUPPORT_TICKET or OTHER', member: 'reason', needed: true }],
  });
  addAction(waves, terminal, {
    name: 'resume', description: 'resume a halted wave; it goes on when a second officer says the same', example: 'waves resume 0196f0c2-… --as operator-2',
    method: 'POST', path: `${BASE}/waves/:id/resumption`, id: 'wave', as: OPERATOR,
  });
  addAction(waves, terminal, {
    name: 'reconcile', description: 'close a wave of which every municipality has its result', example: 'waves reconcile 0196f0c2-…',
    method: 'POST', path: `${BASE}/waves/:id/reconciliation`, id: 'wave', as: OPERATOR,
  });
  const whole = { needed: true, number: true } as const;
  addAction(waves, terminal, {
    name: 'sign-off', description: 'sign, as the municipality, that its part is complete with the counts it has itself', example: 'waves sign-off 0196f0c2-… --municipality 990019 --lines 500 --numbered 499 --refused 1 --as municipality-990019',
    method: 'POST', path: `${BASE}/waves/:id/sign-offs`, id: 'wave',
    members: [
      { flags: '--municipality <code>', description: 'municipality, 6 digits', member: 'municipalityCode', needed: true },
      { flags: '--lines <n>', description: 'lines sent', member: 'lines', ...whole },
      { flags: '--numbered <n>', description: 'lines with a number', member: 'numbered', ...whole },
      { flags: '--refused <n>', description: 'lines refused', member: 'refused', ...whole },
    ],
  });
}

function addPreparation(program: Command, terminal: Terminal): void {
  const readiness = program.command('readiness').description('how far the municipalities are with their preparation');
  addListing(readiness, terminal, {
    name: 'list', description: 'list the municipalities', example: 'readiness list --red true', path: `${BASE}/readiness`, as: OPERATOR, cursor: 'after',
    members: [{ flags: '--state <state>', description: 'only in this state', member: 'state' }, { flags: '--red <flag>', description: 'true: only blocked and overdue ones', member: 'red' }],
    columns: [['MUNICIPALITY', 'municipalityCode'], ['STATE', 'state'], ['SCORE', 'score'], ['OVERDUE', 'overdue'], ['TICKETS', 'tickets']],
  });
  addAction(readiness, terminal, {
    name: 'show', description: 'show the milestones of a municipality', example: 'readiness show 990019',
    method: 'GET', path: `${BASE}/readiness/:id`, id: 'municipality', as: OPERATOR,
  });

  const batches = program.command('number-batches').description('batches of numbering requests');
  addListing(batches, terminal, {
    name: 'list', description: 'list them, the newest first', example: 'number-batches list --state DRAWING',
    path: `${BASE}/batches`, as: OPERATOR, cursor: 'before',
    members: [{ flags: '--state <state>', description: 'only in this state', member: 'state' }],
    columns: [
      ['BATCH', 'batchId'], ['MUNICIPALITY', 'municipalityCode'], ['STATE', 'state'], ['LINES', 'lines'],
      ['DESIGNATED', 'designated'], ['REFUSED', 'refused'], ['PENDING', 'pending'],
    ],
  });
  addAction(batches, terminal, {
    name: 'show', description: 'tell state and counters of one', example: 'number-batches show 0196f0c2-… --wait',
    method: 'GET', path: `${BASE}/batches/:id`, id: 'batch', as: OPERATOR, jobs: 'numbering',
  });
}
