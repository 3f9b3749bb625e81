import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineRpc, Refusal } from '#kernel';
import { z } from 'zod';
import { connectStreams, Peers, type Actor } from '#platform';
import { counterAdded, sampleModule, startEstate, type TestEstate } from '#testing';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const rpc = (method: string) => defineRpc({ context: 'sample', proto: sampleModule.proto, service: 'Counter', method, input: z.object({ name: z.string(), amount: z.number().optional() }), output: z.object({ name: z.string(), total: z.number() }) });

/** Everything that a call could have left behind. */
const traces = (estate: TestEstate) => estate.sql<{ traces: string }>(
  'SELECT (SELECT count(*) FROM sample.counter) || \' \' || (SELECT count(*) FROM sample.echo) || \' \' || (SELECT count(*) FROM sample.outbox) || \' \' || (SELECT count(*) FROM sample.idempotency_key) || \' \' || (SELECT count(*) FROM sample.dead_letter) AS traces',
);

describe('the realms (NUM-8)', () => {
  const estates = new Map<string, TestEstate>();
  beforeAll(async () => {
    estates.set('training', await startEstate([sampleModule], { realm: 'training' }));
    estates.set('production', await startEstate([sampleModule], { realm: 'production' }));
    estates.set('demonstration', await startEstate([sampleModule]));
  });
  afterAll(async () => {
    for (const estate of estates.values()) await estate.stop();
  });
  const of = (name: string): TestEstate => {
    const estate = estates.get(name);
    if (estate === undefined) throw new Error('not started');
    return estate;
  };
  /** What each way of asking comes to for a caller with the settings of `from`, whose token is good at `to`. */
  const calls = async (from: string, to: string): Promise<string[]> => {
    const peers = new Peers({ ...of(from).config, peers: of(to).config.peers }, { token: () => of(to).token(town) });
    const call = () => ({ correlationId: 'spec-realm', purpose: 'COUNTING', idempotencyKey: randomUUID() });
    const read = async (messages: AsyncIterable<unknown>): Promise<void> => {
      for await (const _message of messages);
    };
    const outcome = (answer: Promise<unknown>): Promise<string> => answer.then(() => 'DONE', (error: unknown) => (error instanceof Refusal ? error.code : String(error)));
    try {
      return [
        await outcome(peers.call(rpc('Add'), call(), { name: 'a', amount: 1 })),
        await outcome(read(peers.stream(rpc('AddEach'), call(), [{ name: 'b', amount: 1 }, { name: 'b', amount: 1 }]))),
        await outcome(read(peers.stream(rpc('CountTo'), call(), [{ name: 'a' }]))),
      ];
    } finally {
      peers.close();
    }
  };

  it.each([['production', 'training'], ['demonstration', 'training'], ['training', 'production'], ['training', 'demonstration']])('refuses calls and streams from %s to %s, and nothing is written', async (from, to) => {
    const before = await traces(of(to));
    expect(await calls(from, to)).toEqual(['OTHER_REALM', 'OTHER_REALM', 'OTHER_REALM']);
    expect(await traces(of(to))).toEqual(before);
  });

  it.each([['production', 'training'], ['training', 'production']])('takes in no event from %s in %s', async (from, to) => {
    const event = {
      specversion: '1.0', id: randomUUID(), source: '/kiban/sample', type: counterAdded.type, subject: 'foreign', time: new Date().toISOString(), datacontenttype: 'application/json', sequence: '1',
      correlationid: 'spec-realm', ...(from === 'training' ? { realm: 'training' } : {}), data: { name: 'foreign', amount: 1 },
    };
    const before = await traces(of(to));
    const streams = await connectStreams(of(to).natsUrl, 'spec');
    await streams.publisher([{ id: event.id, subject: counterAdded.subject, text: JSON.stringify(event) }]);
    await of(to).eventually(async () => {
      const { num_ack_pending: taken, num_pending: waiting } = await streams.manager.consumers.info('KIBAN_SAMPLE', 'sample-echo');
      return taken + waiting === 0;
    });
    await streams.connection.close();
    expect(await traces(of(to))).toEqual(before);
  });

  it.each(['training', 'production', 'demonstration'])('answers in %s whoever is of it', async (realm) => {
    expect(await calls(realm, realm)).toEqual(['DONE', 'DONE', 'DONE']);
  });
});
