import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseCertificate, parseCertificatesOnly } from '#pki';
import { softToken, softTokenAbsence, startEstate, type TestEstate } from '#testing';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, Neighbours, cardExpiry, cardSerial, certifyBatch, csr, operator, verifier } from '../neighbours.fixture.js';
import { Ceremonies, named } from './ceremony.fixture.js';

const API = '/api/jpki-ca/v1';
const neighbours = new Neighbours();
let estate: TestEstate;
const ceremonies = new Ceremonies(() => estate);
/** Where there is one, the keys are in a token, as in production. */
const token = (await softTokenAbsence()) === undefined ? softToken() : undefined;

beforeAll(async () => {
  const build: typeof jpkiCaModule.build = (platform) => jpkiCaModule.build({ ...platform, config: { ...platform.config, environment: 'production', ...(token === undefined ? {} : { pkcs11: token.config }) } });
  estate = await startEstate([...neighbours.modules(), { ...jpkiCaModule, build }]);
}, 120_000);

afterAll(async () => {
  await estate?.stop();
  neighbours.close();
  token?.remove();
});

it('in production the first key too comes from a ceremony; until then cards wait (JPKI-3.1, 3.2)', async () => {
  expect(await estate.sql('SELECT 1 FROM jpki_ca.ca_key_generation')).toEqual([]);
  expect((await estate.request('GET', `${API}/cas/sign/certificate`, { as: verifier })).status).toBe(503);
  await estate.request('POST', `${API}/crl-partitions`, { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
  const person = neighbours.person();
  const sign = await csr();
  const card = { recordNo: 1, cardSerial: cardSerial(), personKey: person.personKey, municipalityCode: KASUMI, factVersion: 1, cardExpiry: cardExpiry(estate), signCsr: sign.der };
  const batch = certifyBatch(estate, neighbours, [card], 120);
  const id = await ceremonies.hold('GENERATE');
  const minutes = (await estate.request('GET', `${API}/key-ceremonies/${id}/minutes`, { as: named('admin') })).bytes.toString();
  for (const part of token === undefined ? ['"custody":"FILE"'] : ['"custody":"PKCS11"', 'CKA_NEVER_EXTRACTABLE=true', 'CKA_LOCAL=true']) expect(minutes).toContain(part);
  await estate.restart();
  expect(await estate.sql('SELECT 1 FROM jpki_ca.certificate')).toEqual([]);
  await ceremonies.hold('ACTIVATE', { generation: 1 });
  expect(await batch).toMatchObject({ result: { issued: 1, rejected: 0 } });
  const root = parseCertificate((await estate.request('GET', `${API}/cas/sign/certificate`, { as: verifier })).bytes);
  expect([root.serial, root.subject.find(({ type }) => type === 'O')?.value]).toEqual([1n, 'JPKI']);
  expect(parseCertificatesOnly((await estate.request('GET', `${API}/cas/sign/certificates`, { as: verifier })).bytes).map(({ der }) => der)).toEqual([root.der]);
}, 180_000);
