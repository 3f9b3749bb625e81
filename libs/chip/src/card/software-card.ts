import { CLA, INS, encodeResponse, parseCommand, type Command, type Response } from '../apdu/apdu.js';
import { SW } from '../apdu/status-word.js';
import { PowerLoss } from '../memory/nvm.js';
import type { CardMemory } from '../memory/slot-memory.js';
import type { CardReader } from '../terminal/card-reader.js';
import { CardRefusal, Chip } from './chip.js';
import { blankChip, encodeContent } from './chip-content.js';
import { readBinary, select, updateBinary } from './file-commands.js';
import { computeSignature, generateKey } from './key-commands.js';
import { activate, bindSession, externalAuthenticate, finishPersonalisation, getChallenge, initialise, readChipRecord, terminate } from './life-commands.js';
import { changeReferenceData, putSecret, resetRetryCounter, verify } from './secret-commands.js';

type Handler = (chip: Chip, command: Command) => Response | Promise<Response>;

const STANDARD: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [INS.select, select], [INS.readBinary, readBinary], [INS.updateBinary, updateBinary], [INS.verify, verify], [INS.changeReferenceData, changeReferenceData],
  [INS.resetRetryCounter, resetRetryCounter], [INS.generateKeyPair, generateKey], [INS.performSecurityOperation, computeSignature],
  [INS.getChallenge, getChallenge], [INS.externalAuthenticate, externalAuthenticate],
]);
const OWN: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  // The published card libraries send this one in the own class.
  [INS.performSecurityOperation, computeSignature],
  [INS.putSecret, putSecret], [INS.initialise, initialise], [INS.finishPersonalisation, finishPersonalisation], [INS.bindSession, bindSession], [INS.activate, activate],
  [INS.readChipRecord, readChipRecord], [INS.terminate, terminate],
]);
const AFTER_THE_END: readonly number[] = [INS.readChipRecord];

/** The number card in software (CARD-4.8): every change is kept before its answer leaves. */
export class SoftwareCard implements CardReader {
  private chip: Chip;
  private last: Promise<unknown> = Promise.resolve();

  /** The chip that the memory holds. */
  constructor(private readonly memory: CardMemory) {
    this.chip = new Chip(memory);
  }

  /** A blank chip that this maker may personalise. */
  static blank(memory: CardMemory, makerKey: Buffer): SoftwareCard {
    memory.write(encodeContent(blankChip(makerKey)));
    return new SoftwareCard(memory);
  }

  /** Power off and on: what was verified is forgotten, what is kept is read anew. */
  async reset(): Promise<void> {
    await this.last.catch(() => undefined);
    this.chip = new Chip(this.memory);
  }

  /** One command after the other. Throws PowerLoss when the memory lost power. */
  async transmit(octets: Buffer): Promise<Buffer> {
    const answer = this.last.catch(() => undefined).then(() => this.answer(octets));
    this.last = answer;
    return encodeResponse(await answer);
  }

  private async answer(octets: Buffer): Promise<Response> {
    try {
      const command = parseCommand(octets);
      if (command === undefined) throw new CardRefusal(SW.wrongLength);
      return await this.handlerOf(command)(this.chip, command);
    } catch (error) {
      if (error instanceof PowerLoss) {
        this.chip = new Chip(this.memory);
        throw error;
      }
      return { data: Buffer.alloc(0), sw: error instanceof CardRefusal ? error.sw : error instanceof RangeError ? SW.noSpace : SW.internal };
    }
  }

  private handlerOf({ cla, ins }: Command): Handler {
    if (cla !== CLA.interindustry && cla !== CLA.own) throw new CardRefusal(SW.unknownClass);
    const handler = (cla === CLA.interindustry ? STANDARD : OWN).get(ins);
    if (handler === undefined) throw new CardRefusal(SW.unknownInstruction);
    if (this.chip.content.state === 'TERMINATED' && !AFTER_THE_END.includes(ins)) throw new CardRefusal(SW.terminated);
    return handler;
  }
}
