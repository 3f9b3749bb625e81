import { type KeyObject, sign } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { PkiError } from '#pki';
import type { Dice } from '#testing/population';
import { type DerNode, encode, leaf, placesOf, treeOf } from './der-tree.js';
import { MAX_INPUT, damaged, mutated } from './mutations.js';
import { type Sample, type Surroundings, TARGETS, type Target, digestOf } from './samples.js';
import { read } from './targets.js';

/** No message may keep others waiting longer; time of the processor, since a busy machine makes anything slow. */
export const MAX_MILLISECONDS = 1_000;
/** No message of half a megabyte may take more. */
const MAX_OCTETS = 256 * 1024 * 1024;

/** What is wrong with how a message was read; `sign` tells findings apart. */
export interface Finding {
  readonly target: Target;
  readonly der: Buffer;
  readonly sign: string;
}

/** A message to be read by a parser. */
export interface Attempt {
  readonly target: Target;
  readonly der: Buffer;
  readonly signed: boolean;
}

/** The first frame that is ours, without its place in the file. */
function frameOf(error: Error): string {
  return /\n\s+at (?:new )?([\w.#<>]+) .*(?:libs\/pki|libs[/\\]pki)/.exec(error.stack ?? '')?.[1] ?? '';
}

/** What is wrong, or undefined: anything but a refusal, more time or more memory than a message may take. */
export function faultOf({ target, der, signed }: Attempt, at: Surroundings): string | undefined {
  const [before, start] = [octetsHeld(), process.cpuUsage()];
  try {
    read(target, der, at, signed);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    return error instanceof Error ? `${error.name === 'Error' ? error.constructor.name : error.name} ${error.message.slice(0, 60)} ${frameOf(error)}` : String(error);
  }
  const { user, system } = process.cpuUsage(start);
  if ((user + system) / 1_000 > MAX_MILLISECONDS) return 'slow';
  return octetsHeld() - before > MAX_OCTETS ? 'memory' : undefined;
}

function octetsHeld(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** Whether it is slow or greedy every time: a collection of garbage may have fallen into one. */
export function isLasting(fault: string, attempt: Attempt, at: Surroundings): boolean {
  return [1, 2, 3].every(() => faultOf(attempt, at) === fault);
}

/** Makes messages out of samples. */
export class Fuzzer {
  readonly #dice: Dice;
  readonly #samples: readonly Sample[];
  /** Values of the samples: one of them alone may be signed rightly. */
  readonly #known = new Set<string>();

  constructor(dice: Dice, samples: readonly Sample[]) {
    this.#dice = dice;
    this.#samples = samples;
    for (const { der } of samples) for (const { list, at } of placesOf(treeOf(der) ?? [])) this.#known.add(digestOf(encode(list[at] ?? leaf(5, der))));
  }

  next(): Attempt {
    const dice = this.#dice;
    const [sample, other] = [dice.pick(this.#samples), dice.pick(this.#samples)];
    const changed = this.#change(sample, other);
    const der = changed.der.subarray(0, MAX_INPUT);
    const target = dice.permille(50) ? dice.pick(TARGETS) : sample.target;
    return { target, der, signed: changed.signed || this.#known.has(digestOf(der)) };
  }

  #change(sample: Sample, other: Sample): { readonly der: Buffer; readonly signed: boolean } {
    const dice = this.#dice;
    if (dice.permille(150)) return { der: damaged(dice, sample.der, other.der), signed: false };
    const tree = mutated(dice, sample.der, other.der);
    const signed = sample.signer !== undefined && dice.permille(600);
    if (signed) resign(tree[0]?.children ?? [], sample.signer);
    const der = Buffer.concat(tree.map(encode));
    return { der: dice.permille(50) ? damaged(dice, der, other.der) : der, signed };
  }
}

/** Puts a signature of the first value in the place of the last, when both are still there. */
function resign(values: DerNode[], key: KeyObject): void {
  const [signed] = values;
  if (signed === undefined || values.length !== 3) return;
  values[2] = leaf(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', encode(signed), key)]));
}
