import { describe, expect, it } from 'vitest';
import { encodeName } from '../der/name.js';
import { generateRsaKey, signingKeyOf } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { parseCrl } from './crl.js';
import { issueCrl } from './issue-crl.js';

const NAME = [{ type: 'C', value: 'JP' }, { type: 'O', value: 'a' }];
const DAY_MS = 86_400_000;
const key = signingKeyOf('list', await generateRsaKey(2048));

function order(entryCount: number, more: { readonly crlNumber?: bigint; readonly days?: number } = {}) {
  const thisUpdate = new Date('2016-01-04T00:00:00Z');
  const entries = Array.from({ length: entryCount }, (_, index) => ({ serial: BigInt(index + 1), revokedAt: thisUpdate, reason: 'superseded' as const }));
  const content = {
    issuerDer: encodeName(NAME), thisUpdate, nextUpdate: new Date(thisUpdate.getTime() + (more.days ?? 2) * DAY_MS), crlNumber: more.crlNumber ?? 8n, entries,
    distributionPoint: { fullName: [{ kind: 'directoryName' as const, name: NAME }], only: 'userCerts' as const },
  };
  return { content, key, maxSeconds: 2 * 86_400 };
}

describe('a list that may be published (JPKI-3.7, 4.15, 7)', () => {
  it('is signed, read back and whole', async () => {
    const made = await issueCrl({ ...order(100), previous: { number: 7n, entryCount: 102, explained: 1 } });
    expect('der' in made && [made.entryCount, parseCrl(made.der).number]).toEqual([100, 8n]);
  });

  it('has not lost more than a hundredth of its entries without a reason, has a higher number, and lives no longer than it may', async () => {
    expect(await issueCrl({ ...order(100), previous: { number: 7n, entryCount: 103, explained: 1 } })).toEqual({ fault: 'ENTRIES_LOST' });
    expect(await issueCrl({ ...order(100), previous: { number: 7n, entryCount: 101, explained: 0 } })).toMatchObject({ entryCount: 100 });
    expect(await issueCrl({ ...order(2), previous: { number: 7n, entryCount: 3, explained: 0 } })).toEqual({ fault: 'ENTRIES_LOST' });
    expect(await issueCrl({ ...order(2), previous: { number: 7n, entryCount: 3, explained: 1 } })).toMatchObject({ entryCount: 2 });
    expect(await issueCrl({ ...order(1), previous: { number: 8n, entryCount: 1, explained: 0 } })).toEqual({ fault: 'e_crl_number_not_increasing' });
    expect(await issueCrl(order(1, { days: 3 }))).toEqual({ fault: 'e_crl_nextupdate_gt_48h' });
    expect(await issueCrl(order(1, { crlNumber: -1n }))).toEqual({ fault: 'BAD_CRL' });
  });

  it('is not there while the token is away: who waits asks again', async () => {
    const away = { ...key, signDigest: () => Promise.reject(new PkiError('TOKEN_UNAVAILABLE', 'away')) };
    await expect(issueCrl({ ...order(1), key: away })).rejects.toThrow('away');
  });
});
