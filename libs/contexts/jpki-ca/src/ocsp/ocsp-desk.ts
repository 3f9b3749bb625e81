import type { ClockGuard } from '#kernel';
import {
  PkiError, buildOcspError, buildOcspResponse, certIdOf, crlReasonOf, parseOcspRequest,
  type CertId, type CertIdHash, type OcspAnswer, type OcspCertStatus, type OcspErrorStatus, type OcspRequest, type ParsedCertificate,
} from '#pki';
import type { BinaryAnswer, Ctx } from '#platform';
import { serialHex, type CaId } from '../ca/ca.js';
import type { Answering } from '../ca/authorities.js';
import { ANSWER_LIFE_MS, CACHE_SECONDS, statusAnswer, type StatusAnswer } from './ocsp.js';
import { RecentAnswers, type SignedAnswer } from './recent-answers.js';
import type { Responders } from './responders.js';
import type { KnownStatus, StatusLookup } from './status-lookup.js';
import { noteUse } from './status-use.js';

const SERIAL_DIGITS = 40;
const CONTENT_TYPE = 'application/ocsp-response';

export interface OcspParts {
  readonly guard: ClockGuard;
  readonly lookup: StatusLookup;
  readonly responders: Responders;
}

/** Answers for one authority (JPKI 4.9). The answer to what cannot be answered is an OCSP status too, never a problem document. */
export class OcspDesk {
  private readonly recent = new RecentAnswers();

  constructor(private readonly parts: OcspParts) {}

  /** `read` gives the request's octets, and faults with a PkiError when there are none that could be one. */
  async answer(ctx: Ctx, ca: CaId, read: () => Promise<Buffer>): Promise<BinaryAnswer> {
    const request = await parsed(read);
    const verifier = ctx.actor.kind === 'signature-verifier' ? ctx.actor.organisation : undefined;
    const known = await this.parts.lookup.find(ca, { db: ctx.db, verifier, serials: request?.items.filter(isIssuable).map(({ serial }) => Number(serial)) ?? [] });
    if (!known.permitted) return error(ctx, ca, 'unauthorized');
    return request === undefined ? error(ctx, ca, 'malformedRequest') : this.respond(ctx, { ca, request, known });
  }

  private async respond(ctx: Ctx, { ca, request, known }: Asked): Promise<BinaryAnswer> {
    const { items, nonce } = request;
    // RFC 6960 4.2.2.2: an answer is signed under the key that issued, so one answer is for one key; what another issued is unknown in it.
    const issuer = known.generations.find(({ certificate }) => items.some((item) => isOf(certificate, item))) ?? known.generations.at(-1);
    // By a clock that went back the answer would be an old one (JPKI 7).
    if (issuer === undefined || !this.parts.guard.isTrusted()) return error(ctx, ca, 'tryLater');
    const statuses = items.map((item) => statusAnswer(issuedStatus(item, issuer, known), ctx.now));
    const signed = await this.signed(ctx, { ca, issuer, request, statuses });
    for (const [index, { kind }] of statuses.entries()) {
      const serial = items[index]?.serial ?? 0n;
      // No certificate has a longer one (RFC 5280 4.1.2.2).
      ctx.audit({ object: `ocsp:${ca}:${serialHex(serial).slice(0, SERIAL_DIGITS)}`, facts: { status: kind } });
      noteUse(ctx, ctx.actor.organisation, { ca, mode: 'OCSP', serial: kind === 'unknown' ? undefined : Number(serial), status: kind });
    }
    return { contentType: CONTENT_TYPE, body: signed.body, headers: nonce === undefined ? cachingOf(signed, ctx.now) : { 'cache-control': 'no-store' } };
  }

