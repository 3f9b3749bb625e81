import { codesOfPersons, getPersons, resolveCodes, type PersonView } from '#contracts/juki-net';
import type { Ctx, Peers } from '#platform';
import type { RegisterEntry } from '../assignment/assignment.js';

const PAGE = 5_000;

/** Questions to the resident register, for the designation of numbers (番号法8条; the code decides, not the sender's word). */
export class ResidentRegister {
  constructor(private readonly peers: Peers) {}

  /** What the register says about each code, in the order asked; of whoever is settled in `municipalityCode`, that is enough. */
  async entries(ctx: Ctx, residentCodes: readonly string[], municipalityCode?: string): Promise<RegisterEntry[]> {
    const pages: Promise<RegisterEntry[]>[] = [];
    for (let from = 0; from < residentCodes.length; from += PAGE) pages.push(this.page(ctx, residentCodes.slice(from, from + PAGE), municipalityCode));
    return (await Promise.all(pages)).flat();
  }

  /** The codes that people have now; those not on record are missing. */
  async codes(ctx: Ctx, personKeys: readonly string[]): Promise<Map<string, string>> {
    const { correlationId, traceparent } = ctx;
    const { codes } = await this.peers.call(codesOfPersons, { correlationId, traceparent, purpose: 'NUMBER_DESIGNATION' }, { personKeys: [...personKeys] });
    return new Map(codes.map(({ personKey, residentCode }) => [personKey, residentCode]));
  }

  /** A person's identity information under the affair that needs it. */
  async person(ctx: Ctx, personKey: string, purpose: 'NUMBER_CHANGE' | 'NUMBER_VERIFICATION'): Promise<PersonView | undefined> {
    const { correlationId, traceparent } = ctx;
    const { persons } = await this.peers.call(getPersons, { correlationId, traceparent, purpose }, { personKeys: [personKey] });
    return persons[0];
  }

  private async page(ctx: Ctx, residentCodes: string[], municipalityCode: string | undefined): Promise<RegisterEntry[]> {
    const { correlationId, traceparent } = ctx;
    const { entries } = await this.peers.call(resolveCodes, { correlationId, traceparent, purpose: 'NUMBER_DESIGNATION' }, { residentCodes, municipalityCode });
    if (entries.length !== residentCodes.length) throw new Error('the register answered another number of codes than asked');
    return entries;
  }
}
