import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LedgerRefusal, bindSession, handOver, readChipRecord, terminateChip, type HandoverLedger, type HandoverWork, type SoftwareCard } from '#chip';
import { registry, type Actor } from '#platform';
import { COUNTER, NewChip, activateFor, newPins, startEstate, type Answer, type TestEstate } from '#testing';
import { cardIssuanceModule } from '../card-issuance.module.js';
import { fakeNeighbours } from '../neighbours.fixture.js';

const TOWN: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const CITY: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const API = '/api/card-issuance/v1';
const START = new Date('2016-01-20T01:00:00Z');
const IDENTITY = { method: 'IN_PERSON', documents: ['PASSPORT'], notificationCard: 'LOST' };
const WORK: HandoverWork = { counter: COUNTER, identity: IDENTITY, pins: newPins, guessable: { birthDate: '1989-03-31', securityCode: '4711' } };
const view = z.object({ sessionId: z.string(), state: z.string(), certificates: z.string().nullable(), doubtId: z.string().optional(), commitToken: z.string().optional() });
const problem = z.object({ code: z.string(), facts: z.record(z.string(), z.unknown()).default({}) });

const neighbours = fakeNeighbours();
let estate: TestEstate;
let seeds = 0;

beforeAll(async () => {
  estate = await startEstate([cardIssuanceModule, ...neighbours.modules], { at: START });
});
afterAll(async () => {
  await estate.stop();
  neighbours.remove();
});

interface Made {
  readonly serial: string;
  readonly card: SoftwareCard;
  readonly chip: NewChip;
}

/** A card ready for its hand-over, with its chip. */
async function ready(town = TOWN, wish = true): Promise<Made> {
  const serial = randomBytes(8).toString('hex').toUpperCase();
  const chip = await NewChip.create(serial);
  await estate.sql(
    `INSERT INTO card_issuance.card (card_serial, person_key, municipality_code, application_id, batch_id, record_no, fact_version, state, chip_state, expiry_date, wish_sign, wish_auth, version, moved_at)
     VALUES ($1, $2, $3, '', $4, 1, 1, 'PRESET', 'PERSONALISED', '2025-01-01', $5, $5, 1, now())`, serial, randomUUID(), town.organisation, randomUUID(), wish,
  );
  await estate.sql('INSERT INTO card_issuance.chip_key (card_serial, spki, registered_at) VALUES ($1, $2, now())', serial, chip.chipKey);
  return { serial, chip, card: await chip.finish() };
}

const ask = (path: string, body: object, as = TOWN, idempotencyKey = randomUUID()): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose: 'CARD_HANDOVER', body, idempotencyKey });
const code = (answer: Answer): string => problem.parse(answer.json).code;
const good = (answer: Answer): z.output<typeof view> => {
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return view.parse(answer.json);
};
const step = (sessionId: string, name: string, body: object = {}): Promise<Answer> => ask(`/handover-sessions/${sessionId}/steps/${name}`, body);
const open = async (serial: string, terminalId = 'T1'): Promise<z.output<typeof view>> => good(await ask('/handover-sessions', { cardSerial: serial, terminalId }));
const withCertificates = async (serial: string): Promise<z.output<typeof view>> => {
  const { sessionId } = await open(serial);
  good(await step(sessionId, 'identity', IDENTITY));
  good(await step(sessionId, 'pins', { signPinSet: true, authPinSet: true, inputPinSet: true }));
  return good(await step(sessionId, 'certificates'));
};
const report = (sessionId: string, record: Buffer): Promise<Answer> => ask(`/handover-sessions/${sessionId}/chip-record`, { terminalId: 'T2', record: record.toString('base64') });
const states = async (serial: string): Promise<unknown[]> => {
  const [row] = await estate.sql<{ state: string; chip_state: string; open: number }>(
    'SELECT state, chip_state, (SELECT count(*)::int FROM card_issuance.chip_doubt m WHERE m.card_serial = card.card_serial AND resolved_at IS NULL) AS open FROM card_issuance.card WHERE card_serial = $1', serial,
  );
  return [row?.state, row?.chip_state, row?.open];
};

