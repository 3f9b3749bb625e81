import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { writeFrame } from '#contexts/juki-net';
import { parseCertificate, pemDecode, type ParsedCertificate } from '#pki';
import { ExchangeParty } from '#testing';
import { until, type Api } from '../../tools/walk/api.js';
import { timed } from '../report.js';
import { codesFrom, thousands, type Scene } from './scene.js';

/** As many as a file may have. */
const MOST_LINES = 100_000;
const BATCHES = 3;
const GOAL_A_MINUTE_AND_CORE = 100_000;
const PURPOSE = 'PENSION_CURRENT_STATUS';
const agency = { as: 'agency-pension', purpose: PURPOSE };

interface Exchange {
  readonly party: ExchangeParty;
  readonly register: ParsedCertificate;
  readonly grantId: string;
}

/** Sealed files of questions, from the last octet sent to the sealed answer. */
export async function provideBatches(scene: Scene): Promise<void> {
  const { api, residents, note } = scene;
  const exchange = await openExchange(api);
  const lines = Math.min(MOST_LINES, Math.floor(residents / BATCHES));
  const codes = codesFrom(residents, lines * BATCHES);
  const perMinute: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const reference = `scale-${Date.now()}`;
    const content = await sealed(exchange, reference, codes.slice(batch * lines, (batch + 1) * lines));
    const ms = await timed(() => answered(api, exchange.grantId, { reference, content, lines }));
    perMinute.push((lines / ms) * 60_000);
  }
  const cores = availableParallelism();
  const best = Math.min(...perMinute) / cores;
  note(`batch provision: ${perMinute.map(thousands).join(', ')} lines a minute on ${cores} cores, so at least ${thousands(best)} a minute and core (goal ${thousands(GOAL_A_MINUTE_AND_CORE)}) ${best >= GOAL_A_MINUTE_AND_CORE ? 'reached' : 'NOT reached'}`);
}

async function openExchange(api: Api): Promise<Exchange> {
  const { grantId } = await api.call('POST', '/api/juki-net/v1/grants', {
    as: 'operator-1', idempotencyKey: 'scale-batch-grant',
    body: {
      institution: 'national-agency', organisation: 'pension', affair: PURPOSE, legalBasis: '住基法30条の9 別表第一', items: ['nameKanji', 'birthDate', 'sex', 'address', 'municipalityCode', 'changeDate'],
      modes: ['BATCH_LINE'], keyKinds: ['RESIDENT_CODE'], validFrom: '2015-10-05', validUntil: '2099-12-31',
    },
  }, z.object({ grantId: z.uuid() }));
  await api.bytes('POST', `/api/juki-net/v1/grants/${grantId}/approval`, { as: 'legal-office', idempotencyKey: 'scale-batch-approval', body: {} });
  const party = await ExchangeParty.create(BigInt(Date.now()));
  await api.bytes('POST', '/api/juki-net/v1/exchange-certificates', { as: 'operator-1', body: { institution: 'national-agency', organisation: 'pension', ...party.registration } });
  const { bytes } = await api.bytes('GET', '/api/juki-net/v1/exchange-certificate', { as: 'agency-pension' });
  return { party, register: parseCertificate(pemDecode(bytes.toString(), ['CERTIFICATE'])), grantId };
}

async function sealed({ party, register, grantId }: Exchange, reference: string, codes: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const details = codes.map((code, index) => `D,${index + 1},1,${code},,,,,,,,ref-${index + 1}`);
  const text = writeFrame({ kind: 'BREQ', sender: 'pension', receiver: 'juki-net', grantId, batchId: reference, createdAt: new Date().toISOString() }, details);
  return party.seal(text, register);
}

async function answered(api: Api, grantId: string, { reference, content, lines }: { reference: string; content: Uint8Array<ArrayBuffer>; lines: number }): Promise<void> {
  const { batchId } = await api.call('POST', `/api/juki-net/v1/batches?grantId=${grantId}&reference=${reference}`, { ...agency, upload: { type: 'application/pkcs7-mime', content } }, z.object({ batchId: z.uuid() }));
  const { hits } = await until('the answers', async () => {
    const batch = await api.call('GET', `/api/juki-net/v1/batches/${batchId}`, { as: 'agency-pension' }, z.object({ state: z.string(), hits: z.number() }));
    return batch.state === 'PACKAGED' ? batch : undefined;
  }, 600);
  if (hits !== lines) throw new Error(`only ${hits} of ${lines} lines met a resident`);
}
