import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyCeremonyStateChanged, keyCustodyState } from '#contracts/numbering';
import { csvLine } from '#kernel';
import { Pkcs11KeyStore, type Actor, type ContextModule, type KeyStore, type MacKey } from '#platform';
import { softToken, softTokenAbsence, type Answer, type SoftToken } from '#testing';
import { REQUEST_COLUMNS } from '../batch/batch.js';
import { candidateBodies, drawDigest, numberOf } from '../construction/construction.js';
import { numberingModule } from '../numbering.module.js';
import { AGENCY, API, codeOf, HERE, operator, Stewardship } from '../stewardship.fixture.js';

const AUDITOR: Actor = { clientId: 'auditor-1', kind: 'auditor', organisation: 'audit' };
const custodians = ['security', 'system', 'audit', 'system', 'security'].map((unit, index) => ({ officer: `o-${index + 1}`, unit }));
const ceremony = z.object({ ceremonyId: z.uuid(), state: z.string() });
const record = z.object({
  state: z.string(), origin: z.string(), custody: z.string(), keyCheckValue: z.string().optional(), minutes: z.string().optional(),
  custodians: z.array(z.object({ officer: z.string(), attendedAt: z.string().nullable() })),
});
const batchState = z.object({ state: z.string(), designated: z.number() });

/** Numbering with the key store that a spec gives it. */
class Vault {
  readonly world = new Stewardship();
  /** Counts what is asked of the generator, and gives it away for good when it is to be faulty. */
  faulty = false;
  blocks = 0;
  opened: MacKey | undefined;

  constructor(private readonly storeOf: (own: KeyStore) => KeyStore) {}

  get module(): ContextModule {
    const build: ContextModule['build'] = (platform) => numberingModule.build({ ...platform, keyStore: this.watched(this.storeOf(platform.keyStore)) });
    return { ...numberingModule, build };
  }

  private watched(store: KeyStore): KeyStore {
    return {
      kind: store.kind,
      prepare: () => store.prepare(),
      random: (block) => {
        this.blocks += 1;
        return this.faulty ? block.fill(3) : store.random(block);
      },
      create: (label, sealed) => store.create(label, sealed),
      open: (key) => (this.opened = store.open(key)),
      destroy: (key) => store.destroy(key),
      close: () => store.close(),
    };
  }

  post(path: string, officer: string, body: unknown = {}, as: Actor = operator(officer)): Promise<Answer> {
    return this.world.estate.request('POST', `${API}/key-ceremonies${path}`, { as, body });
  }

  async get(path: string, as: Actor = AUDITOR): Promise<Answer> {
    return this.world.estate.request('GET', `${API}/key-ceremonies${path}`, { as });
  }

  async plan(heldOn: string, working = false): Promise<string> {
    return ceremony.parse((await this.post('', 'o-9', { heldOn, custodians, working })).json).ceremonyId;
  }

  /** Moves the clock to the day and holds the whole ceremony. */
  async hold(heldOn: string, working = false): Promise<string> {
    this.world.estate.clock.set(new Date(`${heldOn}T01:00:00Z`));
    const id = await this.plan(heldOn, working);
    for (const officer of ['o-1', 'o-2', 'o-3']) await this.post(`/${id}/attendances`, officer);
    await this.post(`/${id}/minutes`, 'o-1', { minutes: 'The key was made before three witnesses.\r\nNothing else happened.' });
    expect((await this.post(`/${id}/activation`, 'o-2')).status).toBe(200);
    return id;
  }

  async state() {
    const peers = this.world.service(operator('o-1'));
    try {
      return await peers.call(keyCustodyState, { correlationId: randomUUID() }, {});
    } finally {
      peers.close();
    }
  }

  /** The event of the ceremony with this sequence, once it is the latest. */
  told(id: string, sequence: string) {
    return this.world.estate.eventually(async () => {
      const event = await this.world.told(keyCeremonyStateChanged, id);
      return event.sequence === sequence && event.data;
    });
  }

  /** A new resident's request, by its status and code. */
  async request(): Promise<string> {
    const answer = await this.world.ask(this.world.enter().code);
    return answer.status === 201 ? '201' : codeOf(answer);
  }

