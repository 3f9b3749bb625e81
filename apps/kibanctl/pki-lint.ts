import { lintStandard } from '#pki';
import { CommandFault } from './command-fault.js';
import { partsOf, readBytes } from './pki-files.js';
import type { Session } from './session.js';
import { table } from './terminal.js';

interface Told {
  readonly file: string;
  readonly kind: string;
  readonly id: string;
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

/** Prints the broken rules of every object of the files; a fault with code 1 when one is an error. */
export function lintFiles({ json, terminal }: Session, files: readonly string[]): void {
  const told = files.flatMap((file) => partsOf(readBytes(file)).flatMap(({ der }) => findingsOf(file, der)));
  if (json) terminal.out(`${JSON.stringify(told)}\n`);
  else if (told.length === 0) terminal.out('No rule is broken.\n');
  else terminal.out(table([['SEVERITY', 'RULE', 'OBJECT', 'DETAIL', 'FILE'], ...told.map(rowOf)]));
  const errors = told.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) throw new CommandFault(1, `${errors} rules are broken.`);
}

function rowOf({ severity, id, kind, text, file }: Told): string[] {
  return [severity, id, kind, text, file];
}

function findingsOf(file: string, der: Buffer | undefined): Told[] {
  const linted = der === undefined ? undefined : lintStandard(der);
  const unreadable = { kind: '-', findings: [{ id: 'e_not_readable', detail: 'no certificate, CRL or OCSP response that can be read' }] };
  const { kind, findings } = linted ?? unreadable;
  return findings.map(({ id, detail }) => ({ file, kind, id, severity: id.startsWith('e_') ? 'error' : 'warning', text: detail }));
}
