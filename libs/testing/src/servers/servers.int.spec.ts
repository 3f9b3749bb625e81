import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AckPolicy, DeliverPolicy, StorageType, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, identify, isRunning, startNats, startPostgres, testDatabase, testNats } from './index.js';
import type { NatsServer, PostgresServer } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'kiban-servers-'));
const tools = join('.kiban', 'tools');
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

function connectUrl(url: string): Promise<NatsConnection> {
  const { host, username, password } = new URL(url);
  return connect({ servers: host, user: username, pass: password });
}

it('ports are drawn once each, below those of connections', async () => {
  const ports = await Promise.all(Array.from({ length: 200 }, freePort));
  expect([new Set(ports).size, ports.every((port) => port >= 20_000 && port < 32_768)]).toEqual([200, true]);
});

describe('the private PostgreSQL', () => {
  let port = 0;
  let server: PostgresServer;
  beforeAll(async () => {
    port = await freePort();
    server = await startPostgres({ folder, port, fsync: false });
  });
  afterAll(() => server.stop());

  it('serves the database kiban in UTF8 by code point order, on loopback, with a password in a file of mode 0600', async () => {
    const sql = `SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale, current_setting('listen_addresses') FROM pg_database WHERE datname = current_database()`;
    expect(await rows(server.adminUrl, sql)).toEqual([['UTF8', 'b', 'C.UTF-8', '127.0.0.1']]);
    expect(statSync(join(folder, 'secrets', 'postgres.json')).mode & 0o777).toBe(0o600);
    await expect(rows(server.adminUrl.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('tells a second start on the same folder which process holds it', async () => {
    const message = `The data in ${folder} is in use: process ${process.pid} runs its postgres there.`;
    await expect(startPostgres({ folder, port: await freePort(), fsync: false })).rejects.toThrow(message);
    expect(await rows(server.adminUrl, 'SELECT 1')).toEqual([[1]]);
  });

  it('tells which variable chooses another port when the port is in use, and harms nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const taken = address === null || typeof address === 'string' ? 0 : address.port;
    const fresh = join(folder, 'fresh');
    await expect(startPostgres({ folder: fresh, port: taken })).rejects.toThrow(
      new RegExp(`^Port ${taken} for PostgreSQL is in use by .+KIBAN_PG_PORT\\.$`),
    );
    expect(existsSync(join(fresh, 'postgres', 'data'))).toBe(false);
    other.close();
  });

  it('keeps what was committed over a stop and over a kill', async () => {
    await rows(server.adminUrl, 'CREATE TABLE kept (n int)');
    for (const end of ['stop', 'kill'] as const) {
      await rows(server.adminUrl, 'INSERT INTO kept VALUES (1)');
      const { pid } = server;
      await server[end]();
      await server.exited;
      expect(identify(pid)).toBeUndefined();
      server = await startPostgres({ folder, port, fsync: false });
    }
    expect(await rows(server.adminUrl, 'SELECT sum(n)::int FROM kept')).toEqual([[2]]);
  });

  it('ends the server of an owner that was killed, then starts', async () => {
    await server.stop();
    const orphan = join(folder, 'orphan');
    const first = await startPostgres({ folder: orphan, port, fsync: false });
    await rows(first.adminUrl, 'CREATE TABLE kept (n int)');
    const orphaned = identify(first.pid);
    const record = join(orphan, 'postgres.json');
    writeFileSync(
      record,
      JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), owner: { pid: process.pid, startedAt: 'an earlier process' } }),
    );
    const second = await startPostgres({ folder: orphan, port, fsync: false });
    expect(orphaned !== undefined && isRunning(orphaned)).toBe(false);
    expect(await rows(second.adminUrl, 'SELECT count(*)::int FROM kept')).toEqual([[0]]);
    await second.stop();
    server = await startPostgres({ folder, port, fsync: false });
  });
});