  async sealBatch(lines: number): Promise<{ batchId: string; seal: () => Promise<Answer> }> {
    const call = (method: string, path: string, body: unknown, headers = {}): Promise<Answer> => this.world.estate.request(method, `${API}/batches${path}`, { as: HERE, purpose: 'NUMBER_DESIGNATION', body, headers });
    const { batchId } = z.object({ batchId: z.string() }).parse((await call('POST', '', { municipalityCode: '990019' })).json);
    const csv = [csvLine(REQUEST_COLUMNS), ...Array.from({ length: lines }, (_, index) => csvLine([String(index + 1), randomUUID(), this.world.enter().code, '1', '', '']))].join('');
    await call('PUT', `/${batchId}/lines`, csv, { 'content-type': 'text/csv' });
    const upload = { lineCount: lines, sha256: createHash('sha256').update(csv).digest('hex') };
    const seal = (): Promise<Answer> => call('POST', `/${batchId}/seal`, upload);
    expect((await seal()).status).toBe(202);
    return { batchId, seal };
  }

  async becomes(batchId: string, state: string): Promise<number> {
    const found = await this.world.estate.eventually(async () => {
      const view = batchState.parse((await this.world.estate.request('GET', `${API}/batches/${batchId}`, { as: HERE })).json);
      return view.state === state && view;
    }, 40);
    return found.designated;
  }
}

