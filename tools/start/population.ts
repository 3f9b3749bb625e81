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
      sendNoticeFile(api, municipality, contentOf(generatePopulation(options), municipality)));
    await progress.phase(`numbering them`, async () => {
      const batch = await openNumberBatch(api, municipality, `population-${municipality}-${size}`);
      await deliverNumbers(api, batch, batch.state === 'OPEN' ? await uploadNumberLines(api, batch, generatePopulation(options)) : undefined);
    });
  }
}

function contentOf(households: Iterable<Household>, municipality: MunicipalityCode): string {
  return Buffer.concat([...writeIntakeFile(households, { municipality, changeDate: BASE_DATE }).chunks]).toString('utf8');
}

/** A municipality's file of change notices, until it is taken in. */
export async function sendNoticeFile(api: Api, municipality: MunicipalityCode, content: string): Promise<void> {
  const as = `municipality-${municipality}`;
  const purpose = 'RESIDENT_REGISTER';
  const { fileId } = await api.call('POST', `/api/juki-net/v1/notice-files?municipalityCode=${municipality}`, { as, purpose, upload: { type: 'text/csv', content } }, fileAnswer);
  await until('the register', async () => {
    const file = await api.call('GET', `/api/juki-net/v1/notice-files/${fileId}`, { as, purpose }, fileState);
    return file.state === 'COMPLETED' ? file : undefined;
  }, 1_200);
}

/** A batch of numbers to draw, with its lines uploaded; `key` makes its repetition the same batch. */
export interface OpenedBatch {
  readonly municipality: MunicipalityCode;
  readonly key: string;
  readonly path: string;
  readonly state: string;
}

const asTown = (municipality: MunicipalityCode) => ({ as: `municipality-${municipality}`, purpose: 'NUMBER_DESIGNATION' });

export async function openNumberBatch(api: Api, municipality: MunicipalityCode, key: string): Promise<OpenedBatch> {
  const as = asTown(municipality);
  const { batchId } = await api.call('POST', '/api/numbering/v1/batches', { ...as, idempotencyKey: key, body: { municipalityCode: municipality } }, batchAnswer);
  const path = `/api/numbering/v1/batches/${batchId}`;
  const { state } = await api.call('GET', path, as, batchState);
  return { municipality, key, path, state };
}

/** Uploads a line for each resident; the answer is what the seal must say of them. */
export async function uploadNumberLines(api: Api, { municipality, key, path }: OpenedBatch, households: Iterable<Household>): Promise<{ lineCount: number; sha256: string }> {
  const { content, lineCount } = requestFile(key, households);
  await api.bytes('PUT', `${path}/lines`, { ...asTown(municipality), upload: { type: 'text/csv', content } });
  return { lineCount, sha256: createHash('sha256').update(content).digest('hex') };
}

/** Seals the batch, waits until its numbers are delivered and confirms the receipt; tells how many. */
export async function deliverNumbers(api: Api, { municipality, key, path }: OpenedBatch, sealed: { lineCount: number; sha256: string } | undefined): Promise<number> {
  const as = asTown(municipality);
  if (sealed !== undefined) await api.call('POST', `${path}/seal`, { ...as, idempotencyKey: `${key}-seal`, body: sealed }, z.object({ state: z.string() }));
  const { designated } = await until('the numbers', async () => {
    const batch = await api.call('GET', path, as, batchState);
    return ['DELIVERED', 'CONFIRMED'].includes(batch.state) ? batch : undefined;
  }, 1_200);
  await api.bytes('POST', `${path}/receipt`, { ...as, idempotencyKey: `${key}-receipt`, body: {} });
  return designated;
}

/** NREQ: one line per resident, kind 1 (new). */
function requestFile(key: string, households: Iterable<Household>): { content: string; lineCount: number } {
  const lines = ['lineNo,requestId,residentCode,kind,caseId,priority'];
  for (const { members } of households) {
    for (const { residentCode } of members) lines.push(`${lines.length},${key}-${lines.length},${residentCode.reveal()},1,,`);
  }
  return { content: `${lines.join('\r\n')}\r\n`, lineCount: lines.length - 1 };
}

/** What the agency's operators set up before a municipality joins: revocation list partitions, access of the verifier, a grant for inquiries. */
export async function prepareEstate(api: Api): Promise<void> {
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
