import { createHash } from 'node:crypto';
import { type ParsedCertificate, type PathRequest, PkiError, nameText, validatePath } from '#pki';
import type { PkiFiles, Read } from './pki-files.js';
import type { PathReason } from './pki-reasons.js';

/** A question of path validation as it is asked: files and folders in the place of certificates. */
export interface PathQuestion extends Omit<PathRequest, 'target' | 'anchors' | 'intermediates' | 'crls'> {
  readonly target: string;
  readonly anchors: readonly string[];
  readonly intermediates: readonly string[];
  readonly crls: readonly string[];
}

/** One certificate of a path. */
export interface PathStep {
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serial: string;
  /** Of the certificate, hexadecimal. */
  readonly sha256: string;
}

/** What is told; `reason` is null for a valid target. */
export interface PathAnswer {
  readonly valid: boolean;
  readonly reason: PathReason | null;
  readonly detail?: string;
  readonly path: readonly PathStep[];
  readonly policies: readonly string[];
}

/** The answer without a path. */
export function invalid(reason: PathReason, detail: string): PathAnswer {
  return { valid: false, reason, detail, path: [], policies: [] };
}

/**
 * Reads the files and asks the engine. Of the target's file the first certificate is the target and any other one an intermediate. Intermediates,
 * CRLs and anchors that do not parse are not used. Faults of usage when a file cannot be read.
 */
export function answerOf(files: PkiFiles, question: PathQuestion): PathAnswer {
  const { target, anchors, intermediates, crls, ...asked } = question;
  const [first, ...beside] = files.certificates(target);
  const trusted = anchors.flatMap((path) => files.certificates(path));
  const others = intermediates.flatMap((path) => files.certificates(path));
  const lists = crls.flatMap((path) => files.crls(path));
  if (first === undefined || first instanceof PkiError) return invalid('BAD_CERTIFICATE', `target: ${first?.message ?? 'there is no certificate'}`);
  if (usable(trusted).length === 0) return invalid('BAD_CERTIFICATE', `anchor: ${faultOf(trusted)?.message ?? 'there is no certificate'}`);
  const request = { ...asked, target: first, anchors: usable(trusted), intermediates: usable([...beside, ...others]), crls: usable(lists) };
  const result = validatePath(request);
  const path = result.path.map(stepOf);
  if (result.valid) return { valid: true, reason: null, path, policies: result.policies };
  return { ...invalid(result.reason, result.detail), path };
}

/** Those that could be read. */
export function usable<T>(read: readonly Read<T>[]): T[] {
  return read.filter((one): one is T => !(one instanceof PkiError));
}

function faultOf(read: readonly unknown[]): PkiError | undefined {
  return read.find((one) => one instanceof PkiError);
}

function stepOf({ subject, issuer, serial, der }: ParsedCertificate): PathStep {
  return { subject: nameText(subject), issuer: nameText(issuer), serial: hexOf(serial), sha256: createHash('sha256').update(der).digest('hex') };
}

/** A serial number as certificates are named by it: whole octets in hexadecimal. */
export function hexOf(serial: bigint): string {
  const digits = (serial < 0n ? -serial : serial).toString(16);
  return `${serial < 0n ? '-' : ''}${digits.length % 2 === 0 ? '' : '0'}${digits}`;
}