  private async signed(ctx: Ctx, content: Content): Promise<SignedAnswer> {
    const said = saidBy(content);
    const recent = said === undefined ? undefined : this.recent.find(said, ctx.now);
    if (recent !== undefined) return recent;
    const { ca, issuer, request: { items, nonce }, statuses } = content;
    const thisUpdate = new Date(Math.floor(ctx.now.getTime() / 1000) * 1000);
    const nextUpdate = new Date(thisUpdate.getTime() + ANSWER_LIFE_MS);
    const answers: OcspAnswer[] = statuses.map((status, index) => ({
      certId: items[index] ?? { der: Buffer.alloc(0) },
      status: certStatus(status),
      thisUpdate,
      nextUpdate,
      ...('archiveCutoff' in status && status.archiveCutoff !== undefined ? { archiveCutoff: status.archiveCutoff } : {}),
    }));
    const responder = await this.parts.responders.current(ctx.db, { ca, generation: issuer.generation, now: ctx.now });
    const response = { answers, producedAt: thisUpdate, responderCertificate: responder.certificate.der, ...(nonce === undefined ? {} : { nonce }) };
    const body = await buildOcspResponse(response, responder.key);
    const etag = `"${thisUpdate.getTime().toString(36)}-${body.length}"`;
    const signed = { body, thisUpdate, headers: { 'last-modified': thisUpdate.toUTCString(), 'expires': nextUpdate.toUTCString(), etag } };
    if (said !== undefined) this.recent.keep(said, signed);
    return signed;
  }
}

interface Asked {
  readonly ca: CaId;
  readonly request: OcspRequest;
  readonly known: KnownStatus;
}

interface Content {
  readonly ca: CaId;
  readonly issuer: Answering;
  readonly request: OcspRequest;
  readonly statuses: readonly StatusAnswer[];
}

function error(ctx: Ctx, ca: CaId, status: OcspErrorStatus): BinaryAnswer {
  ctx.audit({ object: `ocsp:${ca}`, facts: { status } });
  return { contentType: CONTENT_TYPE, body: buildOcspError(status), headers: { 'cache-control': 'no-store' } };
}

async function parsed(read: () => Promise<Buffer>): Promise<OcspRequest | undefined> {
  try {
    return parseOcspRequest(await read());
  } catch (fault) {
    if (fault instanceof PkiError) return undefined;
    throw fault;
  }
}

/** Who asks for many at once seldom asks for the same many again. */
function saidBy({ ca, issuer, request: { items, nonce }, statuses }: Content): string | undefined {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0 || nonce !== undefined) return undefined;
  return `${ca}:${issuer.generation}:${item.der.toString('base64')}:${JSON.stringify(statuses)}`;
}

function cachingOf({ thisUpdate, headers }: SignedAnswer, now: Date): Record<string, string> {
  const age = Math.floor((now.getTime() - thisUpdate.getTime()) / 1000);
  return { ...headers, 'cache-control': `max-age=${CACHE_SECONDS - age}, private, no-transform, must-revalidate` };
}

const isIssuable = ({ serial }: CertId): boolean => serial > 0n && serial <= BigInt(Number.MAX_SAFE_INTEGER);

/** An item of another issuer is unknown here, whatever its number. */
function issuedStatus(item: CertId, issuer: Answering, { certificates }: KnownStatus) {
  const found = isIssuable(item) && isOf(issuer.certificate, item) ? certificates.get(Number(item.serial)) : undefined;
  return found?.generation === issuer.generation ? found : undefined;
}

const issuerHashes = new WeakMap<ParsedCertificate, Map<CertIdHash, CertId>>();

function isOf(issuer: ParsedCertificate, item: CertId): boolean {
  let byHash = issuerHashes.get(issuer);
  if (byHash === undefined) issuerHashes.set(issuer, (byHash = new Map()));
  let expected = byHash.get(item.hash);
  if (expected === undefined) byHash.set(item.hash, (expected = certIdOf(issuer, 1n, item.hash)));
  return expected.issuerNameHash.equals(item.issuerNameHash) && expected.issuerKeyHash.equals(item.issuerKeyHash);
}

function certStatus(answer: StatusAnswer): OcspCertStatus {
  if (answer.kind !== 'revoked') return { kind: answer.kind };
  const reason = crlReasonOf(answer.reason);
  return { kind: 'revoked', revokedAt: answer.revokedAt, ...(reason === undefined ? {} : { reason }) };
}
