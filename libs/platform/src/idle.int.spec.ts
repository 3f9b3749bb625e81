import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor, ContextModule, Schedule } from '#platform';
import { sampleModule, startEstate, type TestEstate } from '#testing';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };

/** As many as a large context has, of which none is due. */
const schedules = Array.from({ length: 20 }, (_, index): Schedule => ({ name: `never-${index}`, due: () => undefined, run: () => Promise.resolve() }));
const scheduling: ContextModule = { ...sampleModule, build: (platform) => ({ ...sampleModule.build(platform), schedules }) };

describe('an estate with little to do', () => {
  let estate: TestEstate;
  beforeAll(async () => {
    estate = await startEstate([scheduling]);
  });
  afterAll(() => estate.stop());

  const one = async (text: string): Promise<number> => Number(Object.values((await estate.sql(text))[0] ?? {})[0]);

  /** By how much the figure grows in three seconds: the least of some, since vacuums and first looks come once, and what an idle estate does comes always. */
  const growth = async (text: string, enough: number): Promise<number> => {
    let least = Infinity;
    for (let window = 0; window < 4 && least >= enough; window += 1) {
      const before = await one(text);
      await setTimeout(3_000);
      least = Math.min(least, (await one(text)) - before);
    }
    return least;
  };

  it('looks for work with a few statements a second', async () => {
    expect(await growth('SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()', 25)).toBeLessThan(25);
  });

  // Deleted rows keep their room until a vacuum comes by: a scan of it takes longer than what is looked for.
  it('does not read the room of events that are gone, though it began with an empty table', async () => {
    await estate.request('POST', '/api/sample/v1/counters/first/additions', { as: town, purpose: 'COUNTING', body: { amount: 1 } });
    await estate.eventually(async () => (await one('SELECT count(*) FROM sample.outbox')) === 0);
    await estate.sql('ALTER TABLE sample.outbox SET (autovacuum_enabled = false)');
    await estate.sql('ANALYZE sample.outbox');
    await setTimeout(1_500);
    await estate.sql(`DO $$ BEGIN
      INSERT INTO sample.outbox (event_id, subject, event) SELECT gen_random_uuid(), 'gone', repeat(md5(n::text), 20) FROM generate_series(1, 50000) n;
      DELETE FROM sample.outbox WHERE subject = 'gone';
    END $$`);
    expect(await growth("SELECT heap_blks_hit + heap_blks_read FROM pg_statio_user_tables WHERE schemaname = 'sample' AND relname = 'outbox'", 100)).toBeLessThan(100);
  });
});
