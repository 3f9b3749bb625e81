import type { Readable } from 'node:stream';
import { z } from 'zod';
import {
  PkiError, buildOcspError, buildOcspResponse, certIdOf, crlReasonOf, decodeOcspGet, parseOcspRequest,
  type CertId, type CertIdHash, type OcspAnswer, type OcspCertStatus, type OcspErrorStatus, type OcspRequest, type ParsedCertificate,
} from '#pki';
import { useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { CA_IDS, serialHex, type CaId } from '../ca/ca.js';
import type { Authorities, Authority } from '../ca/authorities.js';
import type { CertificateRow, CertificateStore } from '../certificate/certificate.store.js';
import type { ClockGuard } from '../timestamp/clock-guard.js';
import type { AccessGrants } from './access-grants.js';
import { ANSWER_LIFE_MS, CACHE_SECONDS, statusAnswer, type StatusAnswer } from './ocsp.js';
import type { Responders } from './responders.js';
import { noteUse } from './status-use.js';

const ACTION = 'jpki-ca.ocsp.answer';
const SERIAL_DIGITS = 40;
const CONTENT_TYPE = 'application/ocsp-response';
/** A hundred items with SHA-256 and a nonce stay far below. */
const REQUEST_LIMIT = 64 * 1024;

const postSpec = useCase({
  action: ACTION,
  kind: 'question',
  summary: 'Status of certificates (RFC 6960), request in the body',
  input: z.strictObject({ ca: z.enum(CA_IDS) }),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

const getSpec = useCase({
  action: ACTION,
  kind: 'question',
  summary: 'Status of certificates (RFC 6960 appendix A), request in the path',
  input: z.strictObject({ ca: z.enum(CA_IDS), request: z.string().describe('percent-encoded base64 of the request') }),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

export interface OcspParts {
  readonly authorities: Authorities;
  readonly certificates: CertificateStore;
  readonly grants: AccessGrants;
  readonly guard: ClockGuard;
  readonly responders: Responders;
}

/** Answers for one authority (JPKI 4.9). The answer to what cannot be answered is an OCSP status too, never a problem document. */
export class OcspDesk {
  constructor(private readonly parts: OcspParts) {}

  async answer(ctx: Ctx, ca: CaId, read: () => Promise<Buffer>): Promise<BinaryAnswer> {
    if (!(await this.parts.grants.permits(ctx, ca, 'OCSP'))) return this.error(ctx, ca, 'unauthorized');
    let request: OcspRequest;
    try {
      request = parseOcspRequest(await read());
    } catch (error) {
      if (error instanceof PkiError) return this.error(ctx, ca, 'malformedRequest');
      throw error;
    }
    return this.respond(ctx, ca, request);
  }

  private error(ctx: Ctx, ca: CaId, status: OcspErrorStatus): BinaryAnswer {
    ctx.audit({ object: `ocsp:${ca}`, facts: { status } });
    return { contentType: CONTENT_TYPE, body: buildOcspError(status), headers: { 'cache-control': 'no-store' } };
  }

  private async respond(ctx: Ctx, ca: CaId, { items, nonce }: OcspRequest): Promise<BinaryAnswer> {
    const thisUpdate = new Date(Math.floor(ctx.now.getTime() / 1000) * 1000);
    const nextUpdate = new Date(thisUpdate.getTime() + ANSWER_LIFE_MS);
    const generations = await this.parts.authorities.answering(ctx.db, ca);
    // RFC 6960 4.2.2.2: an answer is signed under the key that issued, so one answer is for one key; what another issued is unknown in it.
    const issuer = generations.find(({ certificate }) => items.some((item) => isOf(certificate, item))) ?? generations.at(-1);
    // By a clock that went back the answer would be an old one (JPKI 7).
    if (issuer === undefined || !this.parts.guard.isTrusted()) return this.error(ctx, ca, 'tryLater');
    const statuses = await this.statuses(ctx, { ca, issuer, items });
    const answers: OcspAnswer[] = statuses.map((status, index) => ({
      certId: items[index] ?? { der: Buffer.alloc(0) },
      status: certStatus(status),
      thisUpdate,
      nextUpdate,
      ...('archiveCutoff' in status && status.archiveCutoff !== undefined ? { archiveCutoff: status.archiveCutoff } : {}),
    }));
    const responder = await this.parts.responders.current(ctx.db, { ca, generation: issuer.generation, now: ctx.now });
    const content = { answers, producedAt: thisUpdate, responderCertificate: responder.certificate.der, ...(nonce === undefined ? {} : { nonce }) };
    const body = await buildOcspResponse(content, responder.key);
    for (const [index, { kind }] of statuses.entries()) {
      const serial = items[index]?.serial ?? 0n;
      // No certificate has a longer one (RFC 5280 4.1.2.2).
      ctx.audit({ object: `ocsp:${ca}:${serialHex(serial).slice(0, SERIAL_DIGITS)}`, facts: { status: kind } });
      noteUse(ctx, ctx.actor.organisation, { ca, mode: 'OCSP', serial: kind === 'unknown' ? undefined : Number(serial), status: kind });
    }
    const caching = {
      'last-modified': thisUpdate.toUTCString(), 'expires': nextUpdate.toUTCString(), 'etag': `"${thisUpdate.getTime().toString(36)}-${body.length}"`,
      'cache-control': `max-age=${CACHE_SECONDS}, private, no-transform, must-revalidate`,
    };
    return { contentType: CONTENT_TYPE, body, headers: nonce === undefined ? caching : { 'cache-control': 'no-store' } };
  }

  /** In the order asked. An item of another issuer is unknown here, whatever its number. */
  private async statuses(ctx: Ctx, { ca, issuer, items }: StatusOrder): Promise<StatusAnswer[]> {
    const own = items.map((item) => item.serial > 0n && item.serial <= BigInt(Number.MAX_SAFE_INTEGER) && isOf(issuer.certificate, item));
    const serials = items.flatMap((item, index) => (own[index] === true ? [Number(item.serial)] : []));
    const found = (await this.parts.certificates.findMany(ctx.db, ca, serials)).filter(({ generation }) => generation === issuer.generation);
    const rows = new Map(found.map((row) => [BigInt(row.serial), row]));
    return items.map((item, index) => statusAnswer(own[index] === true ? issuedStatus(rows.get(item.serial)) : undefined, ctx.now));
  }
}

interface StatusOrder {
  readonly ca: CaId;
  readonly issuer: Pick<Authority, 'generation' | 'certificate'>;
  readonly items: readonly CertId[];
}

const issuerHashes = new WeakMap<ParsedCertificate, Map<CertIdHash, CertId>>();

function isOf(issuer: ParsedCertificate, item: CertId): boolean {
  let byHash = issuerHashes.get(issuer);
  if (byHash === undefined) issuerHashes.set(issuer, (byHash = new Map()));
  let expected = byHash.get(item.hash);
  if (expected === undefined) byHash.set(item.hash, (expected = certIdOf(issuer, 1n, item.hash)));
  return expected.issuerNameHash.equals(item.issuerNameHash) && expected.issuerKeyHash.equals(item.issuerKeyHash);
}

function issuedStatus(row: CertificateRow | undefined) {
  if (row === undefined) return undefined;
  return { state: row.state, notAfter: row.not_after, issuedAt: row.issued_at, revokedAt: row.revoked_at ?? undefined, reason: row.reason ?? undefined };
}

function certStatus(answer: StatusAnswer): OcspCertStatus {
  if (answer.kind !== 'revoked') return { kind: answer.kind };
  const reason = crlReasonOf(answer.reason);
  return { kind: 'revoked', revokedAt: answer.revokedAt, ...(reason === undefined ? {} : { reason }) };
}

/** POST with `application/ocsp-request`. */
export class AnswerOcspPost implements UseCase<typeof postSpec> {
  readonly spec = postSpec;

  constructor(private readonly desk: OcspDesk) {}

  async execute(ctx: Ctx, { ca }: InputOf<typeof postSpec>, body?: Readable): Promise<BinaryAnswer> {
    return this.desk.answer(ctx, ca, () => readBody(body));
  }
}

/** GET with the request in the path. */
export class AnswerOcspGet implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly desk: OcspDesk) {}

  async execute(ctx: Ctx, { ca, request }: InputOf<typeof getSpec>): Promise<BinaryAnswer> {
    return this.desk.answer(ctx, ca, async () => decodeOcspGet(request));
  }
}

async function readBody(body: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > REQUEST_LIMIT) throw new PkiError('OCSP_MALFORMED', 'request is too long');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
