import { Server, ServerCredentials } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRpc, Refusal } from '#kernel';
import { loadProto, Peers, type Actor, type Realm } from '#platform';
import { sampleModule, startEstate, type TestEstate } from '#testing';
import { bindGrpc, shutGrpc } from './server.js';
import { passedServices, upstreamClient } from './pass-through.js';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const rpc = (method: string) => defineRpc({ context: 'sample', proto: sampleModule.proto, service: 'Counter', method, input: z.object({ name: z.string(), amount: z.number() }), output: z.object({ total: z.number() }) });

describe('the gRPC door of a training estate (NUM-8)', () => {
  let estate: TestEstate;
  beforeAll(async () => {
    estate = await startEstate([sampleModule], { realm: 'training' });
  });
  afterAll(() => estate.stop());

  /** What a partner's call and stream come to that names a realm or none, at a gateway of a realm. */
  async function calls(ofGateway: Realm | undefined, named: Realm | undefined): Promise<string[]> {
    const server = new Server();
    const upstream = upstreamClient(`127.0.0.1:${estate.running.grpcPort}`);
    for (const { definition, handlers } of passedServices('sample', loadProto(sampleModule.proto), { door: { admit: () => Promise.resolve(town) }, upstream, realm: ofGateway })) server.addService(definition, handlers);
    const grpc = `127.0.0.1:${await bindGrpc(server, '127.0.0.1:0', ServerCredentials.createInsecure())}`;
    const partner = new Peers({ peers: { sample: { http: '', grpc } }, ...(named === undefined ? {} : { realm: named }) }, { token: () => estate.token(town) });
    const call = () => ({ correlationId: 'spec-realm', purpose: 'COUNTING', idempotencyKey: randomUUID() });
    const outcome = (answer: Promise<unknown>): Promise<string> => answer.then(() => 'DONE', (error: unknown) => (error instanceof Refusal ? error.code : String(error)));
    try {
      const input = { name: 'a', amount: 1 };
      return [await outcome(partner.call(rpc('Add'), call(), input)), await outcome(partner.stream(rpc('AddEach'), call(), [input]).next())];
    } finally {
      partner.close();
      upstream.close();
      await shutGrpc(server);
    }
  }

  it('marks what names no realm, and leaves it to the context to refuse another', async () => {
    expect(await calls('training', undefined)).toEqual(['DONE', 'DONE']);
    expect(await calls('training', 'training')).toEqual(['DONE', 'DONE']);
    const before = await estate.sql('SELECT name, total FROM sample.counter');
    expect(await calls('training', 'production')).toEqual(['OTHER_REALM', 'OTHER_REALM']);
    expect(await calls(undefined, undefined)).toEqual(['OTHER_REALM', 'OTHER_REALM']);
    expect(await calls('production', undefined)).toEqual(['OTHER_REALM', 'OTHER_REALM']);
    expect(await estate.sql('SELECT name, total FROM sample.counter')).toEqual(before);
  });
});
