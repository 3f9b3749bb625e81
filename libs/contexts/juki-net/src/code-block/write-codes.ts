import { randomUUID } from 'node:crypto';
import { codeWritten } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx, Realm } from '#platform';
import { standingOf } from '../resident/person-status.js';
import type { ChangedPerson } from '../resident/resident.store.js';
import type { AllocatedCodeStore, HeldCode } from './allocated-code.store.js';
import { type CodeState, isReserved } from './code-block.js';

/** What notices do to the codes of blocks (JUKI-3.1), in the transaction that takes the notices in. */
export class CodeWriting {
  constructor(
    private readonly codes: AllocatedCodeStore,
    private readonly realm: Realm | undefined,
  ) {}

  /** A code of training, which nobody is entered under or given in the real environment (JUKI-4.1). */
  isOfTraining(residentCode: string): boolean {
    return this.realm === 'production' && isReserved(residentCode);
  }

  /** Those of the codes, by `heldKey`, that may be written. */
  async lockFree(ctx: Ctx, codes: readonly HeldCode[]): Promise<Set<string>> {
    return this.codes.lockFree(ctx.db, codes);
  }

  /** Whether a code of the municipality's blocks was written, by whomever it has given it to. */
  async isWrittenOf(ctx: Ctx, index: Buffer, holder: string): Promise<boolean> {
    return this.codes.isWrittenOf(ctx.db, index, holder);
  }

  /** The codes of persons whom notices of one municipality have made or changed: written, retired by a death, written again by a restoration. */
  async follow(ctx: Ctx, municipalityCode: string, changed: readonly ChangedPerson[]): Promise<void> {
    const real = changed.filter(({ residentCode }) => !isReserved(residentCode));
    const codesOf = (which: (person: ChangedPerson) => boolean): string[] => real.filter(which).map(({ residentCode }) => residentCode);
    await this.write(ctx, municipalityCode, codesOf(({ stored }) => stored === undefined));
    await this.move(ctx, codesOf((person) => wasDead(person) && !isDead(person)), 'WRITTEN');
    await this.move(ctx, codesOf((person) => isDead(person) && !wasDead(person)), 'RETIRED');
  }

  /** A change of code: the former one is no longer written, the new one is. */
  async replace(ctx: Ctx, municipalityCode: string, former: string, next: string): Promise<void> {
    await this.move(ctx, [former], 'SUPERSEDED');
    await this.write(ctx, municipalityCode, [next]);
  }

  /** One event tells how many codes the transaction has written: nobody needs to know of each (JUKI-5.4). */
  private async write(ctx: Ctx, municipalityCode: string, residentCodes: readonly string[]): Promise<void> {
    const codes = await this.move(ctx, residentCodes, 'WRITTEN');
    const caseId = randomUUID();
    if (codes > 0) ctx.emit(codeWritten, { aggregateId: caseId, sequence: 1, data: { caseId, municipalityCode, codes } });
  }

  private async move(ctx: Ctx, residentCodes: readonly string[], state: CodeState): Promise<number> {
    const indexes = residentCodes.filter((code) => !isReserved(code)).map((code) => this.codes.codeIndex(code));
    return this.codes.move(ctx.db, indexes, state, localDateInJapan(ctx.now));
  }
}

function isDead({ standing }: ChangedPerson): boolean {
  return standing.status === 'DECEASED';
}

function wasDead({ stored }: ChangedPerson): boolean {
  return stored !== undefined && standingOf(stored.resident.segments)?.status === 'DECEASED';
}
