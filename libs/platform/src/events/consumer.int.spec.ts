import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformProblems, type Actor } from '#platform';
import { sampleModule, startEstate, type TestEstate } from '#testing';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };

describe('an event that cannot be applied', () => {
  let estate: TestEstate;
  const outage = { lasts: false };

  beforeAll(async () => {
    const consumerProbe = async (): Promise<void> => {
      await Promise.resolve();
      if (outage.lasts) throw platformProblems.refuse('UNAVAILABLE');
    };
    estate = await startEstate([sampleModule], { overrides: { consumerProbe } });
  });
  afterAll(() => estate.stop());

  const add = (name: string) => estate.request('POST', `/api/sample/v1/counters/${name}/additions`, { as: town, purpose: 'COUNTING', body: { amount: 1 } });
  const letters = () => estate.sql<{ tries: number; fault: string }>('SELECT tries, fault FROM sample.dead_letter');
  const handled = async (outcome: string): Promise<number> => {
    const { bytes } = await estate.request('GET', '/metrics');
    const line = bytes.toString().split('\n').find((text) => text.startsWith(`kiban_events_handled_total{consumer="sample-echo",outcome="${outcome}"}`));
    return Number(line?.split(' ')[1] ?? 0);
  };

  it('stays in the stream while its dead letter cannot be written, and the process lives on', async () => {
    await estate.sql('REVOKE INSERT ON sample.dead_letter FROM kiban_sample_app');
    await add('poison');
    await estate.eventually(async () => (await handled('retried')) >= 2);
    expect(await letters()).toEqual([]);
    await estate.sql('GRANT INSERT ON sample.dead_letter TO kiban_sample_app');
    expect(await estate.eventually(async () => (await letters())[0])).toMatchObject({ fault: 'sample:TOO_MUCH' });
  });

  it('is no dead letter because of an outage, however often it was tried', async () => {
    const before = await handled('retried');
    outage.lasts = true;
    await add('patient');
    await estate.eventually(async () => (await handled('retried')) - before >= 6, 60);
    outage.lasts = false;
    expect(await letters()).toHaveLength(1);
  }, 90_000);
});
