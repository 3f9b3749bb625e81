import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { linkByCode, linkByNumber, numberDesignated, statusByNumber } from '#contracts/numbering';
import { residentDied } from '#contracts/juki-net';
import { IndividualNumber, municipalityCodeFromBody, ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, start, streamName, type Actor, type Peers } from '#platform';
import { numberingModule } from '../numbering.module.js';
import { AGENCY, codeOf, Stewardship } from '../stewardship.fixture.js';

const items = { nameKanji: '見本　太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町２丁目３番４号' };
const given = z.object({ assignmentId: z.uuid(), number: z.string(), state: z.string() });
const TRAINING = IndividualNumber.fromBody('99000000001').reveal();
const REAL = IndividualNumber.fromBody('12345678901').reveal();
const call = { correlationId: randomUUID(), purpose: 'IDENTITY_INFORMATION' };

/** What each edge says about the number and the code. */
async function edges(world: Stewardship, { number, residentCode, municipalityCode }: { number: string; residentCode: string; municipalityCode: string }) {
  const town: Actor = { clientId: `municipality-${municipalityCode}`, kind: 'municipality', organisation: municipalityCode };
  const juki: Peers = world.service({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' });
  const fault = (answer: Promise<unknown>) => answer.then(() => 'ANSWERED', (error: unknown) => z.object({ code: z.string() }).parse(error).code);
  try {
    return {
      verification: (await world.post('/verifications', { number, fourItems: items }, AGENCY, 'NUMBER_VERIFICATION')).json,
      looks: [await fault(juki.call(linkByCode, call, { residentCode })), await fault(juki.call(linkByNumber, call, { number })), await fault(juki.call(statusByNumber, call, { number }))],
      request: codeOf(await world.post('/requests', { requestId: randomUUID(), municipalityCode, residentCode, kind: 'NEW' }, town, 'NUMBER_DESIGNATION')),
      difference: (await world.estate.request('POST', `/api/numbering/v1/difference-runs?municipalityCode=${municipalityCode}`, {
        as: town, purpose: 'NUMBER_DESIGNATION', body: `residentCode,situation,since\r\n${residentCode},born,2016-01-10\r\n`, headers: { 'content-type': 'text/csv' },
      })).status,
    };
  } finally {
    juki.close();
  }
}

describe('the training realm (NUM-8)', () => {
  const world = new Stewardship();
  beforeAll(() => world.start(undefined, numberingModule, 'training'));
  afterAll(() => world.estate.stop());

  it('draws numbers of the prefix 99 alone, under a key of its own, and the independent pass agrees', async () => {
    const people = Array.from({ length: 20 }, () => world.enter());
    const numbers = await Promise.all(people.map(async ({ code }) => given.parse((await world.ask(code)).json).number));
    expect(numbers.filter((number) => number.startsWith('99') && IndividualNumber.fault(number) === undefined)).toHaveLength(20);
    expect(new Set(numbers).size).toBe(20);
    expect(await world.estate.sql('SELECT key_label LIKE $1 AS own, training FROM numbering.key_ceremony', 'numbering.K.training.%')).toEqual([{ own: true, training: true }]);
    const verified = await world.post('/verifications', { number: numbers[0], fourItems: items }, AGENCY, 'NUMBER_VERIFICATION');
    expect(verified.json).toEqual({ result: 'MATCH' });
    expect((await world.uniqueness()).status).toBe(200);
    const run = z.object({ runId: z.string() }).parse((await world.post('/uniqueness-runs', {}, { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' }, '')).json);
    await world.estate.eventually(async () => (await world.estate.sql("SELECT FROM numbering.uniqueness_run WHERE run_id = $1 AND state = 'CLEAN'", run.runId)).length === 1);
  });

  it('its events say so, and one without the realm is not taken in', async () => {
    const { assignmentId, personKey } = await world.resident();
    const streams = await connectStreams(world.estate.natsUrl, 'spec');
    try {
      const told = await world.estate.eventually(async () => {
        const message = await streams.manager.streams.getMessage(streamName('numbering'), { last_by_subj: numberDesignated.subject }).catch(() => null);
        const event = message === null ? undefined : parseCloudEvent(message.string());
        return event?.subject === assignmentId && event;
      });
      expect(told.realm).toBe('training');
      const foreign = {
        specversion: '1.0', id: randomUUID(), source: '/kiban/juki-net', type: residentDied.type, subject: personKey, time: new Date().toISOString(), datacontenttype: 'application/json', sequence: '2',
        correlationid: 'spec', data: { personKey, factVersion: 2, factDate: '2016-01-20', municipalityCode: '990019', reason: '20', fields: [] },
      };
      await streams.publisher([{ id: foreign.id, subject: residentDied.subject, text: JSON.stringify(foreign) }]);
      await world.tell(personKey, 'record-deleted', 3);
      await world.becomes(assignmentId, 'DORMANT');
    } finally {
      await streams.connection.close();
    }
  });

  it('refuses what is not of it at every edge', async () => {
    expect(await edges(world, { number: REAL, residentCode: ResidentCode.fromBody('1234567890').reveal(), municipalityCode: municipalityCodeFromBody('01100') })).toEqual({
      verification: { result: 'UNKNOWN', hint: 'NOT_A_TRAINING_NUMBER' }, looks: ['TRAINING_REALM', 'TRAINING_REALM', 'TRAINING_REALM'], request: '422 TRAINING_REALM', difference: 422,
    });
  });

  it('its database serves no other realm', async () => {
    const { realm, ...config } = world.estate.config;
    expect(realm).toBe('training');
    for (const other of [{ ...config, realm: 'production' as const }, config]) await expect(start(other, [numberingModule])).rejects.toThrow('KIBAN_REALM');
  });
});

describe('production (NUM-8)', () => {
  const world = new Stewardship();
  beforeAll(() => world.start(undefined, numberingModule, 'production'));
  afterAll(() => world.estate.stop());

  it('refuses what begins with 99 at every edge and draws for residents', async () => {
    const municipalityCode = municipalityCodeFromBody('01100');
    expect(await edges(world, { number: TRAINING, residentCode: world.enter().code, municipalityCode: '990019' })).toEqual({
      verification: { result: 'UNKNOWN', hint: 'TRAINING_NUMBER' }, looks: ['TRAINING_REALM', 'TRAINING_REALM', 'TRAINING_REALM'], request: '422 TRAINING_REALM', difference: 422,
    });
    const residentCode = ResidentCode.fromBody('1234567890').reveal();
    world.register.people.set(residentCode, { found: true, personKey: randomUUID(), municipalityCode, status: 'RESIDENT', superseded: false });
    const town: Actor = { clientId: `municipality-${municipalityCode}`, kind: 'municipality', organisation: municipalityCode };
    const answer = await world.post('/requests', { requestId: randomUUID(), municipalityCode, residentCode, kind: 'NEW' }, town, 'NUMBER_DESIGNATION');
    expect(given.parse(answer.json).number.startsWith('99')).toBe(false);
    expect(codeOf(await world.post('/requests', { requestId: randomUUID(), municipalityCode, residentCode: world.enter().code, kind: 'NEW' }, town, 'NUMBER_DESIGNATION'))).toBe('422 TRAINING_REALM');
  });
});
