import type { Command } from 'commander';
import { addAction, addListing, type Member } from './operate.js';
import type { Terminal } from './terminal.js';

const CONTEXTS = ['juki-net', 'numbering', 'card-issuance', 'jpki-ca'] as const;
const OPERATOR = 'operator-1';

/** `kibanctl jobs <context> …` */
export function addJobs(program: Command, terminal: Terminal): void {
  const jobs = program.command('jobs').description('long work of a context');
  const filters: readonly Member[] = [
    { flags: '--state <state>', description: 'only in this state', member: 'state' },
    { flags: '--kind <kind>', description: 'only of this kind', member: 'kind' },
  ];
  for (const context of CONTEXTS) {
    const path = `/api/${context}/v1/jobs`;
    const one = { id: 'job', as: OPERATOR } as const;
    const parent = jobs.command(context).description(`jobs of ${context}`);
    addListing(parent, terminal, {
      name: 'list', description: 'list them, the newest first', example: `jobs ${context} list --state RUNNING`,
      path, as: OPERATOR, cursor: 'before',
      members: filters,
      columns: [
        ['JOB', 'id'], ['KIND', 'kind'], ['OWNER', 'owner'], ['STATE', 'state'], ['DONE', 'done'], ['TOTAL', 'total'],
        ['PER SECOND', 'ratePerSecond'], ['SECONDS LEFT', 'remainingSeconds'], ['FAULT', 'fault'],
      ],
    });
    addAction(parent, terminal, {
      name: 'show', description: 'show one', example: `jobs ${context} show 0196f0c2-… --wait`,
      method: 'GET', path: `${path}/:id`, jobs: context, ...one,
    });
    addAction(parent, terminal, {
      name: 'cancel', description: 'stop one after its present step; what was done stays done', example: `jobs ${context} cancel 0196f0c2-…`,
      method: 'POST', path: `${path}/:id/cancellation`, ...one,
    });
    addAction(parent, terminal, {
      name: 'retry', description: 'queue one that failed or was cancelled again; it goes on where it stopped', example: `jobs ${context} retry 0196f0c2-… --wait`,
      method: 'POST', path: `${path}/:id/retry`, jobs: context, ...one,
    });
  }
}