/** A terminal's connection that repeats what is to be repeated, with jitter and the same key (CARD-4.12 Q5). */
function ledgerOf(terminalId: string, as = TOWN): HandoverLedger {
  const call = async (path: string, body: object): Promise<z.output<typeof view>> => {
    const key = randomUUID();
    for (;;) {
      const answer = await ask(path, body, as, key);
      if (answer.status < 300) return view.parse(answer.json);
      if (answer.status !== 503) throw new LedgerRefusal(code(answer), problem.parse(answer.json).facts);
      await sleep(20 + Math.random() * 100);
    }
  };
  return {
    open: (cardSerial) => call('/handover-sessions', { cardSerial, terminalId }),
    show: async (sessionId) => {
      const answer = await estate.request('GET', `${API}/handover-sessions/${sessionId}`, { as, purpose: 'CARD_HANDOVER' });
      if (answer.status !== 200) throw new LedgerRefusal(code(answer), {});
      return view.parse(answer.json);
    },
    take: (sessionId, name, body) => call(`/handover-sessions/${sessionId}/steps/${name}`, body),
    cancel: (sessionId) => call(`/handover-sessions/${sessionId}/cancellation`, {}),
    reportRecord: (sessionId, record) => call(`/handover-sessions/${sessionId}/chip-record`, { terminalId, record: record.toString('base64') }),
    issue: () => Promise.reject(new Error('no window in this spec')),
    confirmDelivery: () => Promise.resolve(),
  };
}

describe('the activation record (CARD-4.7 step 5)', () => {
  it('CARD-4.7 only the chip of this card, activated by this hand-over, brings the card into force', async () => {
    const [{ serial, card }, other] = [await ready(), await ready()];
    const { sessionId, doubtId } = await withCertificates(serial);
    expect([doubtId, await states(serial)]).toEqual([expect.any(String), ['HANDING_OVER', 'PERSONALISED', 1]]);
    const reasonOf = async (activationRecord: string): Promise<unknown> => problem.parse((await step(sessionId, 'chip-written', { activationRecord })).json).facts['reason'];
    expect(await reasonOf('c2lnbmVk')).toBe('FORMAT');
    expect(await reasonOf(await activateFor(other.card, other.serial, sessionId))).toBe('SIGNATURE');
    expect(await reasonOf((await readChipRecord(card)).toString('base64'))).toBe('STATE');
    expect(await reasonOf(await activateFor(card, serial, randomUUID()))).toBe('SESSION');
    expect(await states(serial)).toEqual(['HANDING_OVER', 'PERSONALISED', 1]);
    good(await step(sessionId, 'chip-written', { activationRecord: await activateFor(card, serial, sessionId) }));
    expect(await states(serial)).toEqual(['HANDING_OVER', 'ACTIVATED', 1]);
    good(await step(sessionId, 'confirmation'));
    expect(await states(serial)).toEqual(['ACTIVE', 'ACTIVATED', 0]);
  });

  it('CARD-4.7 a card whose maker registered no key is not handed over', async () => {
    const { serial, card } = await ready();
    await estate.sql('DELETE FROM card_issuance.chip_key WHERE card_serial = $1', serial);
    const { sessionId } = await withCertificates(serial);
    expect(code(await step(sessionId, 'chip-written', { activationRecord: await activateFor(card, serial, sessionId) }))).toBe('CHIP_KEY_UNKNOWN');
  });
});

describe('fees (CARD-4.9)', () => {
  it('CARD-4.9 a re-issued card whose fee is not paid gets no certificate and so no activation; paid, the same session goes on', async () => {
    const { serial } = await ready();
    const applicationId = String(seeds += 1).padStart(23, '9');
    await estate.sql('UPDATE card_issuance.card SET application_id = $2 WHERE card_serial = $1', serial, applicationId);
    await estate.sql(
      `INSERT INTO card_issuance.reissue_case (case_id, card_serial, person_key, municipality_code, cause, state, card_yen, certificates_yen, application_id, version, opened_at, moved_at)
       SELECT gen_random_uuid(), 'FORMER', person_key, municipality_code, 'LOST', 'APPLICATION_LINKED', 800, 200, application_id, 1, now(), now() FROM card_issuance.card WHERE card_serial = $1`, serial,
    );
    const { sessionId } = await open(serial);
    good(await step(sessionId, 'identity', IDENTITY));
    good(await step(sessionId, 'pins', { signPinSet: true, authPinSet: true, inputPinSet: true }));
    const unpaid = await step(sessionId, 'certificates');
    expect([code(unpaid), problem.parse(unpaid.json).facts]).toEqual(['FEE_NOT_SETTLED', { dueYen: 1_000 }]);
    expect(await states(serial)).toEqual(['HANDING_OVER', 'PERSONALISED', 0]);
    await estate.sql('UPDATE card_issuance.reissue_case SET paid_yen = 1000 WHERE application_id = $1', applicationId);
    expect(good(await step(sessionId, 'certificates')).certificates).toBe('ACTIVATED');
  });
});

