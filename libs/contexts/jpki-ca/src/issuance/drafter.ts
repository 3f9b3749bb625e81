import { createHash, randomInt } from 'node:crypto';
import { InvalidValue, endOfDayInJapan, localDateInJapan, type LocalDate } from '#kernel';
import type { PersonView } from '#contracts/juki-net';
import { PkiError, buildTbsCertificate, lintCertificate, parseCsr, preCertificate, type CertificateLint, type CertificationRequest } from '#pki';
import { uuidv7, type Ctx } from '#platform';
import { CA_IDS, CA_OF_TYPE, type CaId } from '../ca/ca.js';
import type { Authorities, Authority } from '../ca/authorities.js';
import type { CaStore } from '../ca/ca.store.js';
import { keyAnswer } from '../ca/key-answer.js';
import type { CertificateRow, CertificateStore } from '../certificate/certificate.store.js';
import { placeOf, type CrlStore, type PartitionRow } from '../crl/crl.store.js';
import { fourAttributesOf } from '../profile/four-attributes.js';
import { holderLints } from '../profile/lints.js';
import { authCommonName, signCommonName } from '../profile/subject-names.js';
import { certificateEnd } from '../profile/validity.js';
import { orderFault, type CertificateOrder, type OrderFault } from './issuance.js';
import type { IssuanceRow } from './issuance.store.js';

export type DraftFault = OrderFault | 'BAD_CSR' | 'WEAK_KEY' | 'KEY_REUSED' | 'LINT_FAILED';

/** A request as it will be recorded: what is to be signed with the digest of its key, or why not. */
export type Draft =
  | { readonly order: CertificateOrder; readonly row: IssuanceRow; readonly keyHash: Buffer; readonly fault?: undefined }
  | { readonly order: CertificateOrder; readonly row: IssuanceRow; readonly fault: DraftFault };

export interface DrafterParts {
  readonly authorities: Authorities;
  readonly cas: CaStore;
  readonly certificates: CertificateStore;
  readonly partitions: CrlStore;
}

/** What the checks of a page of orders look at, read with one statement a table. */
interface Known {
  readonly persons: ReadonlyMap<string, PersonView>;
  readonly partitions: ReadonlyMap<string, PartitionRow>;
  readonly unfinished: readonly CertificateRow[];
  readonly today: LocalDate;
  readonly now: Date;
}

interface Passed {
  readonly order: CertificateOrder;
  readonly person: PersonView;
  readonly partition: PartitionRow;
  readonly request: CertificationRequest;
  readonly end: LocalDate;
}

interface Signing {
  readonly authority: Authority;
  readonly serial: number;
  readonly now: Date;
}

/** Makes drafts of certificates: the checks of JPKI 4.6, names and dates, and the lint before the authority's key is used. */
export class Drafter {
  private readonly lints: readonly CertificateLint[];

  constructor(private readonly parts: DrafterParts) {
    this.lints = holderLints(parts.authorities.profiles.organisation);
  }

  /** In the order given, which must have authentication before signature certificates. Rejected orders use up no serial number. */
  async draft(ctx: Ctx, orders: readonly CertificateOrder[], persons: ReadonlyMap<string, PersonView>): Promise<Draft[]> {
    const known = await this.known(ctx, orders, persons);
    const authEnds = new Map<string, LocalDate>();
    const judged = orders.map((order) => {
      const verdict = lintFailedWhenOdd(() => judge(order, known, authEnds.get(order.cardSerial)));
      if (order.type === 'AUTH_CERT' && typeof verdict !== 'string') authEnds.set(order.cardSerial, verdict.end);
      return { order, verdict };
    });
    const passed = judged.flatMap(({ verdict }) => (typeof verdict === 'string' ? [] : [verdict]));
    const drafts = new Map<CertificateOrder, Draft>();
    for (const ca of CA_IDS) {
      const own = passed.filter(({ partition }) => partition.ca === ca);
      if (own.length === 0) continue;
      const authority = await keyAnswer(() => this.parts.authorities.issuing(ctx.db, ca, ctx.now));
      const serials = await this.parts.cas.nextSerials(ctx.db, ca, own.length);
      for (const [index, one] of own.entries()) drafts.set(one.order, this.linted(one, { authority, serial: serials[index] ?? 0, now: ctx.now }));
    }
    return judged.flatMap(({ order, verdict }) => (typeof verdict === 'string' ? rejected(order, verdict) : (drafts.get(order) ?? [])));
  }

  private async known(ctx: Ctx, orders: readonly CertificateOrder[], persons: ReadonlyMap<string, PersonView>): Promise<Known> {
    const { partitions, certificates } = this.parts;
    const open = await partitions.openPartitions(ctx.db, [...new Set(orders.map(({ municipalityCode }) => municipalityCode))]);
    const unfinished = await certificates.unfinishedConcerning(ctx.db, { personKeys: orders.map(({ personKey }) => personKey), cardSerials: orders.map(({ cardSerial }) => cardSerial) });
    return { persons, partitions: new Map(open.map((partition) => [`${partition.ca}-${partition.municipality_code}`, partition])), unfinished, today: localDateInJapan(ctx.now), now: ctx.now };
  }

