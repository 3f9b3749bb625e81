import { Command, CommanderError } from 'commander';
import { addAuditVerify } from './audit-verify.js';
import { addCall } from './call.js';
import { addClients } from './clients.js';
import { CommandFault } from './command-fault.js';
import { addConformance } from './conformance.js';
import { addDeadLetters } from './events-dead-letters.js';
import { addEventsTail } from './events-tail.js';
import { addFetchIssued } from './fetch-issued.js';
import { addImport } from './import-file.js';
import { addJobs } from './jobs.js';
import { addGroup } from './operate.js';
import { authorityGroups } from './operate-authorities.js';
import { custodyGroups } from './operate-custody.js';
import { exchangeGroups } from './operate-exchange.js';
import { numberingGroups } from './operate-numbering.js';
import { oversightGroups } from './operate-oversight.js';
import { registerGroups } from './operate-register.js';
import { addPartnerCredentials } from './partner-credentials.js';
import { addPki } from './pki.js';
import { addPopulationGenerate } from './population-generate.js';
import { addGlobalOptions } from './session.js';
import { addStatus } from './status.js';
import type { Terminal } from './terminal.js';
import { addToken } from './token.js';
import { addTraining } from './training.js';

/** Runs one command line (without the program's name) and tells the exit code: 0, 1 refused or failed, 2 wrong usage, 3 no estate. */
export async function kibanctl(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2 | 3> {
  try {
    await program(terminal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CommandFault)) {
      terminal.note(`kibanctl: the command failed (${error instanceof Error ? error.name : 'unknown'}); the answer may come from another version of Kiban.`);
      return 1;
    }
    terminal.note(`kibanctl: ${error.message}`);
    return error.exitCode;
  }
}

function program(terminal: Terminal): Command {
  const root = new Command('kibanctl');
  root.description("operators' command line of Kiban");
  // Subcommands inherit both, if they are set before.
  root.exitOverride().configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.note(text.trimEnd()) });
  root.configureHelp({ showGlobalOptions: true });
  root.showHelpAfterError('(see --help)');
  addGlobalOptions(root);
  addStatus(root, terminal);
  addClients(root, terminal);
  addToken(root, terminal);
  addCall(root, terminal);
  const events = root.command('events').description('follow the events; see and repeat those that failed');
  addEventsTail(events, terminal);
  addDeadLetters(events, terminal);
  addAuditVerify(root.command('audit').description('prove that the audit trail is whole'), terminal);
  addPopulationGenerate(root.command('population').description('make fictional residents'), terminal);
  addImport(root, terminal);
  addJobs(root, terminal);
  for (const group of [...registerGroups, ...exchangeGroups, ...oversightGroups, ...numberingGroups, ...custodyGroups, ...authorityGroups]) addGroup(root, terminal, group);
  addConformance(root, terminal);
  addPartnerCredentials(root, terminal);
  addPki(root, terminal);
  addFetchIssued(root, terminal);
  addTraining(root, terminal);
  root.addHelpText('after', `
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no estate answers.

Examples:
  kibanctl status
  kibanctl token --as municipality-990019
  kibanctl jobs juki-net list --state RUNNING
  kibanctl events tail --subject 'kiban.juki-net.>'`);
  return root;
}
