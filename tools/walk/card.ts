import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { z } from 'zod';
import { isCertificateSignedBy, parseCertificate } from '#pki';
import { NewChip, activateFor } from '#testing';
import { until, type Api } from './api.js';
import { TOWN } from './people.js';

const applicationAnswer = z.object({ state: z.string() });
const batchAnswer = z.object({ batchId: z.uuid() });
const batchView = z.object({ state: z.string(), filled: z.boolean(), count: z.number().nullable(), hash: z.string().nullable(), boxes: z.array(z.object({ boxNo: z.string() })) });
const records = z.object({ records: z.array(z.object({ recordNo: z.number(), cardSerial: z.string(), number: z.string() })) });
const certificates = z.object({ cards: z.array(z.object({ cardSerial: z.string(), certificates: z.array(z.object({ type: z.enum(['SIGN_CERT', 'AUTH_CERT']), serial: z.string(), der: z.string(), caCertificate: z.string() })) })) });
const session = z.object({ sessionId: z.uuid(), state: z.string(), certificates: z.string().nullable(), commitToken: z.string().optional() });

const maker = { as: 'card-maker-1', purpose: 'CARD_PRODUCTION' };
const counter = { as: `municipality-${TOWN}`, purpose: 'CARD_HANDOVER' };
const operator = { as: 'operator-1' };

interface StoredCertificate {
  readonly serial: string;
  readonly der: Buffer;
  /** That of the key that signed it. */
  readonly authority: Buffer;
}

/** A card with what is stored on it. */
export interface MadeCard {
  readonly cardSerial: string;
  readonly chip: NewChip;
  readonly sign: StoredCertificate;
  readonly auth: StoredCertificate;
}

/** The resident applies with a photo, an examiner approves. */
export async function apply(api: Api, applicationId: string): Promise<void> {
  const [width, height] = [600, 780];
  // Noise stands for a face: a real JPEG that no other application has.
  const photo = await sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } }).jpeg({ quality: 60 }).toBuffer();
  const purpose = 'CARD_APPLICATION';
  const query = new URLSearchParams({ applicationId, channel: 'SMARTPHONE', wishSign: 'true', wishAuth: 'true' });
  await api.call('POST', `/api/card-issuance/v1/applications?${query.toString()}`, { as: counter.as, purpose, upload: { type: 'image/jpeg', content: new Uint8Array(photo) } }, applicationAnswer);
  const review = await api.call('POST', `/api/card-issuance/v1/applications/${applicationId}/reviews`, { ...operator, purpose, body: { decision: 'APPROVED' } }, applicationAnswer);
  if (review.state !== 'APPROVED') throw new Error(`the application is ${review.state}`);
}

