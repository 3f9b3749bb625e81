import { createHash } from 'node:crypto';
import { z } from 'zod';
import { localDateInJapan, municipalityCodeFault } from '#kernel';
import { isCertificateSignedBy, parseCertificate, PkiError, type CrlReason, type ParsedCertificate } from '#pki';
import { RECORD_STATUSES, REVOCATION_KINDS, type RecordStatus, type RevocationKind } from './migration-batch.js';
import { presentCode, type CodeChange } from './municipality-succession.js';

/** Octets of a serial in the order of numbers: RFC 5280 4.1.2.2 allows twenty. */
export const SERIAL_OCTETS = 20;

const hex = z.string().regex(/^[0-9A-Fa-f]{1,40}$/);
const instant = z.iso.datetime().transform((text) => new Date(text));

const line = z.strictObject({
  pref: z.string(), caSerial: hex, serial: hex, notBefore: instant, notAfter: instant,
  status: z.string().max(20), kind: z.enum(REVOCATION_KINDS).optional(), recordedAt: instant.optional(),
  municipalityCode: z.string().max(20), windowId: z.string().regex(/^\d{5}\d{3}[A-Z]$/),
  recordSha256: z.string().regex(/^[0-9A-Fa-f]{64}$/), recordDer: z.base64().max(32_768),
});
type Line = z.output<typeof line>;

const total = z.number().int().min(0);
/** The last line of a file. */
export const trailer = z.strictObject({
  count: total, perStatus: z.strictObject({ valid: total.default(0), revoked: total.default(0), expired: total.default(0) }),
  merkleRoot: z.string().regex(/^[0-9a-f]{64}$/), firstSerial: hex, lastSerial: hex,
});

/** A fault of a line; without a column the whole line is meant. */
export interface LineFault {
  readonly column: string | null;
  readonly code: string;
}

/** A record that is as it should be. */
export interface MigratedRecord {
  readonly serial: Buffer;
  readonly status: RecordStatus;
  readonly kind: RevocationKind | null;
  readonly recordedAt: Date | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** As in the file, and as on the day of the list. */
  readonly sourceMunicipality: string;
  readonly municipalityCode: string;
  readonly windowId: string;
  readonly der: Buffer;
}

/** What the lines of one batch are held against. */
export interface RecordCheck {
  readonly prefecture: string;
  /** Certificates of the authority's key generations. */
  readonly authorities: readonly ParsedCertificate[];
  /** Of the last list that the former system issued: what a line says holds for this instant. */
  readonly asOf: Date;
  readonly changes: readonly CodeChange[];
}

/** Serial as octets of one length, so that they sort like numbers. */
export function serialOctets(serial: string | bigint): Buffer {
  const digits = typeof serial === 'bigint' ? serial.toString(16) : serial;
  return Buffer.from(digits.padStart(2 * SERIAL_OCTETS, '0'), 'hex');
}

/** Lower case, whole octets, no leading zeros, as `serialHex` of the other authorities. */
export function serialText(octets: Buffer): string {
  return octets.toString('hex').replace(/^(00)+(?=..)/, '');
}

/** A line of the file, checked alone (JPKI-4.12): the record, or everything that is wrong with it. */
export function readRecord(text: string, check: RecordCheck): { readonly record: MigratedRecord } | { readonly faults: readonly LineFault[] } {
  const read = line.safeParse(jsonOf(text));
  if (!read.success) return { faults: schemaFaults(read.error) };
  const faults: LineFault[] = [...contentFaults(read.data, check)];
  const der = Buffer.from(read.data.recordDer, 'base64');
  if (createHash('sha256').update(der).digest('hex') !== read.data.recordSha256.toLowerCase()) faults.push({ column: 'recordSha256', code: 'HASH_DIFFERS' });
  faults.push(...certificateFaults(read.data, der, check));
  const place = presentCode(check.changes, read.data.municipalityCode, localDateInJapan(read.data.notBefore), localDateInJapan(check.asOf));
  if ('fault' in place) return { faults: [...faults, { column: 'municipalityCode', code: place.fault }] };
  const status = RECORD_STATUSES.find((known) => known === read.data.status);
  if (faults.length > 0 || status === undefined) return { faults };
  const { kind = null, recordedAt = null, notBefore, notAfter, municipalityCode: sourceMunicipality, windowId } = read.data;
  return { record: { serial: serialOctets(read.data.serial), status, kind, recordedAt, notBefore, notAfter, sourceMunicipality, municipalityCode: place.code, windowId, der } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function schemaFaults(error: z.ZodError): LineFault[] {
  return error.issues.flatMap((issue): LineFault[] => {
    const column = issue.path[0]?.toString() ?? null;
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ column: key.slice(0, 40), code: 'UNKNOWN_COLUMN' }));
    if (column === null) return [{ column, code: 'BAD_JSON' }];
    return [{ column, code: issue.code === 'invalid_type' && issue.message.endsWith('undefined') ? 'MISSING' : 'BAD_VALUE' }];
  });
}

