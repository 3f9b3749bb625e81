import { createHmac, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import PDFDocument from 'pdfkit';
import type { z, ZodType } from 'zod';
import { cardIssuanceEvents, cardIssuanceProto, cardLedgerState } from '#contracts/card-issuance';
import { authCertificateStatus, jpkiCaEvents, jpkiCaProto } from '#contracts/jpki-ca';
import { bindingMessage, bindingText, municipalIssuerEvents, municipalIssuerProblems, municipalIssuerProto, renderCertificate, type BindingBlock } from '#contracts/municipal-issuer';
import type { EventDefinition, RpcDefinition } from '#kernel';
import { buildTbsCertificate, generateRsaKey, issuerOf, parseCertificate, signCertificate, signingKeyOf, type CertificateProfile, type ParsedCertificate } from '#pki';
import { platformProblems, useCase, type ContextModule, type UseCase } from '#platform';

/** Shared by the centre and every municipality of a spec. */
export const BINDING_KEY = Buffer.alloc(32, 9);

const HANGS_MS = 6_000;

type Order = z.output<typeof renderCertificate.input>;
export type Rendering = { readonly pdf: Buffer; readonly binding: BindingBlock };

/** The neighbours of the centre for specs: they answer from what a spec sets, and misbehave on demand. */
export class CentreNeighbours {
  readonly statuses = new Map<string, z.input<typeof authCertificateStatus.output>>();
  readonly ledger = new Map<string, 'ACTIVE' | 'SUSPENDED' | 'ABOLISHED'>();
  authorityAway = false;
  /** It takes the question and does not answer it in time. */
  authorityHangs = false;
  /** What the server of the municipality makes of what it should answer. */
  municipality: (order: Order, good: Rendering) => Promise<Rendering> | Rendering = (_order, good) => good;
  readonly orders: Order[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'kiban-none-'));

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  modules(): ContextModule[] {
    return [
      this.module('jpki-ca', jpkiCaProto, jpkiCaEvents, this.answering(authCertificateStatus, async ({ serial }) => {
        if (this.authorityHangs) await setTimeout(HANGS_MS);
        if (this.authorityAway) throw platformProblems.refuse('INTERNAL');
        return this.statuses.get(serial) ?? { status: 'UNKNOWN' };
      })),
      this.module('card-issuance', cardIssuanceProto, cardIssuanceEvents, this.answering(cardLedgerState, ({ cardSerial }) => ({ state: this.ledger.get(cardSerial) }))),
      this.module('municipal-issuer', municipalIssuerProto, municipalIssuerEvents, this.answering(renderCertificate, async (order) => {
        this.orders.push(order);
        return this.municipality(order, await renderingOf(order));
      })),
    ];
  }

  private answering<I, O>(rpc: RpcDefinition<I, O>, reply: (input: I) => unknown): Record<string, UseCase> {
    const spec = useCase({ action: `${rpc.context}.spec.${rpc.method}`, kind: 'question', summary: 'Answers as a spec says', input: rpc.input, output: rpc.output as ZodType, refusals: [] });
    return { [`${rpc.service}.${rpc.method}`]: { spec, execute: async (_ctx, input) => reply(rpc.input.parse(input)) } };
  }

  private module(name: string, proto: URL, events: readonly EventDefinition<unknown>[], grpc: Record<string, UseCase>): ContextModule {
    return {
      name, title: `${name} of a spec`, proto, events, migrations: pathToFileURL(`${this.folder}/`),
      policy: Object.values(grpc).map(({ spec }) => ({ action: spec.action, institution: 'service', clients: ['svc-issuing-centre'], purposes: ['CONVENIENCE_ISSUANCE'], scope: 'nation', basis: 'spec' })),
      build: () => ({ http: [], grpc, subscriptions: [], jobs: [], schedules: [] }),
    };
  }
}

/** What a sound server answers: a real PDF of one page that carries its binding. */
export async function renderingOf(order: Order, pageCount = 1): Promise<Rendering> {
  const facts = { requestId: order.requestId, type: order.type, pageCount, issuedAt: '2016-02-01T03:00:00.000Z' };
  const binding = { ...facts, residentKeyMac: createHmac('sha256', BINDING_KEY).update(bindingMessage(order.municipalityCode, order.residentKey, facts)).digest() };
  const document = new PDFDocument({ size: 'A4', info: { Title: order.type, KibanBinding: bindingText(binding) } as PDFKit.DocumentInfo });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = new Promise((resolve) => void document.on('end', resolve));
  document.text(`${order.type} of ${order.residentKey}`);
  document.end();
  await end;
  return { pdf: Buffer.concat(chunks), binding };
}

/** As a municipality refuses. */
export const refusedByMunicipality = (code: keyof typeof municipalIssuerProblems.definitions): never => {
  throw municipalIssuerProblems.refuse(code);
};

const PROFILE: CertificateProfile = {
  id: 'spec', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'An authority of a spec' }],
  validity: { maxDays: 2_000 }, extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } }],
};

/** The authentication certificate of a card, with its key. */
export interface CardKey {
  readonly key: KeyObject;
  readonly certificate: Buffer;
  readonly serial: string;
}

/** An authority that signs authentication certificates, valid from 2016 to 2020. */
export class SpecAuthority {
  private constructor(
    private readonly key: KeyObject,
    readonly certificate: ParsedCertificate,
    /** Of all cards: keys are dear. */
    private readonly cardKey: KeyObject,
  ) {}

  static async create(): Promise<SpecAuthority> {
    const [key, cardKey] = [await generateRsaKey(2048), await generateRsaKey(2048)];
    return new SpecAuthority(key, await issue(key, key, 1n), cardKey);
  }

  async card(serial: bigint, notAfter?: Date): Promise<CardKey> {
    const { der } = await issue(this.key, this.cardKey, serial, { certificate: this.certificate, notAfter });
    const digits = serial.toString(16);
    return { key: this.cardKey, certificate: der, serial: digits.length % 2 === 0 ? digits : `0${digits}` };
  }
}

async function issue(by: KeyObject, of: KeyObject, serial: bigint, under?: { readonly certificate: ParsedCertificate; readonly notAfter: Date | undefined }): Promise<ParsedCertificate> {
  const signing = signingKeyOf(PROFILE.id, by);
  const profile = under === undefined ? PROFILE : { ...PROFILE, subject: [{ type: 'C' as const, value: 'JP' }, { type: 'O' as const, value: `Card ${serial}` }] };
  const tbs = buildTbsCertificate({
    profile, serial, issuer: under === undefined ? 'self' : issuerOf(under.certificate), notBefore: new Date('2016-01-01T00:00:00Z'), notAfter: under?.notAfter ?? new Date('2020-01-01T00:00:00Z'),
    spki: signingKeyOf(PROFILE.id, of).publicKeySpki,
  });
  return parseCertificate(await signCertificate(tbs, signing));
}
