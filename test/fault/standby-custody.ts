import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { ExchangeParty } from '#testing';
import type { Api } from '../../tools/walk/api.js';
import type { Ctl } from './standby-ctl.js';

const PATH = '/api/numbering/v1/key-ceremonies';
const OFFICERS = [1, 2, 3, 4, 5];
const UNITS = ['security', 'system', 'audit', 'system', 'security'];
const given = z.looseObject({ outcome: z.string().nullable() });
const shown = z.looseObject({ restorations: z.array(z.looseObject({ outcome: z.string().nullable() })) });

/** The generator's key with its five officers, each of whom keeps the own share, sealed, and what opens it (NUM-4.9). */
export class Custodians {
  private constructor(private readonly ceremonyId: string, private readonly folder: string) {}

  /** A ceremony of three officers, and the shares of its key, fetched by each. */
  static async hold(api: Api, ctl: Ctl, folder: string): Promise<Custodians> {
    const custodians = UNITS.map((unit, at) => ({ officer: `o-${at + 1}`, unit }));
    const post = (path: string, officer: number, body: unknown = {}) => api.call('POST', `${PATH}${path}`, { as: `officer-${officer}`, body }, z.looseObject({ ceremonyId: z.uuid() }));
    const { ceremonyId } = await post('', 1, { heldOn: localDateInJapan(new Date()), custodians, working: true });
    for (const officer of [1, 2, 3]) await post(`/${ceremonyId}/attendances`, officer);
    await post(`/${ceremonyId}/minutes`, 1, { minutes: 'Made for the drill.' });
    await post(`/${ceremonyId}/activation`, 2);
    const held = new Custodians(ceremonyId, folder);
    for (const officer of OFFICERS) {
      const { key, registration } = await ExchangeParty.create(BigInt(officer));
      writeFileSync(held.file(officer, 'pem'), registration.certificate);
      writeFileSync(held.file(officer, 'key'), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      await ctl.run(['key-shares', 'make', ceremonyId, '--certificate', held.file(officer, 'pem'), '--as', `officer-${officer}`], z.unknown());
    }
    for (const officer of OFFICERS) await ctl.run(['key-shares', 'fetch', ceremonyId, '--out', held.file(officer, 'jwe'), '--as', `officer-${officer}`], z.unknown());
    return held;
  }

  /** The officer gives a share, the own one unless another's is named; tells what came of it, or the code of the refusal. */
  async give(ctl: Ctl, officer: number, shareOf = officer): Promise<string | null> {
    const command = ['key-shares', 'restore', this.ceremonyId, '--share', this.file(shareOf, 'jwe'), '--key', this.file(shareOf, 'key'), '--as', `officer-${officer}`];
    const answer = await ctl.tried(command, given);
    return typeof answer === 'string' ? answer : answer.outcome;
  }

  /** What came of each use of the shares. */
  async outcomes(ctl: Ctl): Promise<(string | null)[]> {
    return (await ctl.run(['key-ceremonies', 'show', this.ceremonyId], shown)).restorations.map(({ outcome }) => outcome);
  }

  private file(officer: number, kind: 'pem' | 'key' | 'jwe'): string {
    return join(this.folder, `officer-${officer}.${kind}`);
  }
}
