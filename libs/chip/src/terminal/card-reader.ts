/** A reader with a card in it: octets of a command in, octets of the answer out (ISO/IEC 7816-4). */
export interface CardReader {
  transmit(octets: Buffer): Promise<Buffer>;
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
