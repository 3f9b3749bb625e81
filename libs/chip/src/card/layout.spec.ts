import { describe, expect, it } from 'vitest';
import { COUNTER, NewChip } from '#testing';
import { CLA, INS, type SoftwareCard, authenticate, command, encodeCommand, parseResponse, readSerial, setPins } from '../index.js';

// Addresses as the specification has them, not as our table does: a terminal of somebody else knows no table of ours.
const [JPKI, FACE, INPUT] = ['D392F000260100000001', 'D3921000310001010402', 'D3921000310001010408'];
const octets = (text: string): Buffer => Buffer.from(text, 'latin1');

async function send(card: SoftwareCard, ...sent: Parameters<typeof command>): Promise<string> {
  return parseResponse(await card.transmit(encodeCommand(command(...sent)))).sw.toString(16);
}
async function select(card: SoftwareCard, application: string, file: number): Promise<string> {
  await send(card, [CLA.interindustry, INS.select, 4, 12], Buffer.from(application, 'hex'));
  return send(card, [CLA.interindustry, INS.select, 2, 12], Buffer.of(file >> 8, file & 0xff));
}
const verify = (card: SoftwareCard, value = ''): Promise<string> => send(card, [CLA.interindustry, 0x20, 0, 0x80], octets(value));
const read = (card: SoftwareCard): Promise<string> => send(card, [CLA.interindustry, INS.readBinary, 0, 0], Buffer.alloc(0), 256);

async function handedOver(): Promise<SoftwareCard> {
  const card = await (await NewChip.create('KIBAN00000000009')).finish();
  await authenticate(card, COUNTER, await readSerial(card));
  // The four-digit ones may be the same.
  await setPins(card, { SIGN: octets('AB12C3'), AUTH: octets('1470'), INPUT: octets('1470'), JUKI: octets('1470') }, { birthDate: '1989-03-31', securityCode: '4711' });
  await card.reset();
  return card;
}

describe('the chip as a foreign terminal finds it (CARD-4.8)', () => {
  it('CARD-4.8 secrets by application and file, their tries, and what a wrong, an empty and a blocked VERIFY answer', async () => {
    const card = await handedOver();
    const secrets = [[JPKI, 0x001b, '63c5'], [JPKI, 0x0018, '63c3'], [INPUT, 0x0011, '63c3'], [INPUT, 0x0014, '63ca'], [INPUT, 0x0015, '63ca'], [FACE, 0x0014, '63ca'], [FACE, 0x0015, '63ca']] as const;
    for (const [application = '', file, tries] of secrets) {
      expect(await select(card, application, file), `${application} ${file}`).toBe('9000');
      expect([await verify(card), await verify(card)]).toEqual([tries, tries]);
    }
    await select(card, JPKI, 0x0018);
    expect([await verify(card, '0000'), await verify(card, '0000'), await verify(card, '0000'), await verify(card, '1470'), await verify(card)]).toEqual(['63c2', '63c1', '63c0', '6984', '6984']);
    await select(card, JPKI, 0x001b);
    expect([await verify(card, 'AB12C4'), await verify(card, 'AB12C3'), await verify(card)]).toEqual(['63c4', '9000', '63c5']);
  });

  it('CARD-4.8 certificates, authorities\' certificates and keys by file; the signature certificate needs its PIN, nothing else does', async () => {
    const card = await handedOver();
    for (const key of [0x0017, 0x001a]) expect(await select(card, JPKI, key)).toBe('9000');
    const readable: string[] = [];
    for (const file of [0x0001, 0x0002, 0x000a, 0x000b]) {
      expect(await select(card, JPKI, file)).toBe('9000');
      readable.push(await read(card));
    }
    expect(readable[0]).toBe('6982');
    expect(readable.slice(1)).not.toContain('6982');
    expect([await select(card, JPKI, 0x0003), await select(card, FACE, 0x0011)]).toEqual(['6a82', '6a82']);
  });
});
