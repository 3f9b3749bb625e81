import { chipRecordOf } from '../card/chip-record.js';
import type { KeyKind } from '../card/layout.js';
import type { Guessable } from '../pin.js';
import { authenticate, type CardAuthority } from './authority.js';
import type { CardReader } from './card-reader.js';
import { requestCertificate, writeCertificate } from './keys.js';
import { activateChip, bindSession, readChipRecord } from './life.js';
import { setPins, type ChosenPins } from './pins.js';

/** A hand-over as the ledger answers it. */
export interface SessionAnswer {
  readonly sessionId: string;
  readonly state: string;
  /** While the chip may be activated without the ledger knowing. */
  readonly doubtId?: string | undefined;
  /** Only with it the card leaves the counter (CARD-4.7). */
  readonly commitToken?: string | undefined;
}

/** The ledger refused; `facts` as it told them. */
export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal';

  constructor(
    readonly code: string,
    readonly facts: Readonly<Record<string, unknown>>,
  ) {
    super(`the ledger refused: ${code}`);
  }
}

export interface WindowCertificate {
  readonly id: string;
  readonly certificate: Buffer;
  readonly authority: Buffer;
}

/** The ledger and the certification authority as a terminal reaches them; every call may be repeated. Refusals are LedgerRefusal, anything else thrown is a fault of the way. */
export interface HandoverLedger {
  open(cardSerial: string): Promise<SessionAnswer>;
  show(sessionId: string): Promise<SessionAnswer>;
  take(sessionId: string, step: 'identity' | 'pins' | 'certificates' | 'chip-written' | 'confirmation', body: object): Promise<SessionAnswer>;
  cancel(sessionId: string): Promise<SessionAnswer>;
  reportRecord(sessionId: string, record: Buffer): Promise<SessionAnswer>;
  /** Channel WINDOW of the authority. */
  issue(cardSerial: string, kind: KeyKind, csr: Buffer): Promise<WindowCertificate>;
  confirmDelivery(id: string, sha256: string): Promise<void>;
}

export interface HandoverWork {
  readonly counter: CardAuthority;
  /** What the clerk saw; the body of the step. */
  readonly identity: object;
  /** Asks the resident at the PIN pad. */
  readonly pins: () => ChosenPins;
  readonly guessable: Guessable;
}

const ROUNDS = 3;

/**
 * Hands the card in the reader over and answers the commit token (CARD-4.7). Whatever was begun before, here or at a terminal that is gone, is
 * found in chip and ledger and goes on, or is undone first; after a fault it is simply called again.
 */
export async function handOver(reader: CardReader, ledger: HandoverLedger, work: HandoverWork): Promise<string> {
  const octets = await readChipRecord(reader);
  const record = chipRecordOf(octets);
  if (record === undefined) throw new Error('not a chip of ours');
  const done = record.activated === undefined ? undefined : await finish(ledger, record.activated, octets);
  if (done !== undefined) return done;
  await authenticate(reader, work.counter, record.cardSerial);
  for (let round = 1; ; round += 1) {
    try {
      const session = await ledger.open(record.cardSerial);
      return await walkThrough(reader, ledger, work, { ...session, cardSerial: record.cardSerial });
    } catch (error) {
      if (!(error instanceof LedgerRefusal) || round === ROUNDS) throw error;
      const token = await clear(reader, ledger, error);
      if (token !== undefined) return token;
    }
  }
}

/** The token of the hand-over that activated the chip, reported now if its terminal could not; undefined when it was undone, or is not known. */
async function finish(ledger: HandoverLedger, sessionId: string, record: Buffer): Promise<string | undefined> {
  const { state, commitToken, doubtId } = await ledger.show(sessionId).catch(unlessUnknown);
  if (commitToken !== undefined || state === 'COMPENSATED' || doubtId === undefined) return commitToken;
  return (await ledger.reportRecord(sessionId, record)).commitToken;
}

/** A chip that was activated in a rehearsal knows a session that the ledger does not. */
function unlessUnknown(error: unknown): Partial<SessionAnswer> {
  if (error instanceof LedgerRefusal && error.code === 'NOT_FOUND') return {};
  throw error;
}

/** Clears away the hand-over of a terminal that is gone: the chip in this reader decides. Throws the refusal when nothing of that kind stands in the way. */
async function clear(reader: CardReader, ledger: HandoverLedger, refusal: LedgerRefusal): Promise<string | undefined> {
  const { sessionId, doubtId } = refusal.facts;
  if ((refusal.code !== 'CARD_NOT_PRESET' && refusal.code !== 'CARD_IN_DOUBT') || typeof sessionId !== 'string') throw refusal;
  const doubt = typeof doubtId === 'string' ? doubtId : (await ledger.cancel(sessionId)).doubtId;
  if (doubt === undefined) return undefined;
  return (await ledger.reportRecord(sessionId, await bindSession(reader, doubt))).commitToken;
}

type OpenSession = SessionAnswer & { readonly cardSerial: string };

async function walkThrough(reader: CardReader, ledger: HandoverLedger, work: HandoverWork, { sessionId, state, cardSerial }: OpenSession): Promise<string> {
  // Fences off every terminal before, also when the PINs are set already.
  await bindSession(reader, sessionId);
  if (state === 'OPEN') await ledger.take(sessionId, 'identity', work.identity);
  if (state === 'OPEN' || state === 'IDENTITY_OK') {
    const pins = work.pins();
    const flags = { signPinSet: pins.SIGN !== undefined, authPinSet: pins.AUTH !== undefined, inputPinSet: pins.INPUT !== undefined, jukiPinSet: pins.JUKI !== undefined };
    await setPins(reader, pins, work.guessable);
    await ledger.take(sessionId, 'pins', flags);
  }
  await certify(reader, ledger, { sessionId, cardSerial });
  const record = await activateChip(reader, sessionId);
  await ledger.take(sessionId, 'chip-written', { activationRecord: record.toString('base64') });
  const { commitToken } = await ledger.take(sessionId, 'confirmation', {});
  if (commitToken === undefined) throw new Error('the ledger did not confirm');
  return commitToken;
}

/** Step 4; where the certificates of production cannot come into force, new keys and channel WINDOW, written and read back (CARD-4.7). */
async function certify(reader: CardReader, ledger: HandoverLedger, { sessionId, cardSerial }: { readonly sessionId: string; readonly cardSerial: string }): Promise<void> {
  try {
    await ledger.take(sessionId, 'certificates', {});
  } catch (error) {
    if (!(error instanceof LedgerRefusal) || error.code !== 'WINDOW_ISSUE_NEEDED') throw error;
    const types = String(error.facts['types']).split(' ');
    // Authentication first: a signature certificate does not outlive the one beside it.
    for (const kind of (['AUTH', 'SIGN'] as const).filter((one) => types.includes(`${one}_CERT`))) {
      const { id, certificate, authority } = await ledger.issue(cardSerial, kind, await requestCertificate(reader, kind, cardSerial));
      await ledger.confirmDelivery(id, await writeCertificate(reader, kind, { certificate, authority }));
    }
    await ledger.take(sessionId, 'certificates', {});
  }
}
