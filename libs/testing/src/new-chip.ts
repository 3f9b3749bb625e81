import { randomBytes } from 'node:crypto';
import {
  MemoryNvm, activateChip, authenticate, bindSession, setPins, SlotMemory, SoftwareCard, authorityOf, initialiseChip, personalise, requestCertificates, type CardAuthority, type CardReader, type KeyKind,
} from '#chip';

const MAKER_KEY = randomBytes(32);
const COUNTER_MASTER = randomBytes(32);
const maker = authorityOf('MAKER', MAKER_KEY);

/** The counters' authority over every chip made here. */
export const COUNTER: CardAuthority = authorityOf('COUNTER', COUNTER_MASTER);

/** DER of a certificate and of its authority's. */
export type Certified = ReadonlyMap<KeyKind, { readonly certificate: Buffer; readonly authority: Buffer }>;

/** PINs that the rules allow the specimen. */
export const newPins = (): { SIGN: Buffer; AUTH: Buffer; INPUT: Buffer; JUKI: Buffer } => ({ SIGN: Buffer.from('AB12C3'), AUTH: Buffer.from('1470'), INPUT: Buffer.from('2581'), JUKI: Buffer.from('2581') });

/** What a counter does with the chip in a hand-over; the activation record, base64. */
export async function activateFor(card: CardReader, cardSerial: string, sessionId: string): Promise<string> {
  await authenticate(card, COUNTER, cardSerial);
  await bindSession(card, sessionId);
  await setPins(card, newPins(), { birthDate: '1989-03-31', securityCode: '4711' });
  return (await activateChip(card, sessionId)).toString('base64');
}

/** A software card at its maker. */
export class NewChip {
  private constructor(
    readonly cardSerial: string,
    readonly card: SoftwareCard,
    readonly nvm: MemoryNvm,
    /** SubjectPublicKeyInfo DER, as the ledger registers it. */
    readonly chipKey: Buffer,
  ) {}

  static async create(cardSerial: string): Promise<NewChip> {
    const nvm = new MemoryNvm();
    const card = SoftwareCard.blank(new SlotMemory(nvm), MAKER_KEY);
    return new NewChip(cardSerial, card, nvm, await initialiseChip(card, maker, { cardSerial, counterMaster: COUNTER_MASTER }));
  }

  /** PKCS#10 requests of new keys. */
  requests(kinds: readonly KeyKind[]): Promise<ReadonlyMap<KeyKind, Buffer>> {
    return requestCertificates(this.card, this.cardSerial, kinds);
  }

  /** Personalised, powered off. Number A is 123456789012, B that of the specimen. */
  async finish(certificates: Certified = new Map()): Promise<SoftwareCard> {
    const [numberA, numberB] = [Buffer.from('123456789012'), Buffer.from('01033120251234')];
    const files = ['number image', 'face', 'number', 'four items', 'code'].map((text) => Buffer.from(text));
    await personalise(this.card, maker, { cardSerial: this.cardSerial, counterMaster: COUNTER_MASTER, numberA, numberB, files }, certificates);
    await this.card.reset();
    return this.card;
  }
}
