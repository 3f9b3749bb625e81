import { ReaderFault, type OpenedReader } from './card-reader.js';

/** Optional, since it is compiled where it is installed: types and build do without it. */
const PACKAGE: string = 'smartcard';
/** Of an answer with extended length: 65,536 octets and the status word. */
const MOST_ANSWER = 65_538;
const LOOK_MS = 5_000;

/** What is used of the package `smartcard`, version 3: the interface of PC/SC on Linux, macOS and Windows. Whatever else fulfils it can take its place. */
export interface PcscDriver {
  /** Throws where the service does not run. */
  readonly Context: new () => PcscContext;
  readonly SCARD_SHARE_EXCLUSIVE: number;
  readonly SCARD_PROTOCOL_T1: number;
  readonly SCARD_STATE_PRESENT: number;
  readonly SCARD_UNPOWER_CARD: number;
}

export interface PcscContext {
  listReaders(): readonly PcscReader[];
  /** Resolves when something changed since `readers` were listed, or after that time. */
  waitForChange(readers: readonly PcscReader[], timeoutMs: number): Promise<unknown>;
  close(): void;
}

export interface PcscReader {
  readonly name: string;
  /** SCARD_STATE_* as they were when it was listed. */
  readonly state: number;
  connect(shareMode: number, protocol: number): Promise<PcscCard>;
}

export interface PcscCard {
  /** Rejects when the card was taken away. */
  transmit(octets: Buffer, options: { readonly maxRecvLength: number }): Promise<Buffer>;
  disconnect(disposition: number): void;
}

/** The PC/SC reader of which the name has `part` in it, for this process alone. Throws ReaderFault. */
export async function openPcscReader(part: string, load: () => Promise<PcscDriver> = () => import(PACKAGE)): Promise<OpenedReader> {
  const driver = await load().catch((error: unknown) => {
    throw new ReaderFault('DRIVER_MISSING', `the optional package ${PACKAGE} is not installed or not compiled`, error);
  });
  const context = ofService(() => new driver.Context());
  const reader = new ReaderByPcsc(driver, context, part);
  try {
    reader.find();
  } catch (error) {
    context.close();
    throw error;
  }
  return reader;
}

function ofService<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ReaderFault('SERVICE_AWAY', 'the PC/SC service of this machine does not answer (pcscd on Linux)', error);
  }
}

/** Nothing is connected again by itself: a card that comes back has forgotten what was verified, and may be another one. */
class ReaderByPcsc implements OpenedReader {
  private card: PcscCard | undefined;

  constructor(
    private readonly driver: PcscDriver,
    private readonly context: PcscContext,
    private readonly part: string,
  ) {}

  find(): PcscReader {
    const found = ofService(() => this.context.listReaders()).find(({ name }) => name.includes(this.part));
    if (found === undefined) throw new ReaderFault('READER_AWAY', 'there is no such PC/SC reader');
    return found;
  }

  async powerOn(): Promise<void> {
    this.powerOff();
    const { SCARD_STATE_PRESENT, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T1 } = this.driver;
    let reader = this.find();
    for (; (reader.state & SCARD_STATE_PRESENT) === 0; reader = this.find()) await this.context.waitForChange([reader], LOOK_MS);
    // Extended lengths are in T=1 alone; no other program may speak with the card between two commands.
    this.card = await reader.connect(SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T1).catch((error: unknown) => {
      throw new ReaderFault('CARD_AWAY', 'the card does not answer', error);
    });
  }

  async transmit(octets: Buffer): Promise<Buffer> {
    if (this.card === undefined) throw new ReaderFault('CARD_AWAY', 'there is no card');
    try {
      return await this.card.transmit(octets, { maxRecvLength: MOST_ANSWER });
    } catch (error) {
      this.powerOff();
      throw new ReaderFault('CARD_AWAY', 'the card was taken away', error);
    }
  }

  close(): void {
    this.powerOff();
    this.context.close();
  }

  private powerOff(): void {
    const { card } = this;
    this.card = undefined;
    try {
      card?.disconnect(this.driver.SCARD_UNPOWER_CARD);
    } catch {
      // It is gone already.
    }
  }
}
