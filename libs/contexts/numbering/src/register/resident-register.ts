import { resolveCodes } from '#contracts/juki-net';
import type { Ctx, Peers } from '#platform';
import type { RegisterEntry } from '../assignment/assignment.js';

const PAGE = 5_000;

/** Questions to the resident register, for the designation of numbers (番号法8条; the code decides, not the sender's word). */
export class ResidentRegister {
  constructor(private readonly peers: Peers) {}

  /** What the register says about each code, in the order asked. */
  async entries(ctx: Ctx, residentCodes: readonly string[]): Promise<RegisterEntry[]> {
    const pages: Promise<RegisterEntry[]>[] = [];
    for (let from = 0; from < residentCodes.length; from += PAGE) pages.push(this.page(ctx, residentCodes.slice(from, from + PAGE)));
    return (await Promise.all(pages)).flat();
  }

  private async page(ctx: Ctx, residentCodes: string[]): Promise<RegisterEntry[]> {
    const { correlationId, traceparent } = ctx;
    const { entries } = await this.peers.call(resolveCodes, { correlationId, traceparent, purpose: 'NUMBER_DESIGNATION' }, { residentCodes });
    if (entries.length !== residentCodes.length) throw new Error('the register answered another number of codes than asked');
    return entries;
  }
}