describe('the terminal is gone (CARD-4.7, 3.5; CARD-4.12 Q6)', () => {
  it('CARD-4.7 chip written, not told: in doubt after the lease, alarmed after fifteen minutes, completed by the next terminal', async () => {
    const { serial, card } = await ready();
    const { sessionId } = await withCertificates(serial);
    await activateFor(card, serial, sessionId);
    estate.clock.set(new Date(estate.clock.now().getTime() + 31 * 60_000));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.handover_session WHERE session_id = $1 AND state = 'MISMATCH'", sessionId)).length === 1);
    expect(await states(serial)).toEqual(['HANDING_OVER', 'PERSONALISED', 1]);
    await estate.eventually(async () => /kiban_card_mismatch_oldest_seconds (9\d\d|\d{4,})/.test(await registry.getSingleMetricAsString('kiban_card_mismatch_oldest_seconds')));
    const listed = await estate.request('GET', `${API}/chip-doubts?municipalityCode=990019`, { as: TOWN });
    expect(z.object({ items: z.array(z.object({ cardSerial: z.string(), ageSeconds: z.number() })) }).parse(listed.json).items.find((item) => item.cardSerial === serial)?.ageSeconds).toBeGreaterThan(1_800);
    expect((await estate.request('GET', `${API}/chip-doubts?municipalityCode=990019`, { as: CITY })).status).toBe(403);
    const refused = problem.parse((await ask('/handover-sessions', { cardSerial: serial, terminalId: 'T2' })).json);
    expect(refused).toMatchObject({ code: 'CARD_IN_DOUBT', facts: { sessionId } });
    await card.reset();
    const token = await handOver(card, ledgerOf('T2'), WORK);
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    expect(await handOver(card, ledgerOf('T3'), WORK)).toBe(token);
    expect(await states(serial)).toEqual(['ACTIVE', 'ACTIVATED', 0]);
  });

  it('CARD-4.7 not activated, proven by a record bound after the question: undone, certificates withdrawn, handed over anew', async () => {
    const { serial, card } = await ready();
    const { sessionId, doubtId = '' } = await withCertificates(serial);
    const early = await activateFor(card, serial, randomUUID()).then(() => readChipRecord(card));
    const doubt = good(await ask(`/handover-sessions/${sessionId}/cancellation`, {}));
    expect([doubt.state, doubt.doubtId]).toEqual(['MISMATCH', doubtId]);
    expect(code(await report(sessionId, early))).toBe('CHIP_RECORD_STALE');
    const record = await bindSession(card, doubtId);
    expect(code(await ask(`/handover-sessions/${sessionId}/chip-record`, { terminalId: 'T2', record: record.toString('base64') }, CITY))).toBe('OUT_OF_JURISDICTION');
    for (const _twice of [1, 2]) expect(good(await report(sessionId, record)).state).toBe('COMPENSATED');
    expect((await states(serial)).slice(0, 3)).toEqual(['PRESET', 'PERSONALISED', 0]);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.certificate_withdrawal WHERE card_serial = $1 AND done_at IS NOT NULL', serial)).length === 1);
    expect(neighbours.activated.filter((one) => one.cardSerial === serial)).toEqual([{ cardSerial: serial, wishSign: true, wishAuth: true }, { cardSerial: serial, wishSign: false, wishAuth: false }]);
    // Withdrawn certificates come into force no more: the window makes new ones.
    await expect(handOver(card, { ...ledgerOf('T2'), issue: () => Promise.reject(new Error('asked for a window')) }, WORK)).rejects.toThrow();
    neighbours.windowIssued.add(serial);
    await card.reset();
    expect(await handOver(card, ledgerOf('T2'), WORK)).toMatch(/^[0-9a-f]{32}$/);
    expect(await states(serial)).toEqual(['ACTIVE', 'ACTIVATED', 0]);
  });

  it('CARD-4.7 the authority is away when a hand-over is undone: no other is certified before the withdrawal', async () => {
    const { serial, card } = await ready();
    const { sessionId, doubtId = '' } = await withCertificates(serial);
    await ask(`/handover-sessions/${sessionId}/cancellation`, {});
    await activateFor(card, serial, randomUUID());
    neighbours.authorityAway = true;
    good(await report(sessionId, await bindSession(card, doubtId)));
    const next = await open(serial, 'T2');
    good(await step(next.sessionId, 'identity', IDENTITY));
    good(await step(next.sessionId, 'pins', { signPinSet: true, authPinSet: true, inputPinSet: true }));
    expect(code(await step(next.sessionId, 'certificates'))).toBe('UNAVAILABLE');
    neighbours.authorityAway = false;
    estate.clock.set(new Date(estate.clock.now().getTime() + 60_000));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.certificate_withdrawal WHERE card_serial = $1 AND done_at IS NOT NULL', serial)).length === 1);
    expect(code(await step(next.sessionId, 'certificates'))).toBe('WINDOW_ISSUE_NEEDED');
  });

  it('CARD-4.13 a death while the card is in doubt: no card in force, the mismatch stays until the chip is terminated', async () => {
    const { serial, card } = await ready();
    const { sessionId } = await withCertificates(serial);
    await activateFor(card, serial, sessionId);
    const [row] = await estate.sql<{ person_key: string }>('SELECT person_key FROM card_issuance.card WHERE card_serial = $1', serial);
    const data = { personKey: row?.person_key, factVersion: 2, factDate: '2016-01-20', municipalityCode: '990019', reason: '20', fields: ['status'] };
    await estate.sql('INSERT INTO card_issuance.production_record (batch_id, state, record_no, card_serial, application_id, person_key, municipality_code, fact_version, face, number, security_code, photo_sha256, expiry_date, wish_sign, wish_auth) SELECT batch_id, $2, 1, card_serial, application_id, person_key, municipality_code, 1, $3, $3, $3, $4, expiry_date, true, true FROM card_issuance.card WHERE card_serial = $1', serial, 'IN', Buffer.alloc(1), 'f');
    await estate.sql("INSERT INTO card_issuance.application_form (application_id, person_key, municipality_code, print_sequence, printed_at) VALUES ($1, $2, '990019', 0, now())", serial, row?.person_key);
    await estate.sql("INSERT INTO card_issuance.application (application_id, person_key, municipality_code, channel, state, wish_sign, wish_auth, representative, photo_hash, received_at, version) VALUES ($1, $2, '990019', 'PC', 'FULFILLED', true, true, false, $3, now(), 1)", serial, row?.person_key, Buffer.alloc(1));
    await estate.request('POST', '/api/juki-net/v1/told', { as: OPERATOR, body: { event: 'resident.died', aggregateId: randomUUID(), sequence: 1, data } });
    await estate.eventually(async () => (await states(serial))[0] === 'WITHHELD');
    expect((await states(serial))[2]).toBe(1);
    expect(code(await report(sessionId, await readChipRecord(card)))).toBe('CHIP_TO_BE_TERMINATED');
    expect(good(await report(sessionId, await terminateChip(card))).state).toBe('COMPENSATED');
    expect((await states(serial))[2]).toBe(0);
  });

  it('CARD-3.5 who has a card in use gets no other, neither at the beginning nor at the end; the PINs that were set are recorded (CARD-4.8)', async () => {
    const [first, second, third] = [await ready(), await ready(), await ready()];
    await estate.sql('UPDATE card_issuance.card SET person_key = $1 WHERE card_serial = ANY($2::text[])', randomUUID(), [first, second, third].map(({ serial }) => serial));
    const { sessionId } = await withCertificates(second.serial);
    expect(await handOver(first.card, ledgerOf('T1'), WORK)).toMatch(/^[0-9a-f]{32}$/);
    expect(code(await ask('/handover-sessions', { cardSerial: third.serial, terminalId: 'T3' }))).toBe('HAS_VALID_CARD');
    good(await step(sessionId, 'chip-written', { activationRecord: await activateFor(second.card, second.serial, sessionId) }));
    expect(code(await step(sessionId, 'confirmation'))).toBe('HAS_VALID_CARD');
    estate.clock.set(new Date(estate.clock.now().getTime() + 11 * 60_000));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.handover_session WHERE session_id = $1 AND state = 'MISMATCH' AND reason = 'HAS_VALID_CARD'", sessionId)).length === 1);
    expect(await states(second.serial)).toEqual(['HANDING_OVER', 'ACTIVATED', 1]);
    const set = await estate.sql<{ pin: string }>('SELECT pin FROM card_issuance.card_pin WHERE card_serial = $1 AND set_at IS NOT NULL ORDER BY pin', first.serial);
    expect(set.map(({ pin }) => pin)).toEqual(['AUTH', 'INPUT', 'JUKI', 'SIGN']);
  });

  it('CARD-4.7 a lease is renewed while it runs, and not revived', async () => {
    const { serial } = await ready();
    const { sessionId } = await open(serial);
    const move = (minutes: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + minutes * 60_000));
    for (const _twice of [1, 2]) {
      move(20);
      good(await ask(`/handover-sessions/${sessionId}/lease`, {}));
    }
    move(31);
    expect(code(await ask(`/handover-sessions/${sessionId}/lease`, {}))).toBe('LEASE_LOST');
  });
});