/** A production batch of one card: keys on the card, certificates, dispatch, manufacture, inspection, box. */
export async function produce(api: Api, applicationId: string): Promise<MadeCard> {
  const { batchId } = await api.call('POST', '/api/card-issuance/v1/production-batches', { ...operator, body: { maker: 'maker-1', applicationIds: [applicationId] } }, batchAnswer);
  const path = `/api/card-issuance/v1/production-batches/${batchId}`;
  const batch = () => api.call('GET', path, operator, batchView);
  await until('the filled batch', async () => ((await batch()).filled ? true : undefined));
  await api.bytes('POST', `${path}/seal`, { ...operator, body: {} });
  const [record] = (await api.call('GET', `${path}/records`, maker, records)).records;
  if (record === undefined) throw new Error('the batch is empty');
  const chip = await NewChip.create(record.cardSerial);
  const requests = await chip.requests(['SIGN', 'AUTH']);
  await api.bytes('POST', `${path}/certification-requests`, { ...maker, body: { requests: [{ recordNo: record.recordNo, signCsr: requests.get('SIGN')?.toString('base64'), authCsr: requests.get('AUTH')?.toString('base64') }] } });
  await api.bytes('POST', `${path}/chip-keys`, { ...maker, body: { keys: [{ recordNo: record.recordNo, chipKey: chip.chipKey.toString('base64') }] } });
  await until('the certificates', async () => ((await batch()).state === 'CERTIFIED' ? true : undefined));
  await api.bytes('POST', `${path}/dispatch`, { ...operator, body: {} });
  const sent = await batch();
  const { cards } = await api.call('GET', `${path}/certificates`, maker, certificates);
  await api.bytes('POST', `${path}/acknowledgement`, { ...maker, body: { count: sent.count, hash: sent.hash } });
  await api.bytes('POST', `${path}/manufacture`, { ...maker, body: {} });
  await api.bytes('POST', `${path}/inspection`, { ...maker, body: { defects: [] } });
  const boxes = sent.boxes.map(({ boxNo }) => boxNo);
  await api.bytes('POST', `${path}/shipment`, { ...maker, body: { boxes } });
  await api.bytes('POST', `/api/card-issuance/v1/boxes/${boxes[0] ?? ''}/receipts`, { ...counter, body: { municipalityCode: TOWN, serials: [record.cardSerial] } });
  const [sign, auth] = [certificate(cards, 'SIGN_CERT'), certificate(cards, 'AUTH_CERT')];
  await chip.finish(new Map([['SIGN', { certificate: sign.der, authority: sign.authority }], ['AUTH', { certificate: auth.der, authority: auth.authority }]]));
  return { cardSerial: record.cardSerial, chip, sign, auth };
}

function certificate(cards: z.output<typeof certificates>['cards'], type: string): StoredCertificate {
  const found = cards[0]?.certificates.find((candidate) => candidate.type === type);
  if (found === undefined) throw new Error(`the card has no ${type}`);
  const [der, authority] = [Buffer.from(found.der, 'base64'), Buffer.from(found.caCertificate, 'base64')];
  if (!isCertificateSignedBy(parseCertificate(der), parseCertificate(authority).spki)) throw new Error(`the card's ${type} is of another authority than the one beside it`);
  return { serial: found.serial, der, authority };
}

/** Preset and invitation. */
export async function prepareHandOver(api: Api, { cardSerial }: MadeCard): Promise<void> {
  const cardPath = `/api/card-issuance/v1/cards/${cardSerial}`;
  await api.bytes('POST', `${cardPath}/preset`, { ...counter, body: { cardSerial, terminalId: 'counter-1', chipMatchesFace: true, wishSign: true, wishAuth: true } });
  await api.bytes('POST', `${cardPath}/notices`, { ...counter, body: {} });
}

/** The hand-over at the counter, step by step. */
export async function handOver(api: Api, card: MadeCard): Promise<void> {
  await prepareHandOver(api, card);
  const { cardSerial } = card;
  const { sessionId } = await api.call('POST', '/api/card-issuance/v1/handover-sessions', { ...counter, body: { cardSerial, terminalId: 'counter-1' } }, session);
  const step = (name: string, body: object) => api.call('POST', `/api/card-issuance/v1/handover-sessions/${sessionId}/steps/${name}`, { ...counter, body }, session);
  await step('identity', { method: 'IN_PERSON', documents: ['DRIVING_LICENCE'], notificationCard: 'SURRENDERED' });
  await step('pins', { signPinSet: true, authPinSet: true, inputPinSet: true });
  const { certificates: activated } = await step('certificates', {});
  await step('chip-written', { activationRecord: await activateFor(card.chip.card, cardSerial, sessionId) });
  const { commitToken } = await step('confirmation', {});
  if (commitToken === undefined) throw new Error('the ledger did not confirm');
  if (activated === 'QUEUED') await until('the queued activation', async () => ((await stateOf(api, card)) === 'VALID' ? true : undefined));
}

/** State of the signing certificate as the municipality sees it. */
async function stateOf(api: Api, card: MadeCard): Promise<string> {
  const answer = await api.call('GET', `/api/jpki-ca/v1/certificates/sign/${card.sign.serial}`, { as: counter.as, purpose: 'CERTIFICATE_STATUS' }, z.object({ state: z.string() }));
  return answer.state;
}
