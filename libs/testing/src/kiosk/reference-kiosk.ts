import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { signChallenge, type CardReader } from '#chip';
import type { Actor } from '#platform';
import type { Answer, TestEstate } from '../estate.js';
import type { CardKey } from './centre-neighbours.js';

const API = '/api/issuing-centre/v1';

/** The operator of the kiosks. */
export const SHOP: Actor = { clientId: 'kiosk-shop-1', kind: 'kiosk-operator', organisation: 'shop-1' };

const opened = z.object({ requestId: z.string(), nonce: z.string() });
const ready = z.object({ priceYen: z.number(), pageCount: z.number() });
const content = z.object({ front: z.string(), back: z.string(), copies: z.number(), pageCount: z.number() });

/** `409 BAD_STATE` of a refusal, `200` of a good answer. */
export function codeOf({ status, json }: Answer): string {
  return `${status} ${z.object({ code: z.string().optional() }).safeParse(json).data?.code ?? ''}`.trim();
}

/** A reference kiosk: what the machine in the shop does, without screen, coins and printer. */
export class Kiosk {
  requestId = '';
  private nonce = '';
  readonly contentKey = randomBytes(32).toString('hex');

  constructor(
    private readonly estate: Pick<TestEstate, 'request' | 'clock'>,
    private readonly kioskId: string,
    private readonly municipalityCode: string,
  ) {}

  async open(more: object = {}): Promise<Answer> {
    const answer = await this.post('', { operator: SHOP.organisation, kioskId: this.kioskId, municipalityCode: this.municipalityCode, kioskTime: this.time(), trayClear: true, ...more });
    if (answer.status === 201) ({ requestId: this.requestId, nonce: this.nonce } = opened.parse(answer.json));
    return answer;
  }

  /** By the authentication certificate of a number card. */
  async authenticate({ key, certificate }: CardKey, more: object = {}): Promise<Answer> {
    return this.step('authentication', { kind: 'AUTH_CERT', kioskTime: this.time(), certificate: certificate.toString('base64'), signature: this.signed(key), ...more });
  }

  /** By the card itself in the reader of the kiosk; the PIN is overwritten. */
  async authenticateOnChip(reader: CardReader, pin: Buffer): Promise<Answer> {
    return this.step('authentication', await this.signedOnChip(reader, pin));
  }

  /** What the card says to the challenge of this session. */
  async signedOnChip(reader: CardReader, pin: Buffer): Promise<object> {
    const { certificate, signature } = await signChallenge(reader, pin, this.challenge());
    return { kind: 'AUTH_CERT', kioskTime: this.time(), certificate: certificate.toString('base64'), signature: signature.toString('base64') };
  }

  /** By the ordinance application of a juki card. */
  async authenticateByOrdinance(ordinanceId: string, key: KeyObject): Promise<Answer> {
    return this.step('authentication', { kind: 'ORDINANCE_AP', kioskTime: this.time(), ordinanceId, signature: this.signed(key) });
  }

  async select(type = 'RESIDENT_RECORD', copies = 1, options: readonly string[] = []): Promise<Answer> {
    return this.step('selection', { type, options, copies, contentKey: this.contentKey });
  }

  /** What `select` answered is paid. */
  async pay(selected: Answer): Promise<Answer> {
    return this.step('payment', { amountYen: ready.parse(selected.json).priceYen, paymentRef: `p-${this.kioskId}` });
  }

  async fetch(contentKey = this.contentKey): Promise<Answer> {
    return this.step('content', { contentKey });
  }

  /** A side of the sheets as it is printed. */
  pdfOf(fetched: Answer, side: 'front' | 'back' = 'front'): Buffer {
    return Buffer.from(content.parse(fetched.json)[side], 'base64');
  }

  /** The whole way of a resident; the last answer, or the first refusal. */
  async issue(card: CardKey, type = 'RESIDENT_RECORD', copies = 1): Promise<Answer> {
    for (const step of [() => this.open(), () => this.authenticate(card)]) {
      const answer = await step();
      if (answer.status >= 400) return answer;
    }
    const selected = await this.select(type, copies);
    if (selected.status !== 200) return selected;
    const paid = await this.pay(selected);
    return paid.status === 200 ? this.fetch() : paid;
  }

  async printed(pages: number): Promise<Answer> {
    return this.step('print-report', { pages });
  }

  async taken(): Promise<Answer> {
    return this.step('tray', { paperTaken: true, cardRemoved: true });
  }

  async state(): Promise<string> {
    const answer = await this.estate.request('GET', `${API}/kiosk-sessions/${this.requestId}`, { as: SHOP });
    return z.object({ state: z.string() }).parse(answer.json).state;
  }

  async step(name: string, body: object): Promise<Answer> {
    return this.post(`/${this.requestId}/${name}`, body);
  }

  private async post(path: string, body: object): Promise<Answer> {
    return this.estate.request('POST', `${API}/kiosk-sessions${path}`, { as: SHOP, purpose: 'CONVENIENCE_ISSUANCE', body });
  }

  private signed(key: KeyObject): string {
    return sign('sha256', this.challenge(), key).toString('base64');
  }

  /** CARD-4.15 step 2. */
  private challenge(): Buffer {
    return Buffer.from(`KIBAN-KIOSK-1\n${this.requestId}\n${this.nonce}\n${this.municipalityCode}\n`);
  }

  private time(): string {
    return this.estate.clock.now().toISOString();
  }
}
