import { createHash, randomInt } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { endOfDayInJapan, localDateInJapan, toLocalDate, type LocalDate } from '#kernel';
import { issuanceRejected, jpkiCaProblems } from '#contracts/jpki-ca';
import type { PersonView } from '#contracts/juki-net';
import { PkiError, buildTbsCertificate, generateRsaKey, lintCertificate, parseCsr, signCertificate, signingKeyOf, type CertificateLint, type CertificationRequest, type SigningKey } from '#pki';
import { platformProblems, type Ctx, type Db } from '#platform';
import { CA_OF_TYPE, type CaId } from '../ca/ca.js';
import type { Authorities, Authority } from '../ca/authorities.js';
import type { CaStore } from '../ca/ca.store.js';
import type { CertificateRow, CertificateStore, NewCertificate } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import { partitionId, type CrlStore, type PartitionRow } from '../crl/crl.store.js';
import { fourAttributesOf } from '../profile/four-attributes.js';
import { holderLints } from '../profile/lints.js';
import { authCommonName, signCommonName } from '../profile/subject-names.js';
import { certificateEnd } from '../profile/validity.js';
import type { ResidentChanges } from '../resident-change/resident-changes.js';
import { inIssuingOrder, orderFault, type CertificateOrder, type OrderFault } from './issuance.js';
import type { IssuanceRow, IssuanceStore } from './issuance.store.js';
import { inParallel } from './in-parallel.js';

export interface IssuerParts {
  readonly authorities: Authorities;
  readonly cas: CaStore;
  readonly issuances: IssuanceStore;
  readonly certificates: CertificateStore;
  readonly partitions: CrlStore;
  readonly changes: StatusChanges;
  readonly residentChanges: ResidentChanges;
}

/** A request with the certificate that its record leads to; signing the same record again gives the same octets. */
export interface SignedRequest {
  readonly row: IssuanceRow;
  readonly der: Buffer;
}

type Fault = OrderFault | 'BAD_CSR' | 'WEAK_KEY' | 'KEY_REUSED' | 'LINT_FAILED';

interface Known {
  readonly partitions: ReadonlyMap<string, PartitionRow>;
  readonly unfinished: readonly CertificateRow[];
  readonly authorities: Readonly<Record<CaId, Authority>>;
  readonly today: LocalDate;
}

interface Draft {
  readonly order: CertificateOrder;
  readonly fault?: Fault;
  readonly row: IssuanceRow;
  readonly keyHash?: Buffer;
}

const SIGNATURES_AT_ONCE = 8;

/**
 * Issues certificates (JPKI 3.3): checks, lints with a throw-away key, records what is to be signed, signs, records the result.
 * A kill between the two records leaves a request that the next attempt completes with the same octets.
 */
export class Issuer {
  private readonly lints: readonly CertificateLint[];
  private throwAwayKey: Promise<SigningKey> | undefined;

  constructor(private readonly parts: IssuerParts) {
    this.lints = holderLints(parts.authorities.profiles.organisation);
  }

  /**
   * Records the requests that pass; returns all by request key. A production request that fails is recorded REJECTED and told;
   * at a window the refusal is thrown and nothing is recorded.
   */
  async reserve(ctx: Ctx, orders: readonly CertificateOrder[], persons: ReadonlyMap<string, PersonView>): Promise<Map<string, IssuanceRow>> {
    const keys = orders.map(({ requestKey }) => requestKey);
    const known = await this.parts.issuances.byKeys(ctx.db, keys);
    for (const order of orders) assertSameRequest(order, known.get(order.requestKey));
    const fresh = inIssuingOrder(orders.filter(({ requestKey }) => !known.has(requestKey)));
    if (fresh.length === 0) return known;
    const drafts = await this.draft(ctx, fresh, persons);
    await ctx.transaction((tx) => this.store(tx, drafts));
    return this.parts.issuances.byKeys(ctx.db, keys);
  }

  /** Signs outside of any transaction, several at once on the thread pool. */
  async sign(db: Db, rows: readonly IssuanceRow[]): Promise<SignedRequest[]> {
    return inParallel(rows, SIGNATURES_AT_ONCE, async (row) => {
      if (row.tbs === null || row.generation === null) throw new Error('request has nothing to sign');
      const { key } = await this.parts.authorities.generation(db, row.ca, row.generation);
      return { row, der: await signCertificate(row.tbs, key) };
    });
  }

  /** Records signed certificates as ISSUED_INACTIVE; those recorded before are left alone. */
  async record(ctx: Ctx, signed: readonly SignedRequest[]): Promise<void> {
    const { certificates, issuances, changes, residentChanges } = this.parts;
    await certificates.lockPersons(ctx.db, signed.map(({ row }) => row.person_key));
    const first = await issuances.markSigned(ctx.db, signed.map(({ row }) => row.id), ctx.now);
    const rows = signed.filter(({ row }) => first.has(row.id)).map((one) => certificateOf(one, ctx.now));
    if (rows.length === 0) return;
    await certificates.insertMany(ctx.db, rows);
    for (const row of rows) {
      const issued = { ...row, state: 'ISSUED_INACTIVE', version: 1, reason: null, revoked_at: null } as const;
      changes.issued(ctx, issued);
      await residentChanges.afterIssue(ctx, issued);
    }
  }

