import type { Command } from 'commander';
import { CommandFault } from './command-fault.js';
import { readContexts } from './readiness.js';
import { sessionOf } from './session.js';
import { table, type Terminal } from './terminal.js';

/** `kibanctl status` */
export function addStatus(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .description('tell whether each context is ready; exit code 1 when one is not')
    .addHelpText('after', '\nExamples:\n  kibanctl status\n  kibanctl status --url http://127.0.0.1:8081 --json')
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const contexts = await readContexts(session);
      const ready = contexts.every((context) => context.ready);
      if (session.json) terminal.out(`${JSON.stringify({ ready, contexts })}\n`);
      else terminal.out(table([['CONTEXT', 'STATE'], ...contexts.map((context) => [context.name, context.ready ? 'ready' : 'not ready'])]));
      if (!ready) throw new CommandFault(1, 'Not every context is ready.');
    });
}
