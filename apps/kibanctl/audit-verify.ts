import type { Command } from 'commander';
import { z } from 'zod';
import { CommandFault } from './command-fault.js';
import { GatewayClient } from './gateway-client.js';
import { readContexts } from './readiness.js';
import { sessionOf } from './session.js';
import { table, type Terminal } from './terminal.js';

const report = z.object({ whole: z.boolean(), lines: z.number(), unsealed: z.number(), head: z.string(), fault: z.object({ seq: z.number(), kind: z.string() }).optional() });
const verifyOptions = z.object({ context: z.string(), as: z.string() });

/** `kibanctl audit verify` */
export function addAuditVerify(audit: Command, terminal: Terminal): void {
  audit
    .command('verify')
    .description('recompute the audit chain of each context; exit code 1 when a line was removed, changed or inserted')
    .option('--context <context>', 'only of this context', 'all')
    .option('--as <client>', 'client to be', 'auditor-1')
    .addHelpText('after', `
Examples:
  kibanctl audit verify
  kibanctl audit verify --context juki-net --json

The head is the hash of the last line. Who notes it elsewhere can tell later that nothing before it was changed.`)
    .action(async (options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const { context, as } = verifyOptions.parse(options);
      const client = new GatewayClient(session, as);
      const names = context === 'all' ? (await readContexts(session)).map(({ name }) => name) : [context];
      const chains = [];
      for (const name of names) chains.push({ context: name, ...report.parse(await client.ask('GET', `/api/${encodeURIComponent(name)}/v1/audit-verification`, { timeoutMs: 600_000 })) });
      const broken = chains.filter((chain) => !chain.whole);
      if (session.json) terminal.out(`${JSON.stringify({ whole: broken.length === 0, chains })}\n`);
      else {
        const rows = chains.map((chain) => [chain.context, chain.whole ? 'whole' : `broken at ${chain.fault?.seq}: ${chain.fault?.kind}`, String(chain.lines), String(chain.unsealed), chain.head]);
        terminal.out(table([['CONTEXT', 'CHAIN', 'LINES', 'UNSEALED', 'HEAD'], ...rows]));
      }
      if (broken.length > 0) throw new CommandFault(1, `The audit chain is broken: ${broken.map((chain) => chain.context).join(', ')}.`);
    });
}
