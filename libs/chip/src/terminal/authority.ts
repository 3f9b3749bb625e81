import { createHmac } from 'node:crypto';
import { CLA, INS, command } from '../apdu/apdu.js';
import { proofOf } from '../card/life-commands.js';
import type { CardReader } from './card-reader.js';
import { send } from './channel.js';

/** Whoever may change what is in a chip: holds the key, answers a card's challenge. */
export interface CardAuthority {
  readonly role: 'MAKER' | 'COUNTER';
  /** `cardSerial` is empty for a maker: a blank chip has none. */
  answer(cardSerial: string, challenge: Buffer): Promise<Buffer>;
}

/** The key of a card's counter: HMAC-SHA256 of its serial under the master key, so that one card's key opens no other card. */
export function counterKeyOf(master: Buffer, cardSerial: string): Buffer {
  return createHmac('sha256', master).update(`counter:${cardSerial}`).digest();
}

/** An authority whose key is in this process; a counter's key may as well be in a module that answers for it. */
export function authorityOf(role: CardAuthority['role'], key: Buffer): CardAuthority {
  return { role, answer: async (cardSerial, challenge) => proofOf(role === 'MAKER' ? key : counterKeyOf(key, cardSerial), challenge) };
}

/** Proves the authority to the card until its power goes. */
export async function authenticate(reader: CardReader, authority: CardAuthority, cardSerial: string): Promise<void> {
  const challenge = await send(reader, command([CLA.interindustry, INS.getChallenge, 0, 0], Buffer.alloc(0), 16));
  const answer = await authority.answer(cardSerial, challenge);
  await send(reader, command([CLA.interindustry, INS.externalAuthenticate, 0, authority.role === 'MAKER' ? 0x01 : 0x02], answer));
}