describe('connections of a municipality (CARD-4.12 Q5)', () => {
  it('CARD-4.12 Q5 60 terminals where 42 may work: all finish, none doubled, the rest is told to come again', async () => {
    const made = await Promise.all(Array.from({ length: 60 }, () => ready(CITY, false)));
    let refused = 0;
    let most = 0;
    const budget = async (): Promise<{ most: number; inUse: number }> => z.object({ most: z.number(), inUse: z.number() }).parse((await estate.request('GET', `${API}/connection-budgets/990027`, { as: CITY })).json);
    const first = await Promise.all(made.map(({ serial }, index) => ask('/handover-sessions', { cardSerial: serial, terminalId: `C${index}` }, CITY)));
    for (const answer of first) if (answer.status === 503) refused += Number(code(answer) === 'CONNECTIONS_EXHAUSTED' && answer.headers.get('retry-after') !== null);
    most = (await budget()).inUse;
    expect([refused, most]).toEqual([18, 42]);
    const tokens = await Promise.all(made.map(({ card }, index) => handOver(card, ledgerOf(`C${index}`, CITY), WORK)));
    expect(new Set(tokens).size).toBe(60);
    const rows = await estate.sql("SELECT 1 FROM card_issuance.card_move WHERE to_state = 'ACTIVE' AND card_serial = ANY($1)", made.map(({ serial }) => serial));
    expect([rows.length, await budget()]).toEqual([60, { most: 42, inUse: 0 }]);
    expect((await estate.request('PUT', `${API}/connection-budgets/990027`, { as: CITY, body: { most: 60 } })).status).toBe(403);
    expect(z.object({ most: z.number() }).parse((await estate.request('PUT', `${API}/connection-budgets/990027`, { as: OPERATOR, body: { most: 60 } })).json).most).toBe(60);
  });

  it('CARD-3.5 everywhere and at the end: in force exactly when the chip is activated, or an open mismatch', async () => {
    const broken = await estate.sql(
      `SELECT card_serial FROM card_issuance.card WHERE (state = 'ACTIVE') <> (chip_state = 'ACTIVATED')
       AND NOT EXISTS (SELECT 1 FROM card_issuance.chip_doubt m WHERE m.card_serial = card.card_serial AND resolved_at IS NULL)`,
    );
    expect(broken).toEqual([]);
    expect((await estate.sql('SELECT 1 FROM card_issuance.dead_letter')).length).toBe(0);
  });
});