  private async draft(ctx: Ctx, orders: readonly CertificateOrder[], persons: ReadonlyMap<string, PersonView>): Promise<Draft[]> {
    const known = await this.known(ctx, orders);
    const drafts: Draft[] = [];
    const authEnds = new Map<string, LocalDate>();
    for (const order of orders) {
      const draft = await this.draftOne(ctx, order, { person: persons.get(order.personKey), known, authEnd: authEnds.get(order.cardSerial) });
      const end = draft.row.not_after;
      if (order.type === 'AUTH_CERT' && end !== null) authEnds.set(order.cardSerial, localDateInJapan(end));
      drafts.push(draft);
    }
    return drafts;
  }

  private async known(ctx: Ctx, orders: readonly CertificateOrder[]): Promise<Known> {
    const { partitions, certificates, authorities } = this.parts;
    const open = await partitions.openPartitions(ctx.db, [...new Set(orders.map(({ municipalityCode }) => municipalityCode))]);
    const ofPersons = await certificates.unfinishedOf(ctx.db, orders.map(({ personKey }) => personKey));
    const ofCards = await certificates.unfinishedOfCards(ctx.db, orders.map(({ cardSerial }) => cardSerial));
    return {
      partitions: new Map(open.map((partition) => [partition.id, partition])),
      unfinished: [...ofPersons, ...ofCards],
      authorities: { sign: await authorities.active(ctx.db, 'sign'), auth: await authorities.active(ctx.db, 'auth') },
      today: localDateInJapan(ctx.now),
    };
  }

  private async draftOne(ctx: Ctx, order: CertificateOrder, facts: { person: PersonView | undefined; known: Known; authEnd: LocalDate | undefined }): Promise<Draft> {
    const { person, known } = facts;
    const partition = known.partitions.get(partitionId(CA_OF_TYPE[order.type], order.municipalityCode));
    const same = known.unfinished.filter((row) => row.type === order.type && row.not_after.getTime() >= ctx.now.getTime());
    const inForce = same.find((row) => row.person_key === order.personKey && (row.state === 'VALID' || row.state === 'HELD'));
    const onCard = same.some((row) => row.card_serial === order.cardSerial);
    const fault = orderFault(order, { holder: person, partitionOpen: partition !== undefined, onCard, inForce: inForce !== undefined, today: known.today });
    if (fault !== undefined || person === undefined || partition === undefined) return this.rejected(order, fault ?? 'NOT_RESIDENT');
    const request = readRequest(order.csr);
    if (typeof request === 'string') return this.rejected(order, request);
    const authEnd = facts.authEnd ?? authEndOf(known, order);
    const notAfter = certificateEnd({
      issuedOn: known.today, birthDate: person.birthDate, cardExpiry: order.cardExpiry,
      ...(order.type === 'SIGN_CERT' && authEnd !== undefined ? { authEnd } : {}),
      ...(order.replaces && inForce !== undefined ? { renewedEnd: localDateInJapan(inForce.not_after) } : {}),
    });
    return this.linted(ctx, { order, person, partition, request, notAfter: endOfDayInJapan(notAfter), authority: known.authorities[partition.ca] });
  }

  private async linted(ctx: Ctx, input: LintInput): Promise<Draft> {
    const { order, person, partition, request, notAfter, authority } = input;
    const profile = this.parts.authorities.profiles.holder[order.type];
    const [serial = 0] = await this.parts.cas.nextSerials(ctx.db, authority.ca, 1);
    const notBefore = new Date(Math.floor(ctx.now.getTime() / 1000) * 1000);
    const commonName = order.type === 'SIGN_CERT' ? signCommonName(notBefore, serial, order.windowId) : authCommonName(order.windowId, randomInt);
    const identity = { nameKanji: person.nameKanji, aliasName: person.aliasName, birthDate: person.birthDate, sex: person.sex, address: person.address, foreignResident: person.foreignResident };
    const parameters = {
      prefecture: partition.prefecture_romaji ?? '', municipality: partition.municipality_romaji ?? '', commonName,
      ...(order.type === 'SIGN_CERT' ? fourAttributesOf(identity) : {}),
    };
    const tbs = buildTbsCertificate({ profile, parameters, serial: BigInt(serial), issuer: authority.issuer, notBefore, notAfter, spki: request.spki });
    this.throwAwayKey ??= generateRsaKey(2048).then((key) => signingKeyOf('lint', key));
    const findings = lintCertificate(await signCertificate(tbs, await this.throwAwayKey), authority.certificate, { profile, lints: this.lints });
    if (findings.length > 0) return this.rejected(order, 'LINT_FAILED');
    return {
      order,
      keyHash: createHash('sha256').update(request.rsa.modulus.toString(16)).digest(),
      row: {
        ...baseRow(order), state: 'LINTED', code: null, serial, generation: authority.generation, partition_id: partition.id, fact_version: person.factVersion,
        not_before: notBefore, not_after: notAfter, tbs, record: JSON.stringify(order.type === 'SIGN_CERT' ? { commonName, ...identity } : { commonName }),
      },
    };
  }

