import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FileKeyStore, Pkcs11KeyStore, certIdOf, createOcspRequest, isCertificateSignedBy, parseCertificate, parseCrl, parseOcspResponse } from '#pki';
import { softToken, softTokenAbsence, startEstate, type Answer, type SoftToken, type TestEstate } from '#testing';
import { join } from 'node:path';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, Neighbours, cardExpiry, cardSerial, certifyBatch, csr, listsOfTheDay, operator, verifier, window } from '../neighbours.fixture.js';

const BASE = '/api/jpki-ca/v1';
const absence = await softTokenAbsence();

describe.skipIf(absence !== undefined)(`authorities whose keys are in a PKCS#11 token ${absence ?? 'of SoftHSM'} (JPKI-4.16, 7)`, () => {
  const neighbours = new Neighbours();
  let token: SoftToken;
  let estate: TestEstate;

  beforeAll(async () => {
    token = softToken();
    const module = { ...jpkiCaModule, build: (platform: Parameters<typeof jpkiCaModule.build>[0]) => jpkiCaModule.build({ ...platform, config: { ...platform.config, pkcs11: token.config } }) };
    estate = await startEstate([...neighbours.modules(), module]);
    for (const ca of ['sign', 'auth']) await estate.request('POST', `${BASE}/access-grants`, { as: operator, body: { organisation: 'tax', ca } });
    await estate.request('POST', `${BASE}/crl-partitions`, { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
  }, 120_000);

  afterAll(async () => {
    await estate.stop();
    neighbours.close();
    token.remove();
  });

  const certificateOf = async (ca: string) => parseCertificate((await estate.request('GET', `${BASE}/cas/${ca}/certificate`, { as: verifier })).bytes);
  const currentCrl = async (): Promise<bigint | undefined> => {
    const { status, bytes } = await estate.request('GET', `${BASE}/crl-partitions/auth-99001/current.crl`, { as: verifier });
    return status === 200 ? parseCrl(bytes).number : undefined;
  };
  async function cardRequest() {
    const person = neighbours.person();
    const auth = await csr();
    return { recordNo: 1, cardSerial: cardSerial(), personKey: person.personKey, municipalityCode: person.municipalityCode, factVersion: 1, cardExpiry: cardExpiry(estate), authCsr: auth.der };
  }
  async function atWindow(): Promise<() => Promise<Answer>> {
    const { authCsr, cardSerial: card, personKey, cardExpiry: expiry } = await cardRequest();
    const body = { type: 'AUTH_CERT', cardSerial: card, personKey, csr: authCsr.toString('base64'), windowId: '99001001A', requestId: 'r-1', cardExpiry: expiry };
    return () => estate.request('POST', `${BASE}/issuance-requests`, { as: window, purpose: 'CERTIFICATE_ISSUE', body });
  }

  it('were made in the token; those of the responders are in software', async () => {
    const store = new Pkcs11KeyStore(token.config);
    expect(await store.list()).toEqual(['auth-ca-g1', 'sign-ca-g1']);
    expect((await store.open('sign-ca-g1')).publicKeySpki).toEqual((await certificateOf('sign')).spki);
    store.close();
    expect((await new FileKeyStore(join(estate.config.keys, 'ca'), Buffer.alloc(32)).list()).every((id) => id.includes('ocsp'))).toBe(true);
  });

  it('without the token: windows and batches wait for it, the former list and OCSP answers go on; with it all is done once', async () => {
    expect(await certifyBatch(estate, neighbours, [await cardRequest()])).toMatchObject({ result: { issued: 1, rejected: 0 } });
    const [{ serial = 0 } = {}] = await estate.sql<{ serial: number }>('SELECT serial::int FROM jpki_ca.certificate');
    await estate.request('POST', `${BASE}/crl-partitions/auth-99001/issues`, { as: operator, body: {} });
    await listsOfTheDay(estate);
    const number = await currentCrl();
    const issue = await atWindow();

    token.unplug();
    const refused = await issue();
    expect([refused.status, z.object({ code: z.string() }).parse(refused.json).code]).toEqual([503, 'UNAVAILABLE']);
    const batch = certifyBatch(estate, neighbours, [await cardRequest()], 60);
    await estate.request('POST', `${BASE}/crl-partitions/auth-99001/issues`, { as: operator, body: {} });
    const body = createOcspRequest({ items: [certIdOf(await certificateOf('auth'), BigInt(serial), 'sha1')] });
    const ocsp = await estate.request('POST', `${BASE}/ocsp/auth`, { as: verifier, headers: { 'content-type': 'application/ocsp-request' }, body });
    expect(parseOcspResponse(ocsp.bytes).status).toBe('successful');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await currentCrl()).toBe(number);

    token.plugIn();
    const answer = await estate.eventually(async () => ((again) => again.status === 201 && again)(await issue()), 60);
    const { certificate } = z.object({ certificate: z.string() }).parse(answer.json);
    expect(isCertificateSignedBy(parseCertificate(Buffer.from(certificate, 'base64')), (await certificateOf('auth')).spki)).toBe(true);
    expect(await batch).toMatchObject({ result: { issued: 1, rejected: 0 } });
    expect(await estate.eventually(async () => ((now) => now !== number && now)(await currentCrl()), 60)).toBe((number ?? 0n) + 1n);
    expect(await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE state = 'FAILED'")).toEqual([]);
    expect(await estate.sql('SELECT count(*)::int, count(DISTINCT serial)::int AS serials FROM jpki_ca.certificate')).toEqual([{ count: 3, serials: 3 }]);
  }, 180_000);
});