describe('the private NATS server', () => {
  let port = 0;
  let server: NatsServer;
  beforeAll(async () => {
    port = await freePort();
    server = await startNats({ folder, port, tools });
  });
  afterAll(() => server.stop());

  it('keeps its messages and passwords over a stop and over a kill', async () => {
    for (const end of ['stop', 'kill'] as const) {
      const connection = await connectUrl(server.url);
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name: 'EVENTS', subjects: ['kiban.>'], storage: StorageType.File });
      await jetstream(connection).publish('kiban.juki-net.resident.registered.v1', end);
      await connection.close();
      const before = server.url;
      await server[end]();
      server = await startNats({ folder, port, tools });
      expect(server.url).toBe(before);
    }
    const connection = await connectUrl(server.url);
    expect((await (await jetstreamManager(connection)).streams.info('EVENTS')).state.messages).toBe(2);
    await connection.close();
  });

  it('lets the partner read events in order, and neither publish, nor delete, nor listen to other subjects', async () => {
    const { server: address, user, password } = server.partner;
    const partner = await connect({ servers: address, user, pass: password });
    const consumer = await jetstream(partner).consumers.get('EVENTS', { deliver_policy: DeliverPolicy.All });
    const read: string[] = [];
    for await (const message of await consumer.fetch({ max_messages: 2, expires: 2_000 })) read.push(message.string());
    expect(read).toEqual(['stop', 'kill']);
    await expect(jetstream(partner).publish('kiban.juki-net.resident.registered.v1', 'forged', { timeout: 1_000 })).rejects.toThrow(
      /permission/i,
    );
    await expect((await jetstreamManager(partner)).streams.delete('EVENTS')).rejects.toThrow(/permission/i);
    const closed = partner.subscribe('$SYS.>');
    await expect(closed.closed).resolves.toMatchObject({ message: expect.stringMatching(/permission/i) });
    await partner.close();
  });

  it('keeps a partner who may read only a copy away from what waits for a service', async () => {
    await server.stop();
    server = await startNats({ folder, port, tools, partnerStreams: ['PARTNER'] });
    const service = await connectUrl(server.url);
    const manager = await jetstreamManager(service);
    await manager.streams.add({ name: 'PARTNER', sources: [{ name: 'EVENTS' }] });
    await manager.consumers.add('EVENTS', { durable_name: 'service', ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All });
    const { server: address, user, password } = server.partner;
    const partner = await connect({ servers: address, user, pass: password });
    const copy = await jetstream(partner).consumers.get('PARTNER', { deliver_policy: DeliverPolicy.All });
    expect((await copy.next({ expires: 2_000 }))?.string()).toBe('stop');
    for (const subject of [
      '$JS.API.CONSUMER.MSG.NEXT.EVENTS.service',
      '$JS.API.CONSUMER.CREATE.EVENTS.service',
      '$JS.ACK.EVENTS.service.1.1.1.1.0',
    ]) {
      await expect(partner.request(subject, '', { timeout: 1_000 })).rejects.toThrow(/permission/i);
    }
    expect((await manager.consumers.info('EVENTS', 'service')).num_pending).toBe(2);
    await partner.close();
    await service.close();
  });

  it('tells which process holds the folder, and which variable chooses another port', async () => {
    await expect(startNats({ folder, port: await freePort(), tools })).rejects.toThrow(`process ${process.pid} runs its nats there`);
    await expect(startNats({ folder: join(folder, 'fresh'), port, tools })).rejects.toThrow(/in use by .+KIBAN_NATS_PORT/);
  });
});

describe('servers for specs', () => {
  it('gives each caller a database and a JetStream of its own', async () => {
    const [one, two] = [await testDatabase(), await testDatabase()];
    await rows(one.adminUrl, 'CREATE TABLE only_here ()');
    expect(await rows(two.adminUrl, `SELECT to_regclass('only_here')`)).toEqual([[null]]);
    await Promise.all([one.drop(), two.drop()]);
    await expect(rows(one.adminUrl, 'SELECT 1')).rejects.toThrow('does not exist');

    const connections = [await connectUrl((await testNats()).url), await connectUrl((await testNats()).url)] as const;
    await (await jetstreamManager(connections[0])).streams.add({ name: 'EVENTS', subjects: ['kiban.>'] });
    await expect((await jetstreamManager(connections[1])).streams.info('EVENTS')).rejects.toThrow('stream not found');
    await Promise.all(connections.map((connection) => connection.close()));
  });
});
