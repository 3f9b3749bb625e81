import { createHash } from 'node:crypto';
import { z } from 'zod';
import { localDateOf, toMunicipalityCode, type MunicipalityCode } from '#kernel';
import { FICTIONAL_MUNICIPALITIES, generatePopulation, municipalityMaster, writeIntakeFile, type Household } from '#testing/population';
import { Api, until } from '../walk/api.js';
import type { Estate, Progress } from './estate.js';

const BASE_DATE = localDateOf(2015, 10, 5);
const fileAnswer = z.object({ fileId: z.uuid(), state: z.string() });
const fileState = z.object({ state: z.string(), rows: z.number(), applied: z.number(), repeated: z.number(), rejected: z.number() });
const batchAnswer = z.object({ batchId: z.uuid(), state: z.string() });
const batchState = z.object({ state: z.string(), lines: z.number(), designated: z.number() });

/** Loads the fictional residents of both municipalities and has them numbered; a second time it finds everything done. */
export async function loadPopulation(estate: Estate, size: number, progress: Progress): Promise<void> {
  const api = new Api(estate.address);
  await prepareEstate(api);
  for (const [index, code] of FICTIONAL_MUNICIPALITIES.entries()) {
    const municipality = toMunicipalityCode(code);
    const options = { seed: `kiban-${code}`, size, municipality, baseDate: BASE_DATE, firstSerial: 1 + index * 10_000_000 };
    await progress.phase(`registering ${size} fictional residents of ${municipalityMaster(code)?.name ?? code}`, () =>
      register(api, municipality, generatePopulation(options)));
    await progress.phase(`numbering them`, () => number(api, municipality, generatePopulation(options), size));
  }
}

async function register(api: Api, municipality: MunicipalityCode, households: Iterable<Household>): Promise<void> {
  const as = `municipality-${municipality}`;
  const purpose = 'RESIDENT_REGISTER';
  const content = Buffer.concat([...writeIntakeFile(households, { municipality, changeDate: BASE_DATE }).chunks]).toString('utf8');
  const { fileId } = await api.call('POST', `/api/juki-net/v1/notice-files?municipalityCode=${municipality}`, { as, purpose, upload: { type: 'text/csv', content } }, fileAnswer);
  await until('the register', async () => {
    const file = await api.call('GET', `/api/juki-net/v1/notice-files/${fileId}`, { as, purpose }, fileState);
    return file.state === 'COMPLETED' ? file : undefined;
  }, 600);
}

async function number(api: Api, municipality: MunicipalityCode, households: Iterable<Household>, size: number): Promise<void> {
  const as = `municipality-${municipality}`;
  const purpose = 'NUMBER_DESIGNATION';
  const { batchId } = await api.call('POST', '/api/numbering/v1/batches', { as, purpose, idempotencyKey: `population-${municipality}-${size}`, body: { municipalityCode: municipality } }, batchAnswer);
  const path = `/api/numbering/v1/batches/${batchId}`;
  const state = await api.call('GET', path, { as, purpose }, batchState);
  if (state.state === 'OPEN') {
    const content = requestFile(municipality, households);
    await api.bytes('PUT', `${path}/lines`, { as, purpose, upload: { type: 'text/csv', content } });
    const sha256 = createHash('sha256').update(content).digest('hex');
    await api.call('POST', `${path}/seal`, { as, purpose, idempotencyKey: `population-${municipality}-${size}-seal`, body: { lineCount: size, sha256 } }, z.object({ state: z.string() }));
  }
  await until('the numbers', async () => {
    const batch = await api.call('GET', path, { as, purpose }, batchState);
    return ['DELIVERED', 'CONFIRMED'].includes(batch.state) ? batch : undefined;
  }, 600);
}

/** NREQ: one line per resident, kind 1 (new). */
function requestFile(municipality: MunicipalityCode, households: Iterable<Household>): string {
  const lines = ['lineNo,requestId,residentCode,kind,caseId,priority'];
  for (const { members } of households) {
    for (const { residentCode } of members) lines.push(`${lines.length},population-${municipality}-${lines.length},${residentCode.reveal()},1,,`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** What the agency's operators set up before a municipality joins: revocation list partitions, access of the verifier, a grant for inquiries. */
async function prepareEstate(api: Api): Promise<void> {
  for (const code of FICTIONAL_MUNICIPALITIES) {
    const master = municipalityMaster(code);
    if (master === undefined) throw new Error('a fictional municipality without master data');
    await api.bytes('POST', '/api/jpki-ca/v1/crl-partitions', {
      as: 'operator-1',
      idempotencyKey: `partition-${code}`,
      body: { municipalityCode: code, prefectureRomaji: master.prefectureRomaji, municipalityRomaji: master.romaji },
    });
  }
  for (const ca of ['sign', 'auth']) {
    await api.bytes('POST', '/api/jpki-ca/v1/access-grants', { as: 'operator-1', idempotencyKey: `access-tax-${ca}`, body: { organisation: 'tax', ca } });
  }
}
