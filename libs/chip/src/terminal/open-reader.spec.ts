import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { NewChip, newPins } from '#testing';
import { CardFault, FileNvm, ReaderFault, openReader, readSerial, triesLeft, verifySecret, type PcscCard, type PcscContext, type PcscDriver, type PcscReader, type SoftwareCard } from '../index.js';

const SERIAL = 'KIBAN00000000001';
const [PRESENT, EXCLUSIVE, T1, UNPOWER] = [0x20, 1, 2, 2];
const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'DONE', (error: unknown) => (error instanceof ReaderFault || error instanceof CardFault ? error.code : error));

/** A machine with PC/SC: its service, one reader, and whatever card is in it. */
class Machine {
  runs = true;
  readers = ['Other Reader 00', 'Specimen Reader 01'];
  card: SoftwareCard | undefined;
  looks = 0;
  /** What is done in the middle of the next command. */
  meanwhile: () => void = () => undefined;
  readonly told: string[] = [];

  driver(): PcscDriver {
    const context = (): PcscContext => {
      if (!this.runs) throw new Error('PC/SC service not running');
      return {
        listReaders: () => this.readers.map((name) => this.reader(name)),
        waitForChange: async () => void (this.looks += 1, this.looks === 2 && (this.card = made)),
        close: () => void this.told.push('closed'),
      };
    };
    return { Context: class { constructor() { return context(); } } as PcscDriver['Context'], SCARD_SHARE_EXCLUSIVE: EXCLUSIVE, SCARD_PROTOCOL_T1: T1, SCARD_STATE_PRESENT: PRESENT, SCARD_UNPOWER_CARD: UNPOWER };
  }

  private reader(name: string): PcscReader {
    const { card } = this;
    return {
      name, state: card === undefined ? 0x10 : PRESENT | 0x100,
      connect: async (shareMode, protocol) => {
        this.told.push(`${name} ${shareMode} ${protocol}`);
        if (card === undefined) throw new Error('No smart card present');
        await card.reset();
        return this.connected(card);
      },
    };
  }

  private connected(card: SoftwareCard): PcscCard {
    return {
      transmit: async (octets, { maxRecvLength }) => {
        const answer = await card.transmit(octets);
        this.meanwhile();
        if (this.card !== card) throw new Error('Card was removed');
        if (answer.length > maxRecvLength) throw new Error('Insufficient buffer');
        return answer;
      },
      disconnect: (disposition) => {
        this.told.push(`off ${disposition}`);
        if (this.card !== card) throw new Error('Card was removed');
      },
    };
  }
}

let made: SoftwareCard;
beforeAll(async () => {
  made = await (await NewChip.create(SERIAL)).finish();
});

describe('the reader of a terminal by its setting (CARD-4.8)', () => {
  it('pcsc: the reader of the name waits for a card, which answers as it does everywhere, alone and by T=1', async () => {
    const machine = new Machine();
    const reader = await openReader('pcsc:Specimen', async () => machine.driver());
    expect(await codeOf(readSerial(reader))).toBe('CARD_AWAY');
    await reader.powerOn();
    expect([await readSerial(reader), machine.looks]).toEqual([SERIAL, 2]);
    reader.close();
    expect(machine.told).toEqual([`Specimen Reader 01 ${EXCLUSIVE} ${T1}`, `off ${UNPOWER}`, 'closed']);
  });

  it('pcsc: a card that is taken away in a command leaves it without an answer, and nothing goes to the next card but after powering it', async () => {
    const machine = new Machine();
    machine.card = made;
    const reader = await openReader('pcsc', async () => machine.driver());
    await reader.powerOn();
    await verifySecret(reader, 'A', Buffer.from('123456789012'));
    machine.meanwhile = () => (machine.card = undefined);
    expect(await codeOf(triesLeft(reader, 'AUTH'))).toBe('CARD_AWAY');
    machine.meanwhile = () => undefined;
    machine.card = made;
    expect(await codeOf(readSerial(reader))).toBe('CARD_AWAY');
    await reader.powerOn();
    expect(await readSerial(reader)).toBe(SERIAL);
    expect(machine.told.slice(1)).toEqual([`off ${UNPOWER}`, `Other Reader 00 ${EXCLUSIVE} ${T1}`]);
  });

  it('pcsc: what is missing is told: package, service, reader, and that it went away', async () => {
    const machine = new Machine();
    const open = (name: string): Promise<unknown> => codeOf(openReader(name, async () => machine.driver()));
    expect(await codeOf(openReader('pcsc', async () => { throw new Error('Cannot find module'); }))).toBe('DRIVER_MISSING');
    expect(await open('pcsc:Another')).toBe('READER_AWAY');
    expect(machine.told).toEqual(['closed']);
    const reader = await openReader('pcsc:Specimen', async () => machine.driver());
    machine.readers = [];
    expect(await codeOf(reader.powerOn())).toBe('READER_AWAY');
    machine.runs = false;
    expect(await open('pcsc')).toBe('SERVICE_AWAY');
  });

  it('software and vpcd by the same setting; anything else is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kiban-reader-'));
    const file = join(folder, 'card');
    const chip = await NewChip.create(SERIAL);
    await chip.finish();
    new FileNvm(file).write(0, chip.nvm.read(0, 131_072));
    const software = await openReader(`software:${file}`);
    await verifySecret(software, 'A', Buffer.from('123456789012'));
    expect([await readSerial(software), await codeOf(verifySecret(software, 'AUTH', newPins().AUTH))]).toEqual([SERIAL, 'PIN_BLOCKED']);
    software.close();
    rmSync(folder, { recursive: true });
    const vpcd = await openReader('vpcd:0');
    vpcd.close();
    for (const setting of ['', 'software', 'vpcd:port', 'usb:1']) await expect(openReader(setting)).rejects.toThrow('a card reader is');
  });
});
