import { SoftwareCard } from '../card/software-card.js';
import { FileNvm } from '../memory/nvm.js';
import { SlotMemory } from '../memory/slot-memory.js';
import type { OpenedReader } from './card-reader.js';
import { openPcscReader, type PcscDriver } from './pcsc.js';
import { listenForCard } from './vpcd.js';

/** How the setting of a terminal names its reader. */
export const READER_SETTING = 'software:<file>, vpcd:<port>, pcsc or pcsc:<part of the reader\'s name>';

/**
 * The reader that a terminal is set to: a software card kept in a file, a card that comes to a port of this machine by vpcd, or a PC/SC reader.
 * Throws ReaderFault, and a RangeError where the setting is none of `READER_SETTING`.
 */
export async function openReader(setting: string, load?: () => Promise<PcscDriver>): Promise<OpenedReader> {
  const [, kind, place = ''] = /^(software|vpcd|pcsc)(?::(.+))?$/.exec(setting) ?? [];
  if (kind === 'pcsc') return openPcscReader(place, load);
  if (kind === 'vpcd' && /^\d{1,5}$/.test(place)) return listenForCard(Number(place));
  if (kind === 'software' && place !== '') return softwareReader(place);
  throw new RangeError(`a card reader is ${READER_SETTING}`);
}

function softwareReader(file: string): OpenedReader {
  const card = new SoftwareCard(new SlotMemory(new FileNvm(file)));
  return { transmit: (octets) => card.transmit(octets), powerOn: () => card.reset(), close: () => undefined };
}