  private linted({ order, person, partition, request, end }: Passed, { authority, serial, now }: Signing): Draft {
    const profile = this.parts.authorities.profiles.holder[order.type];
    const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
    const notAfter = endOfDayInJapan(end);
    const commonName = order.type === 'SIGN_CERT' ? signCommonName(notBefore, serial, order.windowId) : authCommonName(order.windowId, randomInt);
    const { nameKanji, aliasName, birthDate, sex, address, foreignResident } = person;
    const identity = { nameKanji, aliasName, birthDate, sex, address, foreignResident };
    const tbs = lintFailedWhenOdd(() => {
      const parameters = { ...placeOf(partition), commonName, ...(order.type === 'SIGN_CERT' ? fourAttributesOf(identity) : {}) };
      return buildTbsCertificate({ profile, parameters, serial: BigInt(serial), issuer: authority.issuer, notBefore, notAfter, spki: request.spki });
    });
    if (typeof tbs === 'string') return rejected(order, tbs);
    const findings = lintCertificate(preCertificate(tbs, authority.key.algorithm), authority.certificate, { profile, lints: this.lints });
    if (findings.length > 0) return rejected(order, 'LINT_FAILED');
    const row: IssuanceRow = {
      ...rowOf(order), state: 'LINTED', serial, generation: authority.generation, partition_id: partition.id, fact_version: person.factVersion, not_before: notBefore, not_after: notAfter,
      tbs, record: JSON.stringify(order.type === 'SIGN_CERT' ? { commonName, ...identity } : { commonName }),
    };
    return { order, row, keyHash: createHash('sha256').update(request.rsa.modulus.toString(16)).digest() };
  }
}

/** Facts that no certificate can show, as a birth before the first era, are the fault of their order and of no other. */
function lintFailedWhenOdd<T>(work: () => T): T | 'LINT_FAILED' {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidValue || error instanceof PkiError) return 'LINT_FAILED';
    throw error;
  }
}

function judge(order: CertificateOrder, known: Known, newAuthEnd: LocalDate | undefined): Passed | DraftFault {
  const person = known.persons.get(order.personKey);
  const partition = known.partitions.get(`${CA_OF_TYPE[order.type]}-${order.municipalityCode}`);
  const lasting = known.unfinished.filter((row) => row.not_after.getTime() >= known.now.getTime());
  const same = lasting.filter((row) => row.type === order.type);
  const inForce = same.find((row) => row.person_key === order.personKey && (row.state === 'VALID' || row.state === 'HELD'));
  const onCard = same.some((row) => row.card_serial === order.cardSerial);
  const fault = orderFault(order, { holder: person, partitionOpen: partition !== undefined, onCard, inForce: inForce !== undefined, today: known.today });
  if (fault !== undefined || person === undefined || partition === undefined) return fault ?? 'NOT_RESIDENT';
  const request = readRequest(order.csr);
  if (typeof request === 'string') return request;
  const besides = lasting.find((row) => row.type === 'AUTH_CERT' && row.card_serial === order.cardSerial);
  const authEnd = newAuthEnd ?? (besides === undefined ? undefined : localDateInJapan(besides.not_after));
  const end = certificateEnd({
    issuedOn: known.today,
    birthDate: person.birthDate,
    cardExpiry: order.cardExpiry,
    authEnd: order.type === 'SIGN_CERT' ? authEnd : undefined,
    renewedEnd: order.replaces && inForce !== undefined ? localDateInJapan(inForce.not_after) : undefined,
  });
  return { order, person, partition, request, end };
}

function readRequest(csr: Buffer): CertificationRequest | 'BAD_CSR' | 'WEAK_KEY' {
  try {
    return parseCsr(csr);
  } catch (error) {
    if (error instanceof PkiError) return error.code === 'WEAK_KEY' ? 'WEAK_KEY' : 'BAD_CSR';
    throw error;
  }
}

/** The record of a request that is refused. */
export function rejected(order: CertificateOrder, fault: DraftFault): Draft {
  return { order, fault, row: { ...rowOf(order), state: 'REJECTED', code: fault } };
}

function rowOf(order: CertificateOrder): Omit<IssuanceRow, 'state'> {
  const ca: CaId = CA_OF_TYPE[order.type];
  return {
    id: uuidv7(), request_key: order.requestKey, request_hash: requestHash(order), channel: order.channel, type: order.type, code: null, ca, serial: null, generation: null,
    card_serial: order.cardSerial, person_key: order.personKey, municipality_code: order.municipalityCode, partition_id: null, window_id: order.windowId,
    production_batch_id: order.productionBatchId ?? null, fact_version: order.factVersion ?? null, not_before: null, not_after: null, tbs: null, record: null,
  };
}

/** What a request key stands for; another content under the same key is a conflict. */
export function requestHash(order: CertificateOrder): Buffer {
  const { type, cardSerial, personKey, municipalityCode, cardExpiry, replaces } = order;
  return createHash('sha256').update(JSON.stringify([type, cardSerial, personKey, municipalityCode, cardExpiry, replaces])).update(order.csr).digest();
}
