import { z } from 'zod';
import { type ParsedCertificate, type ParsedCrl, PkiError, crlEntriesOf, isCrlSignedBy, nameText } from '#pki';
import { CommandFault, usageFault } from './command-fault.js';
import { PkiFiles, type Read } from './pki-files.js';
import { optionFault, timeField, timeOf } from './pki-question.js';
import { shown } from './pki-text.js';
import type { Session } from './session.js';
import { table } from './terminal.js';

const options = z.object({ crl: z.string(), issuer: z.string(), previous: z.string().optional(), time: timeField });

interface Count {
  readonly entries: number;
  readonly ascending: boolean;
}

/** Prints what a CRL says of itself and which checks it passes; a fault with code 1 when one fails. */
export function verifyCrlFile({ json, terminal }: Session, given: unknown): void {
  const parsed = options.safeParse(given);
  if (!parsed.success) throw optionFault(parsed.error);
  const { crl: file, issuer: issuerFile, previous: previousFile, time } = parsed.data;
  const files = new PkiFiles();
  const crl = single(files.crls(file), file);
  const issuer = singleCertificate(files, issuerFile);
  const previous = previousFile === undefined ? undefined : single(files.crls(previousFile), previousFile);
  const count = countOf(crl, file);
  const checks = { ...checksOf(crl, { issuer, at: timeOf(time), count }), ...(previous === undefined ? {} : successionOf(crl, previous)) };
  const changes = previous === undefined || !count.ascending || !countOf(previous, file).ascending ? {} : changesOf(crl, previous);
  const facts = {
    issuer: nameText(crl.issuer), number: crl.number === undefined ? null : String(crl.number), thisUpdate: crl.thisUpdate.toISOString(),
    nextUpdate: crl.nextUpdate?.toISOString() ?? null, entries: count.entries, ...changes,
  };
  const failed = Object.entries(checks).flatMap(([name, passed]) => (passed ? [] : [name]));
  const rows = [...Object.entries(facts), ...Object.entries(checks).map(([name, passed]) => [name, passed ? 'ok' : 'FAILED'] as const)];
  if (json) terminal.out(`${JSON.stringify({ valid: failed.length === 0, ...facts, checks })}\n`);
  else terminal.out(table(rows.map(([name, value]) => [name, shown(String(value ?? '-'))])));
  if (failed.length > 0) throw new CommandFault(1, `The CRL fails: ${failed.join(', ')}.`);
}

/** The one object that a file must hold; a fault of usage else. */
export function single<T>(read: readonly Read<T>[], file: string): T {
  const [first, ...rest] = read;
  if (first === undefined || rest.length > 0) throw usageFault(`${file} must hold exactly one object of the kind.`);
  if (first instanceof PkiError) throw usageFault(`${file}: ${first.code}: ${first.message}.`);
  return first;
}

/** The one certificate of a file. */
export function singleCertificate(files: PkiFiles, file: string): ParsedCertificate {
  return single(files.certificates(file), file);
}

interface Expected {
  readonly issuer: ParsedCertificate;
  readonly at: Date;
  readonly count: Count;
}

function checksOf(crl: ParsedCrl, { issuer, at, count }: Expected): Record<string, boolean> {
  const { thisUpdate, nextUpdate } = crl;
  return {
    issuerName: crl.issuerDer.equals(issuer.subjectDer),
    signature: isCrlSignedBy(crl, issuer.spki),
    timesInOrder: nextUpdate !== undefined && thisUpdate.getTime() < nextUpdate.getTime(),
    current: thisUpdate.getTime() <= at.getTime() && nextUpdate !== undefined && at.getTime() <= nextUpdate.getTime(),
    numbered: crl.number !== undefined,
    ascending: count.ascending,
  };
}

function successionOf(crl: ParsedCrl, previous: ParsedCrl): Record<string, boolean> {
  return {
    sameIssuer: crl.issuerDer.equals(previous.issuerDer),
    numberRises: crl.number !== undefined && (previous.number === undefined || crl.number > previous.number),
    notOlder: crl.thisUpdate.getTime() >= previous.thisUpdate.getTime(),
  };
}

function countOf(crl: ParsedCrl, file: string): Count {
  let entries = 0;
  let ascending = true;
  let previous: bigint | undefined;
  try {
    for (const { serial } of crlEntriesOf(crl)) {
      ascending &&= previous === undefined || serial > previous;
      previous = serial;
      entries += 1;
    }
  } catch (error) {
    if (error instanceof PkiError) throw usageFault(`${file}, entry ${entries + 1}: ${error.code}: ${error.message}.`);
    throw error;
  }
  return { entries, ascending };
}

/** Entries that came and went, both lists read side by side: certificates that have expired may go, others may not. */
function changesOf(crl: ParsedCrl, previous: ParsedCrl): { readonly added: number; readonly removed: number } {
  const [ours, theirs] = [crlEntriesOf(crl), crlEntriesOf(previous)];
  const next = (entries: ReturnType<typeof crlEntriesOf>): bigint | undefined => entries.next().value?.serial;
  let [added, removed] = [0, 0];
  for (let [now, before] = [next(ours), next(theirs)]; now !== undefined || before !== undefined; ) {
    const isNew = before === undefined || (now !== undefined && now < before);
    const isGone = now === undefined || (before !== undefined && before < now);
    if (isNew) added += 1;
    if (isGone) removed += 1;
    if (!isGone) now = next(ours);
    if (!isNew) before = next(theirs);
  }
  return { added, removed };
}
