import type { Db } from '#platform';
import { CA_IDS, type CaId } from '../ca/ca.js';
import type { AnsweringRow } from '../ca/authorities.js';
import { ANSWERING_STATES } from '../ca/generation.js';
import type { CertificateState } from '../certificate/certificate.js';
import type { ReasonCode } from '../certificate/revocation-cause.js';
import type { IssuedStatus } from './ocsp.js';

/** What the register knows of an issued serial number, and which generation issued it. */
export interface FoundStatus extends IssuedStatus {
  readonly generation: number;
}

export interface FoundOfCa {
  readonly generations: readonly AnsweringRow[];
  readonly certificates: ReadonlyMap<number, FoundStatus>;
}

export interface Found extends Readonly<Record<CaId, FoundOfCa>> {
  /** `<organisation>:<authority>` of those that may ask by OCSP. */
  readonly granted: ReadonlySet<string>;
}

export interface Wanted {
  readonly organisations: readonly string[];
  readonly serials: Readonly<Record<CaId, readonly number[]>>;
}

type Texts = Readonly<Record<'granted' | `${CaId}_generations` | `${CaId}_statuses`, string | null>>;

const milliseconds = (instant: string): string => `trunc(extract(epoch FROM ${instant}) * 1000)`;

/** `parameters`: places of the states and of the serial numbers. */
function textsOfCa(ca: CaId, states: number, serials: number): string {
  return `(SELECT string_agg(concat_ws(' ', generation, key_id, encode(certificate, 'hex')), E'\\n' ORDER BY generation) FROM ca_key_generation
             WHERE ca = '${ca}' AND state = ANY($${states}::text[]) AND out_of_use_at IS NULL) AS ${ca}_generations,
          (SELECT string_agg(concat_ws(' ', c.serial, c.generation, c.state, ${milliseconds('c.not_after')}, ${milliseconds('c.issued_at')}, ${milliseconds('r.revoked_at')}, r.reason), E'\\n')
             FROM certificate c LEFT JOIN revoked r ON r.ca = c.ca AND r.serial = c.serial WHERE c.ca = '${ca}' AND c.serial = ANY($${serials}::bigint[])) AS ${ca}_statuses`;
}

const STATEMENT = `SELECT (SELECT string_agg(organisation || ':' || ca, E'\\n') FROM access_grant WHERE organisation = ANY($1::text[]) AND (modes IS NULL OR 'OCSP' = ANY(modes))) AS granted,
  ${CA_IDS.map((ca, index) => textsOfCa(ca, 2, index + 3)).join(', ')}`;

/** Grants, generations and statuses of one moment: one statement, one row, lines of text, since rows and their columns cost more than what is in them. */
export async function findStatuses(db: Db, { organisations, serials }: Wanted): Promise<Found> {
  const texts = await db.one<Texts>(STATEMENT, organisations, ANSWERING_STATES, ...CA_IDS.map((ca) => serials[ca]));
  const of = (ca: CaId): FoundOfCa => ({
    generations: linesOf(texts[`${ca}_generations`]).map(generationOf),
    certificates: new Map(linesOf(texts[`${ca}_statuses`]).map(statusOf)),
  });
  return { granted: new Set(linesOf(texts.granted)), sign: of('sign'), auth: of('auth') };
}

function linesOf(text: string | null): string[] {
  return text === null ? [] : text.split('\n');
}

function generationOf(line: string): AnsweringRow {
  const [generation, id = '', certificate] = line.split(' ');
  return { generation: Number(generation), key_id: id, certificate: certificate === undefined ? null : Buffer.from(certificate, 'hex') };
}

function statusOf(line: string): [number, FoundStatus] {
  const [serial, generation, state, notAfter, issuedAt, revokedAt, reason] = line.split(' ');
  const revoked = revokedAt === undefined ? {} : { revokedAt: new Date(Number(revokedAt)), reason: Number(reason) as ReasonCode };
  return [Number(serial), { generation: Number(generation), state: state as CertificateState, notAfter: new Date(Number(notAfter)), issuedAt: new Date(Number(issuedAt)), ...revoked }];
}
