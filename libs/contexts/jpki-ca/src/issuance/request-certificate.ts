import { z } from 'zod';
import { toLocalDate } from '#kernel';
import { cardLedgerState } from '#contracts/card-issuance';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { getPersons } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { serialHex } from '../ca/ca.js';
import type { Authorities } from '../ca/authorities.js';
import type { CertificateStore } from '../certificate/certificate.store.js';
import { isWindowOf, WINDOW_ID } from '../profile/subject-names.js';
import type { AgeWaiverStore } from './age-waiver.store.js';
import { isAtCounter, type CertificateOrder } from './issuance.js';
import type { IssuanceRow, IssuanceStore } from './issuance.store.js';
import type { Issuer } from './issuer.js';

const spec = useCase({
  action: 'jpki-ca.certificate.issue',
  kind: 'process',
  summary: 'Issues a certificate at a municipal window; it comes into force when its delivery is confirmed',
  input: z.strictObject({
    type: z.enum(['SIGN_CERT', 'AUTH_CERT']),
    cardSerial: z.string().regex(/^[0-9A-Z]{16}$/),
    personKey: z.uuid(),
    csr: z.base64().max(4096).describe('PKCS#10 request of the key on the card, DER'),
    windowId: z.string().regex(WINDOW_ID),
    requestId: z.string().regex(/^[0-9A-Za-z._-]{1,64}$/).describe('a repetition with the same window and id gets the same certificate'),
    cardExpiry: z.iso.date(),
    replaces: z.boolean().default(false).describe('the holder gives up the certificate of this type that is in force'),
  }),
  output: z.object({
    id: z.uuid(),
    state: z.enum(['SIGNED', 'DELIVERED', 'UNDELIVERED']),
    ca: z.enum(['sign', 'auth']),
    serial: z.string(),
    notAfter: z.iso.datetime(),
    certificate: z.base64().describe('DER'),
    caCertificate: z.base64().describe('DER'),
  }),
  refusals: [
    ...refusals(jpkiCaProblems, 'ATTRIBUTE_MISMATCH', 'BAD_CSR', 'CARD_EXPIRED', 'CARD_NOT_USABLE', 'DUPLICATE_VALID', 'KEY_REUSED', 'LINT_FAILED', 'NOT_RESIDENT', 'PARTITION_UNKNOWN', 'UNDER_AGE', 'WEAK_KEY'),
    ...refusals(platformProblems, 'IDEMPOTENCY_CONFLICT', 'OUT_OF_JURISDICTION', 'UNAVAILABLE'),
  ],
});

export interface RequestCertificateParts {
  readonly issuer: Issuer;
  readonly issuances: IssuanceStore;
  readonly certificates: CertificateStore;
  readonly authorities: Authorities;
  readonly peers: Peers;
  readonly waivers: AgeWaiverStore;
}

/** Channel WINDOW of JPKI 4.6: the resident waits; repeated by window and request id it answers with the same octets. */
export class RequestCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: RequestCertificateParts) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { issuer, peers } = this.parts;
    const municipalityCode = ctx.actor.organisation;
    if (!isWindowOf(input.windowId, municipalityCode)) throw platformProblems.refuse('OUT_OF_JURISDICTION', { fields: [{ pointer: '/windowId', code: 'OTHER_MUNICIPALITY' }] });
    const ageWaived = await this.parts.waivers.isGiven(ctx.db, { personKey: input.personKey, municipalityCode }, ctx.now);
    const order = { ...orderOf(input, municipalityCode), ageWaived };
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CERTIFICATE_ISSUE' };
    // A repetition gets what was issued, whatever became of the card since.
    if (!(await this.parts.issuances.byKeys(ctx.db, [order.requestKey])).has(order.requestKey)) {
      const { cardSerial, personKey, cardExpiry } = order;
      const card = await peers.call(cardLedgerState, call, { cardSerial, personKey, expiryDate: cardExpiry });
      if (!isAtCounter(card)) throw jpkiCaProblems.refuse('CARD_NOT_USABLE');
    }
    const { persons } = await peers.call(getPersons, call, { personKeys: [input.personKey] });
    const rows = await issuer.reserve(ctx, [order], new Map(persons.map((person) => [person.personKey, person])));
    const signed = await issuer.sign(ctx.db, [...rows.values()].filter(({ state }) => state === 'LINTED'));
    if (signed.length > 0) await ctx.transaction((tx) => issuer.record(tx, signed));
    ctx.audit({ object: `issuance-request:${order.requestKey}`, subjects: [input.personKey], facts: { ageWaived } });
    return this.answer(ctx, order.requestKey);
  }

  private async answer(ctx: Ctx, requestKey: string): Promise<OutputOf<typeof spec>> {
    const { issuances, certificates, authorities } = this.parts;
    const row = (await issuances.byKeys(ctx.db, [requestKey])).get(requestKey);
    if (row === undefined || !isSigned(row)) throw platformProblems.refuse('UNAVAILABLE');
    const certificate = await authorities.certificate(ctx.db, row.ca, row.generation);
    const der = (await certificates.ders(ctx.db, [row])).get(`${row.ca}:${row.serial}`) ?? Buffer.alloc(0);
    return {
      id: row.id, state: row.state, ca: row.ca, serial: serialHex(row.serial), notAfter: row.not_after.toISOString(),
      certificate: der.toString('base64'), caCertificate: certificate.der.toString('base64'),
    };
  }
}

type SignedRow = IssuanceRow & { readonly state: 'SIGNED' | 'DELIVERED' | 'UNDELIVERED'; readonly serial: number; readonly generation: number; readonly not_after: Date };

function isSigned(row: IssuanceRow): row is SignedRow {
  return (row.state === 'SIGNED' || row.state === 'DELIVERED' || row.state === 'UNDELIVERED') && row.serial !== null && row.generation !== null && row.not_after !== null;
}

function orderOf(input: InputOf<typeof spec>, municipalityCode: string): CertificateOrder {
  const { type, cardSerial, personKey, windowId, requestId, replaces } = input;
  return {
    requestKey: `window:${windowId}:${requestId}`, channel: 'WINDOW', type, cardSerial, personKey, municipalityCode, windowId, replaces,
    cardExpiry: toLocalDate(input.cardExpiry), csr: Buffer.from(input.csr, 'base64'),
  };
}