function* contentFaults(read: Line, { prefecture, asOf }: RecordCheck): Generator<LineFault> {
  const { pref, status, kind, recordedAt, notBefore, notAfter, municipalityCode } = read;
  if (pref !== prefecture) yield { column: 'pref', code: 'OTHER_PREFECTURE' };
  if (!RECORD_STATUSES.some((known) => known === status)) yield { column: 'status', code: 'UNKNOWN_STATUS' };
  const revoked = status === 'revoked';
  if (revoked !== (kind !== undefined)) yield { column: 'kind', code: revoked ? 'MISSING' : 'NOT_REVOKED' };
  if (revoked !== (recordedAt !== undefined)) yield { column: 'recordedAt', code: revoked ? 'MISSING' : 'NOT_REVOKED' };
  if (recordedAt !== undefined && (recordedAt < notBefore || recordedAt > asOf)) yield { column: 'recordedAt', code: 'OUT_OF_TIME' };
  if ((status === 'valid' && notAfter < asOf) || (status === 'expired' && notAfter >= asOf)) yield { column: 'status', code: 'STATUS_DIFFERS' };
  if (municipalityCodeFault(municipalityCode) !== undefined || !municipalityCode.startsWith(prefecture)) yield { column: 'municipalityCode', code: 'MUNICIPALITY_UNKNOWN' };
}

/** The certificate must be one that the prefecture's key of this serial number signed under its name; a name alone proves nothing (JPKI-4.2). */
function* certificateFaults(read: Line, der: Buffer, { authorities }: RecordCheck): Generator<LineFault> {
  const certificate = certificateOf(der);
  if (certificate === undefined) return yield { column: 'recordDer', code: 'BAD_DER' };
  const same = (left: Date, right: Date): boolean => left.getTime() === right.getTime();
  if (certificate.serial !== BigInt(`0x${read.serial}`)) yield { column: 'serial', code: 'SERIAL_DIFFERS' };
  if (!same(certificate.notBefore, read.notBefore)) yield { column: 'notBefore', code: 'VALIDITY_DIFFERS' };
  if (!same(certificate.notAfter, read.notAfter)) yield { column: 'notAfter', code: 'VALIDITY_DIFFERS' };
  const generations = authorities.filter(({ serial }) => serial === BigInt(`0x${read.caSerial}`));
  if (generations.length === 0) yield { column: 'caSerial', code: 'GENERATION_UNKNOWN' };
  else if (!generations.some((ca) => ca.subjectDer.equals(certificate.issuerDer) && isCertificateSignedBy(certificate, ca.spki))) yield { column: 'recordDer', code: 'NOT_ISSUED_BY_GENERATION' };
}

function certificateOf(der: Buffer): ParsedCertificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** Reason by which a revocation is listed when the former system listed none (JPKI-4.7). */
export const REASON_OF_KIND: Readonly<Record<RevocationKind, CrlReason>> = {
  APPLICATION: 'cessationOfOperation',
  RESIDENT_CHANGE: 'affiliationChanged',
  RECORD_ERROR: 'superseded',
  ISSUER_KEY: 'cACompromise',
};