describe('key custody in software', () => {
  const vault = new Vault((own) => own);
  let id = '';

  beforeAll(() => vault.world.start(new Date('2016-01-20T01:00:00Z'), vault.module));
  afterAll(() => vault.world.estate.stop());

  it('NUM-3.7 starts with a record that says what it is, once, and draws with that key after a restart', async () => {
    const first = await vault.state();
    expect(first).toMatchObject({ drawing: true, state: 'EMBEDDED_DEFAULT', custody: 'SOFTWARE', saltFault: '', rotationDueOn: '2017-01-20' });
    expect(await vault.request()).toBe('201');
    await vault.world.estate.restart();
    expect(await vault.state()).toEqual(first);
    expect(await vault.request()).toBe('201');
    expect(record.parse((await vault.get(`/${first.ceremonyId}`)).json)).toMatchObject({ origin: 'EMBEDDED_DEFAULT', state: 'KEY_ACTIVE', minutes: expect.stringContaining('Not for production'), custodians: [] });
  });

  it('refuses plans that do not fit, other institutions, and officers without a name', async () => {
    const plan = { heldOn: '2016-01-20', custodians };
    for (const [faulty, code] of [[custodians.slice(1), 'OFFICERS'], [custodians.map((one) => ({ ...one, officer: 'o-1' })), 'OFFICERS'], [custodians.map((one) => ({ ...one, unit: 'system' })), 'UNITS']] as const) {
      const answer = await vault.post('', 'o-9', { ...plan, custodians: faulty });
      expect([codeOf(answer), JSON.stringify(answer.json).includes(code)]).toEqual(['400 INVALID_INPUT', true]);
    }
    expect(codeOf(await vault.post('', 'o-9', { ...plan, heldOn: '2016-01-19' }))).toBe('409 CEREMONY_DAY');
    expect(codeOf(await vault.post('', '', plan, { clientId: 'operator-1', kind: 'operator', organisation: 'agency' }))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect([codeOf(await vault.post('', '', plan, HERE)), codeOf(await vault.post('', '', plan, AUDITOR)), codeOf(await vault.get('', HERE))]).toEqual(Array(3).fill('403 ACTION_NOT_PERMITTED'));
    expect(codeOf(await vault.post(`/${randomUUID()}/attendances`, 'o-1'))).toBe('404 NOT_FOUND');
  });

  it('NUM-4.9 is witnessed by three officers of three units, each for himself', async () => {
    id = await vault.plan('2016-01-20');
    expect(codeOf(await vault.post(`/${id}/minutes`, 'o-1', { minutes: 'x' }))).toBe('409 CEREMONY_STATE');
    const states: unknown[] = [];
    for (const officer of ['o-1', 'o-2', 'o-2', 'o-4', 'o-5']) states.push(ceremony.parse((await vault.post(`/${id}/attendances`, officer)).json).state);
    expect(states).toEqual(Array(5).fill('PLANNED'));
    expect(codeOf(await vault.post(`/${id}/attendances`, 'o-9'))).toBe('403 NOT_CUSTODIAN');
    expect(codeOf(await vault.post(`/${id}/activation`, 'o-2'))).toBe('409 CEREMONY_STATE');
    expect((await vault.post(`/${id}/attendances`, 'o-3')).json).toEqual({ ceremonyId: id, state: 'WITNESSED' });
    expect(await vault.told(id, '2')).toEqual({ ceremonyId: id, state: 'WITNESSED', custody: 'SOFTWARE' });
  });

  it('NUM-4.9 two officers who come at the same moment are both counted', async () => {
    const other = await vault.plan('2016-01-20');
    await Promise.all(['o-1', 'o-2', 'o-3'].map((officer) => vault.post(`/${other}/attendances`, officer)));
    expect(record.parse((await vault.get(`/${other}`)).json).state).toBe('WITNESSED');
  });

  it('NUM-3.7 the key is made by another witness than the writer of the minutes; the former is rotated with it', async () => {
    const former = (await vault.state()).ceremonyId;
    expect(codeOf(await vault.post(`/${id}/activation`, 'o-2'))).toBe('409 MINUTES_MISSING');
    expect(codeOf(await vault.post(`/${id}/minutes`, 'o-1', { minutes: 'a\u0000b' }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await vault.post(`/${id}/minutes`, 'o-1', { minutes: 'my number is 123456789018' }))).toBe('422 PERSONAL_NUMBER_IN_TEXT');
    expect((await vault.post(`/${id}/minutes`, 'o-1', { minutes: 'All went well.' })).status).toBe(200);
    expect(codeOf(await vault.post(`/${id}/activation`, 'o-1'))).toBe('409 SAME_OFFICER');
    const activated = await vault.post(`/${id}/activation`, 'o-2');
    const { keyCheckValue } = z.object({ keyCheckValue: z.string().regex(/^[0-9a-f]{6}$/) }).parse(activated.json);
    expect(await vault.state()).toMatchObject({ drawing: true, state: 'KEY_ACTIVE', ceremonyId: id, keyCheckValue });
    expect(record.parse((await vault.get(`/${former}`)).json).state).toBe('ROTATED');
    expect(await vault.told(id, '3')).toEqual({ ceremonyId: id, state: 'KEY_ACTIVE', custody: 'SOFTWARE', rotationDueOn: '2017-01-20' });
    expect(await vault.request()).toBe('201');
    expect(codeOf(await vault.post(`/${former}/destruction`, 'o-1'))).toBe('409 KEY_IN_USE');
  });

  it('NUM-3.7 two officers destroy the old key an hour later, with a certificate; of two activations one key remains', async () => {
    const [first, second] = [await vault.plan('2016-02-01'), await vault.plan('2016-02-01')];
    vault.world.estate.clock.set(new Date('2016-02-01T01:00:00Z'));
    for (const one of [first, second]) {
      for (const officer of ['o-1', 'o-2', 'o-3']) await vault.post(`/${one}/attendances`, officer);
      await vault.post(`/${one}/minutes`, 'o-1', { minutes: 'x' });
    }
    expect((await Promise.all([first, second].map((one) => vault.post(`/${one}/activation`, 'o-3')))).map(({ status }) => status)).toEqual([200, 200]);
    const states = await vault.world.estate.sql<{ state: string; sealed: boolean }>('SELECT state, sealed_key IS NOT NULL AS sealed FROM numbering.key_ceremony WHERE ceremony_id = ANY($1) ORDER BY state', [first, second]);
    expect(states).toEqual([{ state: 'KEY_ACTIVE', sealed: true }, { state: 'ROTATED', sealed: true }]);
    vault.world.estate.clock.set(new Date('2016-02-01T02:30:00Z'));
    expect(codeOf(await vault.post(`/${id}/destruction/confirmation`, 'o-2'))).toBe('409 CEREMONY_STATE');
    expect((await vault.post(`/${id}/destruction`, 'o-1')).json).toEqual({ ceremonyId: id, state: 'ROTATED' });
    expect(codeOf(await vault.post(`/${id}/destruction/confirmation`, 'o-1'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await vault.get(`/${id}/certificate`))).toBe('404 NOT_FOUND');
    const { sha256 } = z.object({ state: z.literal('DESTROYED'), sha256: z.string() }).parse((await vault.post(`/${id}/destruction/confirmation`, 'o-2')).json);
    const certificate = await vault.get(`/${id}/certificate`);
    expect([createHash('sha256').update(certificate.bytes).digest('hex'), certificate.json]).toEqual([sha256, expect.objectContaining({ ceremonyId: id, askedBy: 'o-1', destroyedBy: 'o-2' })]);
    expect(await vault.world.estate.sql('SELECT sealed_key FROM numbering.key_ceremony WHERE ceremony_id = $1', id)).toEqual([{ sealed_key: null }]);
  });

  it('NUM-4.9 reminds of the year that ends, once a week', async () => {
    const reminders = async (): Promise<number> => (await vault.world.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%ROTATION_DUE%'")).length;
    expect(await reminders()).toBe(0);
    vault.world.estate.clock.set(new Date('2017-01-10T01:00:00Z'));
    await vault.world.estate.eventually(async () => (await reminders()) === 1);
    await vault.world.estate.restart();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await reminders()).toBe(1);
  });

  it('NUM-4.9 no record, event or audit line holds a key', async () => {
    const keys = [vault.opened].flatMap((key) => (Buffer.isBuffer(key) ? [key] : []));
    expect(keys).toHaveLength(1);
    for (const { name } of await vault.world.estate.sql<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'numbering'::regnamespace AND relkind = 'r'")) {
      for (const { row } of await vault.world.estate.sql<{ row: string }>(`SELECT t::text AS row FROM numbering.${name} t`)) {
        for (const key of keys) expect([row.includes(key.toString('hex')), row.includes(key.toString('base64'))], name).toEqual([false, false]);
      }
    }
  });

  it('NUM-7 a faulty source of salts: single requests are refused, a batch is suspended and goes on after a new start', async () => {
    expect(vault.blocks).toBeGreaterThan(0);
    await vault.world.estate.restart();
    vault.faulty = true;
    const before = await vault.world.estate.sql('SELECT count(*) FROM numbering.number_ledger');
    expect(await vault.request()).toBe('503 SALT_SOURCE_FAULT');
    const { batchId, seal } = await vault.sealBatch(3);
    expect(await vault.becomes(batchId, 'SUSPENDED')).toBe(0);
    expect(await vault.world.estate.sql('SELECT count(*) FROM numbering.number_ledger')).toEqual(before);
    expect(await vault.world.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%SALT_SOURCE\"%' AND entry LIKE '%' || $1 || '%'", batchId)).toHaveLength(1);
    expect(await vault.state()).toMatchObject({ drawing: false, saltFault: 'REPETITION' });
    vault.faulty = false;
    expect(await vault.request()).toBe('503 SALT_SOURCE_FAULT');
    await vault.world.estate.restart();
    expect((await seal()).status).toBe(202);
    expect(await vault.becomes(batchId, 'DELIVERED')).toBe(3);
  });

  it('NUM-7 a sealed key that is damaged draws nothing: requests are refused, a batch waits, all else goes on; put back, it draws again', async () => {
    const { sql } = vault.world.estate;
    const { number } = await vault.world.resident();
    await sql("UPDATE numbering.key_ceremony SET sealed_key = set_byte(sealed_key, 30, get_byte(sealed_key, 30) # 1) WHERE state = 'KEY_ACTIVE'");
    await vault.world.estate.restart();
    expect(await vault.request()).toBe('503 KEY_NOT_ACTIVE');
    expect(await vault.state()).toMatchObject({ drawing: false, state: 'KEY_ACTIVE', saltFault: '' });
    const { batchId } = await vault.sealBatch(3);
    const items = { nameKanji: '見本　太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町２丁目３番４号' };
    expect((await vault.world.post('/verifications', { number, fourItems: items }, AGENCY, 'NUMBER_VERIFICATION')).json).toEqual({ result: 'MATCH' });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await sql("SELECT FROM numbering.job WHERE state = 'FAILED'")).toEqual([]);
    expect(await sql('SELECT FROM numbering.batch_line WHERE batch_id = $1 AND result_code IS NOT NULL', batchId)).toEqual([]);
    await sql("UPDATE numbering.key_ceremony SET sealed_key = set_byte(sealed_key, 30, get_byte(sealed_key, 30) # 1) WHERE state = 'KEY_ACTIVE'");
    expect(await vault.becomes(batchId, 'DELIVERED')).toBe(3);
    expect(await vault.request()).toBe('201');
  });

  it('NUM-7 a key that is not the one of its ceremony draws nothing', async () => {
    await vault.world.estate.sql("UPDATE numbering.key_ceremony SET key_check_value = '000000' WHERE state = 'KEY_ACTIVE'");
    await vault.world.estate.restart();
    expect(await vault.request()).toBe('503 KEY_NOT_ACTIVE');
  });
});

const absence = await softTokenAbsence();

describe.skipIf(absence !== undefined)(`key custody in a PKCS#11 token ${absence ?? 'of SoftHSM'}`, () => {
  let token: SoftToken;
  const vault = new Vault(() => new Pkcs11KeyStore(token.config));

  beforeAll(async () => {
    token = softToken();
    await vault.world.start(new Date('2016-01-20T01:00:00Z'), vault.module);
  });

  afterAll(async () => {
    await vault.world.estate.stop();
    token.remove();
  });

  it('NUM-7 draws nothing before the first ceremony: requests are refused, a batch waits', async () => {
    expect(await vault.state()).toMatchObject({ drawing: false, state: 'NO_KEY', custody: 'PKCS11' });
    expect(await vault.request()).toBe('503 KEY_NOT_ACTIVE');
    const { batchId } = await vault.sealBatch(40);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await vault.world.estate.sql('SELECT count(*) FROM numbering.number_ledger')).toEqual([{ count: 0 }]);
    await vault.hold('2016-01-20');
    expect(await vault.becomes(batchId, 'DELIVERED')).toBe(40);
    expect(await vault.request()).toBe('201');
    expect(vault.opened).toBeTypeOf('function');
  });

  it('NUM-7 the token is away: requests are refused, a batch waits for it and for nothing else', async () => {
    token.unplug();
    expect(await vault.state()).toMatchObject({ drawing: false, state: 'KEY_ACTIVE' });
    expect(await vault.request()).toBe('503 UNAVAILABLE');
    const { batchId } = await vault.sealBatch(5);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(batchState.parse((await vault.world.estate.request('GET', `${API}/batches/${batchId}`, { as: HERE })).json)).toMatchObject({ designated: 0 });
    token.plugIn();
    expect(await vault.becomes(batchId, 'DELIVERED')).toBe(5);
  });

  it('NUM-4.6 a working key for the mass numbering: sealed in the record, opened in memory; the former key is destroyed in the token', async () => {
    const former = (await vault.state()).ceremonyId;
    const id = await vault.hold('2016-02-01', true);
    expect(await vault.request()).toBe('201');
    expect(vault.opened).toBeInstanceOf(Buffer);
    const [kept] = await vault.world.estate.sql<{ sealed: number }>('SELECT length(sealed_key) AS sealed FROM numbering.key_ceremony WHERE ceremony_id = $1', id);
    expect(kept).toEqual({ sealed: 40 });
    vault.world.estate.clock.set(new Date('2016-02-01T03:00:00Z'));
    await vault.post(`/${former}/destruction`, 'o-4');
    expect(ceremony.parse((await vault.post(`/${former}/destruction/confirmation`, 'o-5')).json).state).toBe('DESTROYED');
    const store = new Pkcs11KeyStore(token.config);
    await store.prepare();
    const gone = store.open({ label: `numbering.K.${former}`, sealed: null });
    expect(() => typeof gone === 'function' && gone(Buffer.alloc(1))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    store.close();
  });

  it('NUM-4.3 the vectors, computed in the token under the public test key', async () => {
    token.importKey('public test key', Buffer.from(Array.from({ length: 32 }, (_, index) => index)));
    const store = new Pkcs11KeyStore(token.config);
    await store.prepare();
    const key = store.open({ label: 'public test key', sealed: null });
    const [zero, rising, ending] = [Buffer.alloc(16), Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'), (last: number) => Buffer.concat([Buffer.alloc(15), Buffer.of(last)])];
    expect(drawDigest(key, '99000000015', zero, 0).toString('hex')).toBe('4ee36e9b96ff4f6fb8e94d74d91ac11e1dd683f685b63904943aa9eca48f1e3a');
    const numbers = (code: string, salt: Buffer): string[] => [...candidateBodies(key, code, Buffer.from(salt))].map(numberOf);
    expect(numbers('99000000015', zero).slice(0, 2)).toEqual(['388231259102', '981493650816']);
    expect(numbers('99000000015', rising).slice(0, 2)).toEqual(['750962316580', '205777306473']);
    expect([numbers('99000000023', zero)[0], numbers('99000000023', rising)[0]]).toEqual(['974936118563', '557993562135']);
    expect([8, 5, 0xb6].map((last) => numbers('99000000015', ending(last))[0])).toEqual(['966954547150', '013803354760', '518505268929']);
    store.close();
  });
});
