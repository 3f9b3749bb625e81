import { X509Certificate } from 'node:crypto';
import { Client, InsufficientAccessError, InvalidCredentialsError, NoSuchObjectError, ResultCodeError } from 'ldapts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { parseCertificate, parseCrl } from '#pki';
import type { Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { startDirectory, type RunningDirectory } from './directory.js';
import { readDirectorySettings } from './settings.js';

const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const verifier: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
const stranger: Actor = { clientId: 'verifier-x', kind: 'signature-verifier', organisation: 'x' };
const own: Actor = { clientId: 'svc-directory', kind: 'service', organisation: 'directory' };

const BASE = 'O=JPKI-TEST,C=JP';
const SIGN = `OU=Japan Agency for Local Authority Information Systems,OU=JPKI for digital signature,${BASE}`;
const POINTS = `OU=CRL Distribution Points,OU=JPKI for digital signature,${BASE}`;
const KASUMI = `CN=Kasumi-shi CRLDP,OU=Kasumi-ken,${POINTS}`;

let estate: TestEstate;
let directory: RunningDirectory;
const clients: Client[] = [];

function client(): Client {
  const made = new Client({ url: `ldap://127.0.0.1:${directory.ldapPort}`, timeout: 10_000 });
  clients.push(made);
  return made;
}

async function boundAs(actor: Actor): Promise<Client> {
  const made = client();
  await made.bind(`cn=${actor.clientId},ou=clients,${BASE}`, await estate.token(actor));
  return made;
}

beforeAll(async () => {
  estate = await startEstate([jpkiCaModule]);
  await estate.request('POST', '/api/jpki-ca/v1/crl-partitions', { as: operator, body: { municipalityCode: '990019', prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
  await estate.sql("INSERT INTO jpki_ca.access_grant (organisation, ca, granted_at, granted_by, modes) VALUES ('tax', 'sign', now(), 'test', ARRAY['CRL'])");
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE partition_id IN ('sign-99001', 'sign-arl') AND state = 'PUBLISHED'")).length === 2);
  const settings = readDirectorySettings({ KIBAN_LDAP_PORT: '0', KIBAN_HTTP_PORT: '0', KIBAN_KEYS: estate.config.keys, KIBAN_GATEWAY_URL: `http://127.0.0.1:${estate.running.httpPort}` });
  directory = await startDirectory(settings, { tokens: { token: () => estate.token(own) } });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.unbind()));
});
afterAll(async () => {
  await directory?.stop();
  await estate?.stop();
});

const buffers = (value: unknown): Buffer[] => [value].flat().map((one) => (Buffer.isBuffer(one) ? one : Buffer.from(String(one), 'latin1')));

describe('lists (JPKI-4.8)', () => {
  it('are found at the names in distribution points by who has a grant, the same octets as by HTTP', async () => {
    const { searchEntries } = await (await boundAs(verifier)).search(KASUMI, { scope: 'base', attributes: ['certificateRevocationList;binary'] });
    const overHttp = await estate.request('GET', '/api/jpki-ca/v1/crl-partitions/sign-99001/current.crl', { as: verifier });
    console.log(searchEntries);
    expect(overHttp.status).toBe(200);
    expect(buffers(searchEntries[0]?.['certificateRevocationList;binary'])[0]?.equals(overHttp.bytes)).toBe(true);
    expect(parseCrl(overHttp.bytes).number).toBe(1n);
  });

  it('are insufficientAccessRights for who has none, says who it is or not', async () => {
    for (const asking of [client(), await boundAs(stranger)]) {
      for (const [base, attribute] of [[KASUMI, 'certificateRevocationList'], [SIGN, 'authorityRevocationList;binary']] as const) {
        await expect(asking.search(base, { scope: 'base', attributes: [attribute] })).rejects.toBeInstanceOf(InsufficientAccessError);
      }
    }
  });
});
