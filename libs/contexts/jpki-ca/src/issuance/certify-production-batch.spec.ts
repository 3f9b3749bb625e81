import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { listCertificationRequests } from '#contracts/card-issuance';
import { platformProblems, type Ctx, type Job } from '#platform';
import { CertifyProductionBatch } from './certify-production-batch.js';
import type { IssuanceRow } from './issuance.store.js';
import type { SignedRequest } from './issuer.js';

const ctx: Ctx = { correlationId: 'c' } as Ctx;
const BATCH = '00000000-0000-4000-8000-000000000000';
const PAGES = 3;
const jobAt = (after: number): Job => ({ id: 'j', done: after, cursor: { after, issued: after, rejected: 0 }, parameters: { batchId: BATCH, count: PAGES } }) as unknown as Job;
const request = (recordNo: number) => ({
  recordNo, cardSerial: `${recordNo}`.padStart(16, '0'), personKey: BATCH, municipalityCode: '990019', factVersion: 1, cardExpiry: '2030-01-01', authCsr: Buffer.from([recordNo]),
});

describe('pages of a production batch (JPKI-3.3)', () => {
  /** Pages of one card: those asked for, those being signed with what ends it, and the batch. */
  let asked: number[];
  let signing: ((fault?: Error) => void)[];
  let kind: CertifyProductionBatch;

  beforeEach(() => {
    [asked, signing] = [[], []];
    const issuer = {
      reserve: (_ctx: Ctx, orders: readonly { requestKey: string }[]) => Promise.resolve(new Map(orders.map(({ requestKey: key }) => [key, { request_key: key, state: 'LINTED' } as IssuanceRow]))),
      sign: (_db: unknown, rows: readonly IssuanceRow[]) => new Promise<SignedRequest[]>((resolve, reject) => {
        signing.push((fault) => (fault === undefined ? resolve(rows.map((row) => ({ row, der: Buffer.alloc(0) }))) : reject(fault)));
      }),
      record: () => Promise.resolve(),
    };
    kind = new CertifyProductionBatch(issuer, {
      call: (rpc, call, input) => {
        if (rpc.method !== listCertificationRequests.method) return Promise.resolve(rpc.output.parse({ persons: [] }));
        const { after = 0 } = listCertificationRequests.input.parse(input);
        asked.push(after);
        return Promise.resolve(rpc.output.parse({ requests: [request(after + 1)], ...(after + 1 < PAGES ? { next: after + 1 } : {}) }));
      },
    });
  });

  it('the next one is drafted while one is signed, is signed after it, and waits for it to be recorded before a third one is asked for', async () => {
    const first = kind.prepare(ctx, jobAt(0));
    await setImmediate();
    expect([asked, signing.length]).toEqual([[0, 1], 1]);
    signing[0]?.();
    const prepared = await first;
    await setImmediate();
    expect([prepared?.signed.length, asked, signing.length]).toEqual([1, [0, 1], 2]);
    expect(await kind.step(ctx, jobAt(0), prepared)).toMatchObject({ cursor: { after: 1, issued: 1 }, done: 1 });
    const second = kind.prepare(ctx, jobAt(1));
    await setImmediate();
    expect(asked).toEqual([0, 1, 2]);
    for (const end of signing) end();
    expect((await second)?.signed.map(({ row }) => row.request_key)).toEqual([`batch:${BATCH}:0000000000000002:AUTH_CERT`]);
  });

  it('one whose key was away is made again with the one after it', async () => {
    const first = kind.prepare(ctx, jobAt(0));
    await setImmediate();
    signing[0]?.(platformProblems.refuse('UNAVAILABLE'));
    expect(await first).toBeUndefined();
    const again = kind.prepare(ctx, jobAt(0));
    for (let turn = 0; turn < 4; turn += 1) {
      await setImmediate();
      for (const end of signing) end();
    }
    expect((await again)?.signed.map(({ row }) => row.request_key)).toEqual([`batch:${BATCH}:0000000000000001:AUTH_CERT`]);
  });
});
