import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParsedCertificate, type ParsedCrl, lintStandard, validatePath } from '#pki';
import type { Dice } from '#testing/population';
import { type Case, certificates, lists as listsPem, writeCase } from '../interop/case.js';
import type { Judge } from '../interop/judge.js';

/** What was issued, and what it is to be judged by. */
export interface Issued {
  readonly certificates: readonly ParsedCertificate[];
  readonly anchors: readonly ParsedCertificate[];
  readonly bundle: readonly ParsedCertificate[];
  /** Revocation is checked when there are any. */
  readonly lists: readonly ParsedCrl[];
}

/** What is odd about one certificate; serial numbers name no person here. */
export interface Oddity {
  readonly serial: string;
  /** Ids of the rules it breaks, or who judged otherwise than the engine. */
  readonly what: string;
}

/** A sample of at most so many, each certificate as likely as any other. */
export function sampleOf<T>(all: readonly T[], most: number, dice: Dice): T[] {
  const left = [...all];
  return Array.from({ length: Math.min(most, left.length) }, () => left.splice(dice.between(0, left.length - 1), 1)).flat();
}

/** The anchor of a certificate by the engine's own path, else the first of its issuer's name, so that others have something to refuse. */
function caseOf(certificate: ParsedCertificate, { anchors, bundle, lists }: Issued, at: Date): Case | undefined {
  const revocation = lists.length > 0;
  const verdict = validatePath({ target: certificate, anchors, intermediates: bundle, crls: lists, at, checkRevocation: revocation });
  const last = verdict.path.at(-1);
  const anchor = verdict.valid ? last : (anchors.find(({ subjectDer }) => subjectDer.equals(certificate.issuerDer)) ?? anchors[0]);
  if (anchor === undefined) return undefined;
  const files = { 'target.pem': certificates(certificate), 'anchor.pem': certificates(anchor), 'bundle.pem': certificates(...bundle), 'crls.pem': listsPem(...lists) };
  return { id: certificate.serial.toString(16), kind: 'path', clause: 'RFC 5280 6.1', accept: verdict.valid, ours: verdict.valid, files, revocation };
}

/** Rules of the standards that a certificate breaks, whoever issued it. */
function brokenRules({ der, serial }: ParsedCertificate): Oddity[] {
  return (lintStandard(der)?.findings ?? []).map(({ id }) => ({ serial: serial.toString(16), what: id }));
}

/**
 * Judges certificates again (JPKI 4.15, the nightly run): the engine's lint, and the verdict of its path validation against that of programs
 * which share no code with it. Everything that differs, in the order of the certificates.
 */
export async function reverify(issued: Issued, judges: readonly Judge[], at: Date): Promise<Oddity[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-reverify-'));
  try {
    const oddities = issued.certificates.flatMap(brokenRules);
    const cases = issued.certificates.map((one) => caseOf(one, issued, at)).filter((one) => one !== undefined);
    const folders = cases.map((one) => writeCase(folder, one));
    for (const judge of judges) {
      const verdicts = await judge.judge(cases, folders);
      for (const [index, { id, ours }] of cases.entries()) {
        const verdict = verdicts[index];
        if (verdict?.accepted !== ours) oddities.push({ serial: id, what: `${judge.name} ${ours ? 'refuses' : 'accepts'} it: ${verdict?.words ?? 'no answer'}` });
      }
    }
    return oddities;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
