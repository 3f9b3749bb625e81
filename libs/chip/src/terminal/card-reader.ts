/** A reader with a card in it: octets of a command in, octets of the answer out (ISO/IEC 7816-4). */
export interface CardReader {
  transmit(octets: Buffer): Promise<Buffer>;
}

/** A reader that a terminal has opened. */
export interface OpenedReader extends CardReader {
  /** The card loses what was verified and is powered anew; resolves when one is there. Needed again after it was taken away. */
  powerOn(): Promise<void>;
  close(): void;
}

/** Why there is no answer of a card: the driver is not installed, its service does not run, the reader is not there, or the card is not, any more or yet. */
export type ReaderFaultCode = 'DRIVER_MISSING' | 'SERVICE_AWAY' | 'READER_AWAY' | 'CARD_AWAY';

/** Something between terminal and card is missing; what was asked of the card last has no answer. */
export class ReaderFault extends Error {
  override readonly name = 'ReaderFault';

  constructor(
    readonly code: ReaderFaultCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** What a card answered instead of doing it. The octets of commands are in no message: they may hold a PIN. */
export class CardFault extends Error {
  override readonly name = 'CardFault';

  /** @param triesLeft tries left of the secret in question, 0 when it is blocked; undefined when no secret was. */
  constructor(
    readonly code: CardFaultCode,
    readonly sw: number,
    readonly triesLeft?: number,
  ) {
    super(`the card refused: ${code} ${sw.toString(16)}`);
  }
}

export type CardFaultCode = 'PIN_WRONG' | 'PIN_BLOCKED' | 'NOT_AUTHORISED' | 'NOT_FOUND' | 'TERMINATED' | 'REFUSED';
