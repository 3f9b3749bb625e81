import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { inquire } from '#contracts/juki-net';
import { ResidentCode } from '#kernel';
import { type Actor, Peers } from '#platform';
import { databaseAs, startEstate, type Answer, type TestEstate } from '#testing';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
const prefecture: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99', operator: 'officer-9' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension', operator: 'p-77' };
const API = '/api/juki-net/v1';
const PURPOSE = 'PENSION_CURRENT_STATUS';
const GRANT = '01930000-0000-7000-8000-000000000002';
const code = ResidentCode.fromBody('9900000001').reveal();
const QUESTION = { grantId: GRANT, residentCode: code };

let estate: TestEstate;
let admin: pg.Client;
let personKey: string;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  admin = new pg.Client({ connectionString: estate.adminUrl });
  await admin.connect();
  const body = {
    municipalSeq: 1, residentCode: code, personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '', birthDate: '19800101',
    sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '',
  };
  expect((await estate.request('POST', `${API}/change-notices`, { as: town, purpose: 'RESIDENT_REGISTER', body })).status).toBe(202);
  personKey = (await estate.sql<{ person_key: string }>('SELECT person_key FROM juki_net.person'))[0]?.person_key ?? '';
  await estate.sql(
    `INSERT INTO juki_net.provision_grant VALUES ($1, 'national-agency', 'pension', $2, '別表第一の73', '{address}', '{IMMEDIATE_HOST}', '{RESIDENT_CODE}', false, '2015-01-01', '2030-01-01', 'APPROVED', 'a', 'b', now())`,
    GRANT, PURPOSE,
  );
});
afterAll(async () => {
  await admin.end();
  await estate.stop();
});

const ask = (idempotencyKey: string): Promise<Answer> => estate.request('POST', `${API}/inquiries`, { as: pension, purpose: PURPOSE, body: QUESTION, idempotencyKey });
const uses = async (): Promise<{ correlation_id: string; unknown: boolean }[]> => estate.sql(
  `SELECT u.correlation_id, d.use_id IS NOT NULL AS unknown FROM juki_net.use_record u LEFT JOIN juki_net.delivery_unknown d USING (person_key, at, use_id) ORDER BY u.at, u.use_id`,
);
/** Use records cannot be written while `work` goes on, so no answer leaves before it ends. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  await admin.query('BEGIN');
  await admin.query('LOCK TABLE juki_net.use_record IN ACCESS EXCLUSIVE MODE');
  try {
    await work();
  } finally {
    await admin.query('COMMIT');
  }
}
async function isWaiting(): Promise<void> {
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'juki_net.use_record'::regclass")).length > 0);
}
/** Asks over a socket of its own, which is destroyed before the answer leaves. */
async function askAndGo(correlationId: string, idempotencyKey: string): Promise<void> {
  const token = await estate.token(pension);
  const text = JSON.stringify(QUESTION);
  const lines = [
    `POST ${API}/inquiries HTTP/1.1`, 'host: test', `authorization: Bearer ${token}`, `kiban-purpose: ${PURPOSE}`, `correlation-id: ${correlationId}`, `idempotency-key: ${idempotencyKey}`,
    'content-type: application/json', `content-length: ${Buffer.byteLength(text)}`, '', text,
  ];
  const socket = connect(estate.running.httpPort, '127.0.0.1');
  socket.write(lines.join('\r\n'));
  await isWaiting();
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
}

describe('JUKI-7 an answer that the caller did not hear', () => {
  it('leaves nothing beside its use record when it was heard', async () => {
    expect((await ask('heard-key')).json).toMatchObject({ resultCode: '00', count: 1 });
    expect(await uses()).toMatchObject([{ unknown: false }]);
  });

  it('is marked when the socket is destroyed; the same question again with the same key is answered, with a record of its own (JUKI-3.5)', async () => {
    await whileHeld(() => askAndGo('gone-caller-1', 'lost-key'));
    await estate.eventually(async () => (await uses()).some(({ unknown }) => unknown));
    expect((await ask('lost-key')).json).toMatchObject({ resultCode: '00', count: 1, persons: [{ address: '架空県試験市見本町2-3-4' }] });
    expect((await uses()).map(({ correlation_id: id, unknown }) => [id === 'gone-caller-1', unknown])).toEqual([[false, false], [true, true], [false, false]]);
  });

  it('leaves the audit line of the inquiry once more, as failed, which is no second question of the officer', async () => {
    const lines = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%gone-caller-1%' ORDER BY xid, id");
    const told = { action: 'juki-net.inquiry.ask', operator: 'p-77', object: `grant:${GRANT}`, subjects: [personKey], correlationId: 'gone-caller-1' };
    expect(lines.map(({ entry }): unknown => JSON.parse(entry))).toMatchObject([{ ...told, outcome: 'DONE' }, { ...told, outcome: 'FAILED', code: 'DELIVERY_UNKNOWN' }]);
  });

  it('is marked as well when a gRPC call was given up', async () => {
    const peers = new Peers(estate.config, { token: () => estate.token(pension) });
    await whileHeld(async () => {
      const refused = expect(peers.call(inquire, { correlationId: 'gone-caller-2', purpose: PURPOSE, deadlineMs: 5_000 }, QUESTION)).rejects.toThrow();
      await isWaiting();
      await refused;
      // The caller's own clock ends the call; the server hears of it a little later, and must before it answers.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    });
    peers.close();
    await estate.eventually(async () => (await uses()).some(({ correlation_id: id, unknown }) => id === 'gone-caller-2' && unknown));
  });

  it('is told in the history of use, and can be neither changed nor removed', async () => {
    const app = databaseAs(estate, 'juki-net', 'app');
    for (const statement of ['DELETE FROM delivery_unknown', 'UPDATE delivery_unknown SET at = at']) await expect(app.db.run(statement)).rejects.toThrow('permission denied');
    await app.close();
    estate.clock.set(new Date('2016-02-02T01:00:00Z'));
    const post = (path: string, body: unknown, as = town): Promise<Answer> => estate.request('POST', `${API}/disclosures${path}`, { as, purpose: 'DISCLOSURE', body });
    const { requestId } = z.object({ requestId: z.uuid() }).parse((await post('', { kind: 'USE_HISTORY', residentCode: code })).json);
    await post(`/${requestId}/identification`, { means: 'INDIVIDUAL_NUMBER_CARD' });
    await post(`/${requestId}/decision`, { outcome: 'FULL' }, prefecture);
    const { history } = z.object({ history: z.array(z.object({ uses: z.array(z.looseObject({ deliveryUnknown: z.boolean() })) })) }).parse((await post(`/${requestId}/hand-over`, {})).json);
    expect(history.flatMap((part) => part.uses.map(({ deliveryUnknown }) => deliveryUnknown))).toEqual([false, true, false, true]);
  });

  it('goes with its use record', async () => {
    await estate.sql('DELETE FROM juki_net.use_record');
    expect(await estate.sql('SELECT 1 FROM juki_net.delivery_unknown')).toEqual([]);
  });
});
