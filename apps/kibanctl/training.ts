import type { Command } from 'commander';
import { sessionOf } from './session.js';
import type { Terminal } from './terminal.js';
import { verifyLottery } from './verify-lottery.js';

/** `kibanctl training …`: what anybody may check of training; needs no estate. */
export function addTraining(program: Command, terminal: Terminal): void {
  program
    .command('training')
    .description('check what was published of selections; needs no estate')
    .command('verify-lottery')
    .description('make a draw again from what was published and tell whether it agrees; exit code 1 when it does not')
    .argument('<file>', 'answer of GET /api/training/v1/sessions/<id>/selection, "-" for standard input')
    .option('--commit <sha256>', 'what was published before the window opened, as it was noted then; what the file says unless given')
    .option('--keys <file>', 'answer of GET /api/training/v1/certificate-keys: checks the signatures of corrections; without it a result that was corrected does not agree')
    .addHelpText('after', `
Example:
  kibanctl call GET /api/training/v1/sessions/0196f0c2-…/selection --as auditor-1 | kibanctl training verify-lottery -`)
    .action((file: string, options: { commit?: string; keys?: string }, command: Command) => verifyLottery(sessionOf(command, terminal), file, options));
}
