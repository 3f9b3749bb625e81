import { randomBytes } from 'node:crypto';
import { Client, Metadata, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineRpc } from '#kernel';
import { z } from 'zod';
import { Peers, serviceOf, verifyAuditChain, type Actor } from '#platform';
import { databaseAs, sampleModule, startEstate, type TestEstate } from '#testing';
import { requireOwnMasterKey } from './crypto/own-master-key.js';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const purpose = 'COUNTING';

describe('platform', () => {
  let estate: TestEstate;

  beforeAll(async () => {
    estate = await startEstate([sampleModule]);
  });
  afterAll(() => estate.stop());

  const add = (name: string, amount: number, idempotencyKey?: string) =>
    estate.request('POST', `/api/sample/v1/counters/${name}/additions`, { as: town, purpose, body: { amount }, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
  const lines = async (action: string) => (await estate.sql<{ entry: string }>('SELECT entry FROM sample.audit_line ORDER BY id')).map((row) => JSON.parse(row.entry)).filter((entry) => entry.action === action);

  it('commits state, event, audit line and answer of a command together, and repeats the answer', async () => {
    const first = await add('alpha', 5, 'key-alpha-1');
    const again = await add('alpha', 5, 'key-alpha-1');
    expect([first.status, first.json, again.status, again.json]).toEqual([201, { name: 'alpha', total: 5 }, 201, { name: 'alpha', total: 5 }]);
    const audit = await lines('sample.counter.add');
    expect(audit.filter((entry) => entry.object === 'counter:alpha')).toEqual([
      expect.objectContaining({ client: town.clientId, purpose, outcome: 'DONE', basis: 'test', correlationId: first.headers.get('correlation-id') }),
    ]);
    const echo = await estate.eventually(async () => (await estate.sql("SELECT * FROM sample.echo WHERE name = 'alpha'"))[0]);
    expect(echo).toEqual({ name: 'alpha', sequence: 1, amount: 5 });
    const other = await add('alpha', 6, 'key-alpha-1');
    expect([other.status, other.json]).toEqual([409, expect.objectContaining({ type: 'urn:kiban:problem:platform:IDEMPOTENCY_CONFLICT' })]);
  });

  it('refuses a key that no table could hold, and an input that has no canonical form', async () => {
    const path = '/api/sample/v1/counters/odd/additions';
    const key = await estate.request('POST', path, { as: town, purpose, body: { amount: 1 }, idempotencyKey: Array.from({ length: 300 }, (_, index) => index % 10).join('') });
    const input = await estate.request('POST', path, { as: town, purpose, headers: { 'content-type': 'application/json' }, body: '{"amount":1e999}' });
    expect([key.status, key.json, input.status, input.json]).toEqual([400, expect.objectContaining({ code: 'INVALID_INPUT' }), 400, expect.objectContaining({ code: 'INVALID_INPUT' })]);
  });

  it('lets one of many equal commands win and gives all the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => add('crowd', 1, 'key-crowd')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.json)))).toEqual(new Set(['{"name":"crowd","total":1}']));
  });

  it.each([
    ['no token', { as: 'nobody' as const, purpose }, 401, 'UNAUTHENTICATED'],
    ['a forged token', { as: 'nobody' as const, purpose, headers: { authorization: 'Bearer a.b.c' } }, 401, 'UNAUTHENTICATED'],
    ['no purpose', { as: town }, 400, 'PURPOSE_REQUIRED'],
    ['a purpose outside the table', { as: town, purpose: 'CURIOSITY' }, 403, 'PURPOSE_NOT_PERMITTED'],
    ['an institution without a row', { as: operator, purpose }, 403, 'ACTION_NOT_PERMITTED'],
    ['another municipality', { as: town, purpose, body: { amount: 1, municipalityCode: '990027' } }, 403, 'OUT_OF_JURISDICTION'],
    ['a bad amount', { as: town, purpose, body: { amount: 'many' } }, 400, 'INVALID_INPUT'],
    ['a rule', { as: town, purpose, body: { amount: 101 } }, 422, 'TOO_MUCH'],
  ])('refuses %s with a problem document', async (_case, options, httpStatus, code) => {
    const answer = await estate.request('POST', '/api/sample/v1/counters/refused/additions', { body: { amount: 1 }, ...options });
    expect(answer.status).toBe(httpStatus);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ status: httpStatus, code, correlationId: answer.headers.get('correlation-id') });
    expect(await estate.sql("SELECT 1 FROM sample.counter WHERE name = 'refused'")).toEqual([]);
    if (httpStatus !== 401) {
      const refused = await lines('sample.counter.add');
      expect(refused.at(-1)).toMatchObject({ outcome: 'REFUSED', code, correlationId: answer.headers.get('correlation-id') });
    }
  });

  it('speaks Japanese unless English is preferred, and points at the fields', async () => {
    const options = { as: town, purpose, body: { amount: 101 } };
    const ja = await estate.request('POST', '/api/sample/v1/counters/x/additions', options);
    const en = await estate.request('POST', '/api/sample/v1/counters/x/additions', { ...options, headers: { 'accept-language': 'fr, en;q=0.8, ja;q=0.5' } });
    expect([ja.json, en.json]).toEqual([
      expect.objectContaining({ title: '多すぎます', facts: { most: 100 }, errors: [{ pointer: '/amount', code: 'TOO_MUCH' }] }),
      expect.objectContaining({ title: 'Too much' }),
    ]);
  });

  it('answers the same use case by gRPC, with the problem in the status details', async () => {
    const service = serviceOf(sampleModule.proto, 'sample', 'Counter');
    const client = new Client(`127.0.0.1:${estate.running.grpcPort}`, credentials.createInsecure());
    const call = async (method: 'Add' | 'Read', message: object, key?: string): Promise<unknown> => {
      const definition = service[method];
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${await estate.token(town)}`);
      metadata.set('kiban-purpose', purpose);
      if (key !== undefined) metadata.set('idempotency-key', key);
      return new Promise((resolve, reject) =>
        client.makeUnaryRequest(definition?.path ?? '', definition?.requestSerialize ?? Buffer.from, definition?.responseDeserialize ?? String, message, metadata, (error, value) => (error === null ? resolve(value) : reject(error))));
    };
    expect(await call('Add', { name: 'rpc', amount: 7 }, 'key-rpc')).toMatchObject({ name: 'rpc', total: 7 });
    expect(await call('Read', { name: 'rpc' })).toMatchObject({ total: 7 });
    const fault = await call('Add', { name: 'rpc', amount: 700 }, 'key-rpc-2').catch((error: ServiceError) => error);
    expect(fault).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'TOO_MUCH: Too much' });
    expect(String((fault as ServiceError).metadata.get('grpc-status-details-bin')[0])).toContain('urn:kiban:problem:sample:TOO_MUCH');
    client.close();
  });

  describe('answers streams by gRPC', () => {
    const rpc = (method: string) => defineRpc({ context: 'sample', proto: sampleModule.proto, service: 'Counter', method, input: z.object({ name: z.string(), amount: z.number().optional() }), output: z.object({ name: z.string(), total: z.number() }) });
    const call = { correlationId: 'spec-stream', purpose };
    let peers: Peers;
    beforeAll(() => {
      peers = new Peers(estate.config, { token: () => estate.token(town) });
    });
    afterAll(() => peers.close());
    const totals = async (messages: AsyncIterable<{ total: number }>): Promise<number[]> => {
      const read: number[] = [];
      for await (const { total } of messages) read.push(total);
      return read;
    };

    it('one question with many answers, in order and as fast as they are read; given up, the next is answered', async () => {
      await estate.sql("INSERT INTO sample.counter VALUES ('long', 5000, 1), ('endless', 10001, 1)");
      const read = await totals(peers.stream(rpc('CountTo'), call, [{ name: 'long' }]));
      expect([read.length, read[0], read.at(-1)]).toEqual([5_000, 1, 5_000]);
      expect(await totals(peers.stream(rpc('CountTo'), call, [{ name: 'none' }]))).toEqual([]);
      for await (const { total } of peers.stream(rpc('CountTo'), call, [{ name: 'long' }])) if (total === 3) break;
      let seen = 0;
      await expect((async () => {
        for await (const { total } of peers.stream(rpc('CountTo'), call, [{ name: 'endless' }])) seen = total;
      })()).rejects.toMatchObject({ code: 'TOO_MUCH' });
      expect(seen).toBe(10_000);
      await expect(totals(peers.stream(rpc('CountTo'), { correlationId: 'x' }, [{ name: 'long' }]))).rejects.toMatchObject({ code: 'PURPOSE_REQUIRED' });
    });

    it('one message after another, each a call of its own; the first refusal ends it and what was answered stays', async () => {
      const add = (amounts: readonly number[], key?: string) => peers.stream(rpc('AddEach'), { ...call, ...(key === undefined ? {} : { idempotencyKey: key }) }, amounts.map((amount) => ({ name: `each-${key}`, amount })));
      await expect(totals(add([1]))).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REQUIRED' });
      expect(await totals(add([7], 'one'))).toEqual([7]);
      const told: number[] = [];
      await expect((async () => {
        for await (const { total } of add([500], 'two')) told.push(total);
      })()).rejects.toMatchObject({ code: 'TOO_MUCH' });
      expect(told).toEqual([]);
    });

    it('a stream is not called, and a call not streamed', async () => {
      await expect(peers.call(rpc('CountTo'), call, { name: 'long' })).rejects.toThrow('is a stream');
      await expect(totals(peers.stream(rpc('Read'), call, [{ name: 'long' }]))).rejects.toThrow('is no stream');
    });
  });

  it('publishes CloudEvents in the order of each aggregate, also under concurrent writers', async () => {
    const url = new URL(estate.natsUrl);
    const nats = await connect({ servers: url.host, user: url.username, pass: url.password });
    const seen: { id: string; sequence: string; data: unknown }[] = [];
    const subscription = nats.subscribe('kiban.sample.counter.added.v1');
    void (async () => {
      for await (const message of subscription) {
        const event = JSON.parse(message.string());
        if (event.subject === 'ordered') seen.push(event);
      }
    })();
    await nats.flush();
    await Promise.all(Array.from({ length: 60 }, () => add('ordered', 1)));
    await estate.eventually(async () => seen.length >= 60);
    expect(seen.map((event) => event.sequence)).toEqual(Array.from({ length: 60 }, (_, index) => String(index + 1)));
    expect(seen[0]).toMatchObject({ specversion: '1.0', type: 'jp.kiban.sample.counter.added.v1', source: '/kiban/sample', datacontenttype: 'application/json' });
    await nats.drain();
  });

  it('buries an event that a rule refuses, shows it, and drives it again', async () => {
    await add('poison', 1);
    const letters = await estate.eventually(async () => {
      const { json } = await estate.request('GET', '/api/sample/v1/dead-letters', { as: operator });
      const { items } = json as { items: { id: string; fault: string }[] };
      return items.length > 0 ? items : undefined;
    });
    expect(letters).toEqual([expect.objectContaining({ fault: 'sample:TOO_MUCH', consumer: 'sample-echo' })]);
    const again = await estate.request('POST', `/api/sample/v1/dead-letters/${letters[0]?.id}/redrive`, { as: operator });
    expect(again.json).toMatchObject({ code: 'TOO_MUCH' });
  });

  it('goes on with a job after the process was stopped in the middle, doing each step once', async () => {
    const { json } = await estate.request('POST', '/api/sample/v1/countings', { as: town, body: { name: 'job', steps: 60 } });
    const { jobId } = json as { jobId: string };
    await estate.eventually(async () => (await estate.sql<{ done: string }>('SELECT done FROM sample.job WHERE done > 5')).length > 0);
    await estate.restart();
    const done = await estate.eventually(async () => {
      const { json: job } = await estate.request('GET', `/api/sample/v1/jobs/${jobId}`, { as: town });
      return (job as { state: string }).state === 'SUCCEEDED' ? job : undefined;
    });
    expect(done).toMatchObject({ done: 60, total: 60, result: { done: 60 }, ratePerSecond: expect.any(Number), remainingSeconds: null });
    expect(await estate.sql("SELECT total FROM sample.counter WHERE name = 'job'")).toEqual([{ total: 60 }]);
  });

  it('lists the jobs of an organisation, all to operators, and queues a cancelled one again where it stopped, unless another took over', async () => {
    const start = async (name: string): Promise<string> => ((await estate.request('POST', '/api/sample/v1/countings', { as: town, body: { name, steps: 150 } })).json as { jobId: string }).jobId;
    const look = async (jobId: string): Promise<unknown> => (await estate.request('GET', `/api/sample/v1/jobs/${jobId}`, { as: town })).json;
    const command = async (jobId: string, verb: string, as: Actor = operator): Promise<unknown> => (await estate.request('POST', `/api/sample/v1/jobs/${jobId}/${verb}`, { as, body: {} })).json;
    const jobId = await start('retried');
    await estate.eventually(async () => ((await look(jobId)) as { done: number }).done > 5);
    expect(await look(jobId)).toMatchObject({ state: 'RUNNING', total: 150, ratePerSecond: expect.any(Number), remainingSeconds: expect.any(Number) });
    expect(await command(jobId, 'retry')).toMatchObject({ code: 'JOB_STATE' });
    expect(await command(jobId, 'cancellation')).toEqual({ cancelled: true });
    expect(await command(jobId, 'retry', town)).toMatchObject({ code: 'ACTION_NOT_PERMITTED' });
    const page = (await estate.request('GET', '/api/sample/v1/jobs?state=CANCELLED&kind=count-up&limit=1', { as: town })).json as { items: unknown[]; next?: string };
    expect(page).toMatchObject({ items: [{ id: jobId, kind: 'count-up', state: 'CANCELLED', remainingSeconds: null }], next: jobId });
    expect((await estate.request('GET', `/api/sample/v1/jobs?before=${jobId}&state=CANCELLED`, { as: operator })).json).toEqual({ items: [] });
    expect((await estate.request('GET', '/api/sample/v1/jobs', { as: { ...town, organisation: '990027' } })).json).toEqual({ items: [] });
    expect((await estate.request('GET', '/api/sample/v1/jobs?kind=%00', { as: operator })).status).toBe(400);
    expect(await command(jobId, 'retry')).toEqual({ retried: true });
    await estate.eventually(async () => ((await look(jobId)) as { state: string }).state === 'SUCCEEDED');
    expect(await estate.sql("SELECT total FROM sample.counter WHERE name = 'retried'")).toEqual([{ total: 150 }]);
    const lost = await start('lost');
    await command(lost, 'cancellation');
    await command(await start('lost'), 'cancellation');
    expect(await command(lost, 'retry')).toMatchObject({ code: 'JOB_SUPERSEDED' });
  });

  it('publishes again after a relay broke off between acknowledgement and commit, and a consumer again after its effect was not acknowledged: one effect each', async () => {
    const broken = { relay: 0, consumer: 0 };
    const once = (place: 'relay' | 'consumer') => async (): Promise<void> => {
      broken[place] += 1;
      await Promise.resolve();
      if (broken[place] === 1) throw new Error('broken off');
    };
    await estate.restart({ relayProbe: once('relay'), consumerProbe: once('consumer') });
    await add('torn', 3);
    await estate.eventually(async () => broken.relay > 1 && broken.consumer > 1);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM sample.outbox')).length === 0);
    expect(await estate.sql("SELECT * FROM sample.echo WHERE name = 'torn'")).toEqual([{ name: 'torn', sequence: 1, amount: 3 }]);
    await estate.restart();
  });

  it('keeps a whole audit chain and finds a changed and a removed line', async () => {
    const database = databaseAs(estate, 'sample', 'reader');
    const report = await estate.eventually(async () => {
      const found = await verifyAuditChain(database.db);
      return found.unsealed === 0 && found.lines > 20 ? found : undefined;
    });
    expect(report.whole).toBe(true);
    const [victim] = await estate.sql<{ line_id: string }>('SELECT line_id FROM sample.audit_link WHERE seq = 2');
    await estate.sql('UPDATE sample.audit_line SET entry = replace(entry, $2, $3) WHERE id = $1', victim?.line_id, '"action":"', '"action":"another.');
    expect(await verifyAuditChain(database.db)).toMatchObject({ whole: false, fault: { seq: 2, kind: 'HASH_DIFFERS' } });
    await estate.sql('DELETE FROM sample.audit_line WHERE id = $1', victim?.line_id);
    expect(await verifyAuditChain(database.db)).toMatchObject({ whole: false, fault: { seq: 2, kind: 'LINE_MISSING' } });
    await database.close();
  });

  it.each([
    ['app', 'DELETE FROM audit_line', '42501'],
    ['app', "UPDATE audit_link SET hash = ''", '42501'],
    ['app', 'DELETE FROM inbox', '42501'],
    ['app', 'CREATE TABLE intruder (id int)', '42501'],
    ['app', 'DROP TABLE counter', '42501'],
    ['reader', "INSERT INTO counter VALUES ('x', 1, 1)", '42501'],
  ] as const)('denies the %s role: %s', async (role, statement, code) => {
    const database = databaseAs(estate, 'sample', role);
    await expect(database.db.run(statement)).rejects.toMatchObject({ code });
    await database.close();
  });

  it('starts again with the master key of its database, and with no other', async () => {
    await estate.restart();
    for (const { db } of estate.running.databases.values()) await expect(requireOwnMasterKey(db, randomBytes(32))).rejects.toThrow('KIBAN_KEYS: master.key');
  });

  it('tells readiness by context and serves metrics', async () => {
    const ready = await estate.request('GET', '/health/ready');
    expect([ready.status, ready.bytes.toString()]).toEqual([200, 'sample ready\n']);
    const metrics = await estate.request('GET', '/metrics');
    expect(metrics.bytes.toString()).toContain('kiban_action_seconds_count{action="sample.counter.add",edge="http",outcome="TOO_MUCH"}');
  });
});
