import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParsedCertificate, type ParsedCrl, lintStandard, rsaPublicKeyOf, sharedFactors, validatePath } from '#pki';
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
  /** OCSP responses, DER. */
  readonly answers: readonly Buffer[];
}

/** What is odd about one certificate, list or answer; serial numbers name no person here. */
export interface Oddity {
  /** `CRL <number>` and `OCSP <place>` of what is no certificate. */
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

/** Rules of the standards that a certificate, list or answer breaks, whoever made it. */
function brokenRules(serial: string, der: Buffer): Oddity[] {
  return (lintStandard(der)?.findings ?? [{ id: 'e_der_not_canonical' }]).map(({ id }) => ({ serial, what: id }));
}

/** Keys that share a prime with another one: what no look at a single request can find (JPKI 4.6 no. 5). */
function weakTogether(certificates: readonly ParsedCertificate[]): Oddity[] {
  const keys = certificates.map(({ serial, spki }) => ({ serial: serial.toString(16), modulus: rsaPublicKeyOf(spki).modulus }));
  const moduli = [...new Set(keys.map(({ modulus }) => modulus))];
  const weak = new Set(sharedFactors(moduli).map((place) => moduli[place]));
  return keys.filter(({ modulus }) => weak.has(modulus)).map(({ serial }) => ({ serial, what: 'its key shares a prime with another one' }));
}

/**
 * Judges certificates again (JPKI 4.15, the nightly run), with the lists and answers about them: the engine's lint, keys that are weak together, and the verdict of its path validation against that of programs
 * which share no code with it. Everything that differs, in the order of the certificates.
 */
export async function reverify(issued: Issued, judges: readonly Judge[], at: Date): Promise<Oddity[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-reverify-'));
  try {
    const oddities = [
      ...issued.certificates.flatMap(({ serial, der }) => brokenRules(serial.toString(16), der)), ...weakTogether(issued.certificates),
      ...issued.lists.flatMap(({ number, der }) => brokenRules(`CRL ${number}`, der)), ...issued.answers.flatMap((der, place) => brokenRules(`OCSP ${place}`, der)),
    ];
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
