import type { Command } from 'commander';
import { addGroup, may, shows, step } from './operate.js';
import type { Terminal } from './terminal.js';

const CONTEXTS = ['juki-net', 'numbering', 'card-issuance', 'jpki-ca', 'bridge-ca', 'training', 'municipal-issuer', 'issuing-centre', 'juki-card', 'jpki-verifier'] as const;

/** `kibanctl jobs <context> …` */
export function addJobs(program: Command, terminal: Terminal): void {
  const jobs = program.command('jobs').description('long work of a context');
  for (const context of CONTEXTS) {
    addGroup(jobs, terminal, {
      name: context, description: `jobs of ${context}`, path: `/api/${context}/v1/jobs`,
      commands: [
        {
          name: 'list', description: 'list them, the newest first', with: '--state RUNNING', cursor: 'before',
          members: [may('--state <state>', 'state', 'only in this state'), may('--kind <kind>', 'kind', 'only of this kind')],
          columns: 'JOB id, KIND kind, OWNER owner, STATE state, DONE done, TOTAL total, PER SECOND ratePerSecond, SECONDS LEFT remainingSeconds, FAULT fault',
        },
        shows('job', 'show one', { with: '--wait', jobs: context }),
        step('cancel', ':job/cancellation', 'stop one after its present step; what was done stays done'),
        step('retry', ':job/retry', 'queue one that failed or was cancelled again; it goes on where it stopped', { with: '--wait', jobs: context }),
      ],
    });
  }
}
