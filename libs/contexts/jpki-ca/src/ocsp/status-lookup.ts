import { Grouped, type Db } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { Answering, Authorities } from '../ca/authorities.js';
import { ANSWERING_STATES } from '../ca/generation.js';
import type { CertificateState } from '../certificate/certificate.js';
import type { ReasonCode } from '../certificate/revocation-cause.js';
import type { IssuedStatus } from './ocsp.js';

export interface StatusQuestion {
  readonly db: Db;
  /** A verifier, who needs a grant; others are judged by the policy table alone. */
  readonly verifier: string | undefined;
  readonly serials: readonly number[];
}

/** What an answer is made of, all of one moment later than the question. */
export interface KnownStatus {
  readonly permitted: boolean;
  /** The generations that answer for their certificates, the oldest first. */
  readonly generations: readonly Answering[];
  /** By serial, of whichever generation. */
  readonly certificates: ReadonlyMap<number, IssuedStatus & { readonly generation: number }>;
}

const milliseconds = (instant: string): string => `trunc(extract(epoch FROM ${instant}) * 1000)`;

/** One row with lines of text: rows and their columns would cost more than what is in them. */
const STATEMENT = `SELECT
  (SELECT string_agg(organisation, E'\\n') FROM access_grant WHERE ca = $1 AND organisation = ANY($2::text[]) AND (modes IS NULL OR 'OCSP' = ANY(modes))) AS granted,
  (SELECT string_agg(concat_ws(' ', generation, key_id, encode(certificate, 'hex')), E'\\n' ORDER BY generation) FROM ca_key_generation
     WHERE ca = $1 AND state = ANY($3::text[]) AND out_of_use_at IS NULL) AS generations,
  (SELECT string_agg(concat_ws(' ', c.serial, c.generation, c.state, ${milliseconds('c.not_after')}, ${milliseconds('c.issued_at')}, ${milliseconds('r.revoked_at')}, r.reason), E'\\n')
     FROM certificate c LEFT JOIN revoked r ON r.ca = c.ca AND r.serial = c.serial WHERE c.ca = $1 AND c.serial = ANY($4::bigint[])) AS statuses`;

/** Grants, generations and statuses for all who ask an authority at the same time, by one statement: answers at a rate near that of signatures leave no room for one each. */
export class StatusLookup {
  private readonly questions: Readonly<Record<CaId, Grouped<StatusQuestion, KnownStatus>>> = { sign: this.grouped('sign'), auth: this.grouped('auth') };

  constructor(private readonly authorities: Authorities) {}

  async find(ca: CaId, question: StatusQuestion): Promise<KnownStatus> {
    const known = await this.questions[ca].add(question);
    if (known === undefined) throw new Error('a question was left out of its group');
    return known;
  }

  private grouped(ca: CaId): Grouped<StatusQuestion, KnownStatus> {
    return new Grouped((group) => this.read(ca, group), 200);
  }

  private async read(ca: CaId, group: readonly StatusQuestion[]): Promise<KnownStatus[]> {
    const [verifiers, serials] = [new Set(group.flatMap(({ verifier }) => verifier ?? [])), new Set(group.flatMap((question) => question.serials))];
    const texts = await group[0]?.db.one<Record<'granted' | 'generations' | 'statuses', string | null>>(STATEMENT, ca, [...verifiers], ANSWERING_STATES, [...serials]);
    const granted = new Set(linesOf(texts?.granted));
    const generations = this.authorities.answeringOf(ca, linesOf(texts?.generations).map(generationOf));
    const certificates = new Map(linesOf(texts?.statuses).map(statusOf));
    return group.map(({ verifier }) => ({ permitted: verifier === undefined || granted.has(verifier), generations, certificates }));
  }
}

function linesOf(text: string | null | undefined): string[] {
  return text?.split('\n') ?? [];
}

function generationOf(line: string) {
  const [generation, id = '', certificate] = line.split(' ');
  return { generation: Number(generation), key_id: id, certificate: certificate === undefined ? null : Buffer.from(certificate, 'hex') };
}

function statusOf(line: string) {
  const [serial, generation, state, notAfter, issuedAt, revokedAt, reason] = line.split(' ');
  const revoked = revokedAt === undefined ? {} : { revokedAt: new Date(Number(revokedAt)), reason: Number(reason) as ReasonCode };
  return [Number(serial), { generation: Number(generation), state: state as CertificateState, notAfter: new Date(Number(notAfter)), issuedAt: new Date(Number(issuedAt)), ...revoked }] as const;
}