  private rejected(order: CertificateOrder, fault: Fault): Draft {
    return {
      order, fault,
      row: {
        ...baseRow(order), state: 'REJECTED', code: fault, serial: null, generation: null, partition_id: null, fact_version: order.factVersion ?? null,
        not_before: null, not_after: null, tbs: null, record: null,
      },
    };
  }

  private async store(ctx: Ctx, drafts: readonly Draft[]): Promise<void> {
    const { certificates, issuances } = this.parts;
    await certificates.lockPersons(ctx.db, drafts.map(({ order }) => order.personKey));
    const present = await issuances.byKeys(ctx.db, drafts.map(({ order }) => order.requestKey));
    const fresh = drafts.filter(({ order }) => !present.has(order.requestKey));
    const keys = fresh.flatMap(({ row, keyHash }) => (keyHash === undefined ? [] : [{ hash: keyHash, requestId: row.id }]));
    const unused = await issuances.takeKeys(ctx.db, keys);
    const judged = fresh.map((draft) => (draft.keyHash !== undefined && !unused.has(draft.row.id) ? this.rejected(draft.order, 'KEY_REUSED') : draft));
    for (const { order, fault, row } of judged) {
      if (fault === undefined) continue;
      if (order.channel === 'WINDOW') throw jpkiCaProblems.refuse(fault);
      ctx.emit(issuanceRejected, { aggregateId: row.id, sequence: 1, data: { productionBatchId: order.productionBatchId ?? '', cardSerial: order.cardSerial, type: order.type, code: fault } });
      ctx.audit({ object: `issuance-request:${row.id}`, subjects: [order.personKey], facts: { code: fault } });
    }
    await issuances.insertMany(ctx.db, judged.map(({ row }) => row), ctx.now);
  }
}

interface LintInput {
  readonly order: CertificateOrder;
  readonly person: PersonView;
  readonly partition: PartitionRow;
  readonly request: CertificationRequest;
  readonly notAfter: Date;
  readonly authority: Authority;
}

function baseRow(order: CertificateOrder) {
  return {
    id: uuidv7(), request_key: order.requestKey, request_hash: requestHash(order), channel: order.channel, type: order.type, ca: CA_OF_TYPE[order.type],
    card_serial: order.cardSerial, person_key: order.personKey, municipality_code: order.municipalityCode, window_id: order.windowId,
    production_batch_id: order.productionBatchId ?? null,
  };
}

/** What a request key stands for; another content under the same key is a conflict. */
function requestHash(order: CertificateOrder): Buffer {
  const { type, cardSerial, personKey, municipalityCode, cardExpiry, replaces } = order;
  return createHash('sha256').update(JSON.stringify([type, cardSerial, personKey, municipalityCode, cardExpiry, replaces])).update(order.csr).digest();
}

function assertSameRequest(order: CertificateOrder, known: IssuanceRow | undefined): void {
  if (known !== undefined && !known.request_hash.equals(requestHash(order))) throw platformProblems.refuse('IDEMPOTENCY_CONFLICT');
}

function readRequest(csr: Buffer): CertificationRequest | 'BAD_CSR' | 'WEAK_KEY' {
  try {
    return parseCsr(csr);
  } catch (error) {
    if (error instanceof PkiError) return error.code === 'WEAK_KEY' ? 'WEAK_KEY' : 'BAD_CSR';
    throw error;
  }
}

function authEndOf(known: Known, order: CertificateOrder): LocalDate | undefined {
  const auth = known.unfinished.find((row) => row.type === 'AUTH_CERT' && row.card_serial === order.cardSerial);
  return auth === undefined ? undefined : toLocalDate(localDateInJapan(auth.not_after));
}

function certificateOf({ row, der }: SignedRequest, now: Date): NewCertificate {
  if (row.serial === null || row.generation === null || row.partition_id === null || row.not_before === null || row.not_after === null || row.record === null || row.fact_version === null) {
    throw new Error('request is not complete');
  }
  return {
    ca: row.ca, serial: row.serial, generation: row.generation, type: row.type, person_key: row.person_key, card_serial: row.card_serial, municipality_code: row.municipality_code,
    partition_id: row.partition_id, channel: row.channel, window_id: row.window_id, production_batch_id: row.production_batch_id, issuance_request_id: row.id,
    fact_version: row.fact_version, not_before: row.not_before, not_after: row.not_after, issued_at: now, der, record: row.record,
  };
}
