import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { municipalityCodeFromBody } from '#kernel';
import { parseCertificate, pemDecode, type ParsedCertificate } from '#pki';
import { ExchangeParty } from '#testing';
import { until, type Api, type ApiRequest } from '../../tools/walk/api.js';
import { today } from '../../tools/walk/people.js';
import { bucketsOf, codeOf, leavesOf, matchFile, NEXT_TOWN, noticeFile, numberFile, peopleOf, requestFrame, TOWN, type Person } from './depth-people.js';

const JUKI = '/api/juki-net/v1';
const NUMBERING = '/api/numbering/v1';
/** Numbers of a municipality's sequence only rise. */
let lastSeq = 0;
const STRANGERS = 5;
/** Persons of each round who move, by paper and by card; nobody else's work meets them. */
export const MOVERS = 2;
/** A work that takes longer than this, with all its restarts, has stopped. */
const PATIENCE_S = 180;

const register = { as: `municipality-${TOWN}`, purpose: 'RESIDENT_REGISTER' };
const nextRegister = { as: `municipality-${NEXT_TOWN}`, purpose: 'RESIDENT_REGISTER' };
const numbering = { as: `municipality-${TOWN}`, purpose: 'NUMBER_DESIGNATION' };
const pension = { as: 'agency-pension', purpose: 'PENSION_CURRENT_STATUS' };
const matching = { as: 'prefecture-99', purpose: 'INITIAL_MATCHING' };
const state = z.looseObject({ state: z.string() });

/** What the rounds share: the agency's key, the register's certificate, the wave, and who lives in the town. */
export interface Ground {
  readonly agency: ExchangeParty;
  readonly exchange: ParsedCertificate;
  readonly waveId: string;
  readonly residents: Map<string, Person>;
  /** Codes of whom the register had in the town before; every reconciliation finds them too. */
  readonly others: ReadonlySet<string>;
}

/** Before the first round: certificates exchanged, and a wave of pilots opened. */
export async function prepareGround(api: Api, size: number): Promise<Ground> {
  const agency = await ExchangeParty.create(7n);
  const body = { institution: 'national-agency', organisation: 'pension', ...agency.registration };
  await api.bytes('POST', `${JUKI}/exchange-certificates`, { as: 'operator-1', body });
  const { bytes } = await api.bytes('GET', `${JUKI}/exchange-certificate`, { as: 'agency-pension' });
  const members = [TOWN, NEXT_TOWN, ...['99003', '99004', '99005'].map(municipalityCodeFromBody)].map((municipalityCode) => ({ municipalityCode, expected: size }));
  const { waveId } = await api.call('POST', `${NUMBERING}/waves`, { as: 'operator-1', body: { kind: 'PILOT', members } }, z.looseObject({ waveId: z.uuid() }));
  await api.bytes('POST', `${NUMBERING}/waves/${waveId}/opening`, { as: 'operator-1', body: {} });
  return { agency, exchange: parseCertificate(pemDecode(bytes.toString(), ['CERTIFICATE'])), waveId, residents: new Map(), others: new Set((await reconcile(api, [])).map(({ residentCode }) => residentCode)) };
}

const differences = z.looseObject({ items: z.array(z.looseObject({ class: z.string(), residentCode: z.string() })) });
const differing = z.array(z.looseObject({ bucket: z.number() }));

/** What a whole run finds against the town's copy, which differs from the register's or is empty. */
async function reconcile(api: Api, people: readonly Person[], pause: () => Promise<void> = () => Promise.resolve()): Promise<z.output<typeof differences>['items']> {
  const { runId } = await api.call('POST', `${JUKI}/reconciliations`, { ...register, body: { municipalityCode: TOWN, buckets: bucketsOf(people) } }, z.looseObject({ runId: z.uuid() }));
  const path = `${JUKI}/reconciliations/${runId}`;
  const compared = await becomes(api, path, register, 'AWAITING_LEAVES', 'COMPLETED');
  for (const { bucket } of differing.parse(compared['differing'])) {
    await pause();
    await api.bytes('PUT', `${path}/buckets/${String(bucket).padStart(2, '0')}`, { ...register, upload: { type: 'text/csv', content: leavesOf(people, bucket) } });
  }
  await becomes(api, path, register, 'COMPLETED');
  return (await api.call('GET', `${path}/differences?limit=1000`, register, differences)).items;
}

async function becomes(api: Api, path: string, request: ApiRequest, ...states: string[]): Promise<Record<string, unknown> & { state: string }> {
  return until(`${path} ${states.join(' or ')}`, async () => {
    const found = await api.call('GET', path, request, state);
    return states.includes(found.state) ? found : undefined;
  }, PATIENCE_S);
}

/** What a round left to be looked for. */
export interface RoundTrace {
  readonly grantId: string;
  readonly numberBatch: string;
}

/** One round: a notice file; then numbers, a sealed provision, a matching and two moves at once; then a reconciliation with planted differences. */
export class DepthRound {
  private readonly people: readonly Person[];
  private readonly asked: readonly Person[];

  constructor(
    private readonly api: Api,
    private readonly ground: Ground,
    private readonly at: { readonly round: number; readonly size: number; readonly random: () => number },
  ) {
    this.people = peopleOf(at.round, at.size);
    this.asked = this.people.slice(MOVERS);
  }

  async run(): Promise<RoundTrace> {
    await this.registerAll();
    const [numberBatch, grantId] = await Promise.all([this.numbers(), this.provision(), this.match(), this.moveByPaper(), this.moveByCard()]);
    await this.reconcile();
    return { numberBatch, grantId };
  }

  /** Time in which a kill may fall into the present state. */
  private linger(): Promise<void> {
    return sleep(this.at.random() * 800);
  }

  private async registerAll(): Promise<void> {
    const upload = { type: 'text/csv', content: noticeFile(this.people) };
    const { fileId } = await this.api.call('POST', `${JUKI}/notice-files?municipalityCode=${TOWN}`, { ...register, upload }, z.looseObject({ fileId: z.uuid() }));
    const file = await becomes(this.api, `${JUKI}/notice-files/${fileId}`, register, 'COMPLETED');
    demand('every row of the file is applied once', file['applied'], this.people.length);
    for (const person of this.people) this.ground.residents.set(person.residentCode, person);
  }

  private async numbers(): Promise<string> {
    const content = numberFile(this.at.round, this.asked);
    const { batchId } = await this.api.call('POST', `${NUMBERING}/batches`, { ...numbering, body: { municipalityCode: TOWN } }, z.looseObject({ batchId: z.uuid() }));
    const path = `${NUMBERING}/batches/${batchId}`;
    await this.linger();
    await this.api.bytes('PUT', `${path}/lines`, { ...numbering, upload: { type: 'text/csv', content } });
    const seal = (): Promise<unknown> => this.api.bytes('POST', `${path}/seal`, { ...numbering, body: { lineCount: this.asked.length, sha256: createHash('sha256').update(content).digest('hex') } });
    await seal();
    if (await this.haltAndResume(path)) await seal();
    const batch = await becomes(this.api, path, numbering, 'DELIVERED');
    demand('every line has its number', batch['designated'], this.asked.length);
    await this.linger();
    const { bytes } = await this.api.bytes('GET', `${path}/result?limit=20000`, numbering);
    const lines = bytes.toString().trimEnd().split('\r\n').slice(1).map((line) => line.split(','));
    demand('the numbers of the result differ', new Set(lines.filter(([, , code]) => code === '00').map((fields) => fields[4])).size, this.asked.length);
    await this.api.bytes('POST', `${path}/receipt`, { ...numbering, body: {} });
    await becomes(this.api, path, numbering, 'CONFIRMED');
    return batchId;
  }

  /** True when the batch was caught by the halt and has to be sealed again. */
  private async haltAndResume(path: string): Promise<boolean> {
    const wave = `${NUMBERING}/waves/${this.ground.waveId}`;
    await this.api.bytes('PUT', `${wave}/halt`, { as: 'operator-1', body: { reason: 'OTHER' } });
    const caught = await becomes(this.api, path, numbering, 'SUSPENDED', 'DELIVERED');
    await this.linger();
    for (const officer of ['operator-1', 'operator-2']) await this.api.bytes('POST', `${wave}/resumption`, { as: officer, body: {} });
    return caught.state === 'SUSPENDED';
  }

  private async provision(): Promise<string> {
    const { agency, exchange } = this.ground;
    const reference = `depth-${this.at.round}`;
    const { grantId } = await this.api.call('POST', `${JUKI}/grants`, {
      as: 'operator-1',
      body: {
        institution: 'national-agency', organisation: 'pension', affair: 'PENSION_CURRENT_STATUS', legalBasis: '住基法30条の9 別表第一', items: ['nameKanji', 'address'], modes: ['BATCH_LINE'],
        keyKinds: ['RESIDENT_CODE'], validFrom: '2015-10-05', validUntil: '2099-12-31',
      },
    }, z.looseObject({ grantId: z.uuid() }));
    await this.api.bytes('POST', `${JUKI}/grants/${grantId}/approval`, { as: 'legal-office', body: {} });
    const upload = { type: 'application/pkcs7-mime', content: await agency.seal(requestFrame(this.asked, grantId, reference), exchange) };
    const { batchId } = await this.api.call('POST', `${JUKI}/batches?grantId=${grantId}&reference=${reference}`, { ...pension, upload }, z.looseObject({ batchId: z.uuid() }));
    const path = `${JUKI}/batches/${batchId}`;
    const { resultSha256 } = await becomes(this.api, path, pension, 'PACKAGED', 'DELIVERED');
    await this.linger();
    const { bytes } = await this.api.bytes('GET', `${path}/result`, pension);
    const text = agency.open(bytes, exchange);
    const lines = text.split('\r\n').filter((line) => line.startsWith('D,'));
    const answered = lines.map((line) => line.split(',').slice(1, 4).join(' '));
    demand('every line of the sealed file is answered once, in order', answered.join('\n'), this.asked.map((_, at) => `${at + 1} r-${at + 1} 00`).join('\n'));
    demand('the result is the one packaged', createHash('sha256').update(lines.map((line) => `${line}\r\n`).join('')).digest('hex'), resultSha256);
    await this.linger();
    await this.api.bytes('POST', `${path}/receipt`, { ...pension, body: { resultSha256 } });
    return grantId;
  }

  private async match(): Promise<void> {
    const upload = { type: 'text/csv', content: matchFile(this.asked, STRANGERS) };
    const { matchId } = await this.api.call('POST', `${JUKI}/initial-matches`, { ...matching, upload }, z.looseObject({ matchId: z.uuid() }));
    const path = `${JUKI}/initial-matches/${matchId}`;
    const { auto, none } = await becomes(this.api, path, matching, 'MATCHED', 'IN_REVIEW');
    demand('matched and unknown rows', [auto, none].join(), [this.asked.length, STRANGERS].join());
    await this.linger();
    const { bytes } = await this.api.bytes('GET', `${path}/result?limit=10000`, matching);
    const lines = bytes.toString().trimEnd().split('\r\n').filter((line) => /^"?[rs]-\d/.test(line));
    demand('a line of the result for each row', lines.length, this.asked.length + STRANGERS);
    await this.api.bytes('POST', `${path}/closure`, { ...matching, body: { linesReceived: lines.length } });
  }

  private async moveByPaper(): Promise<void> {
    const person = this.mover(0);
    const transfer = await this.notifyOut(person, 'PAPER');
    await this.api.bytes('POST', `${transfer}/move-in-notice`, { ...nextRegister, body: { livingSince: dashedToday() } });
    await this.linger();
    await this.notify(person, NEXT_TOWN);
    await this.notify(person, TOWN);
    await this.leaves(person, transfer);
  }

  private async moveByCard(): Promise<void> {
    const person = this.mover(1);
    const { residentCode, nameKanji, birthDate, address } = person;
    const transfer = await this.notifyOut(person, 'CARD');
    await this.api.bytes('POST', `${transfer}/certificate-request`, { ...nextRegister, body: { residentCode, livingSince: dashedToday(), cardChecked: true, pinChecked: true } });
    await this.linger();
    const certificate = { nameKanji, birthDate, sex: '1', address, householdHead: nameKanji, relationship: '本人', domicile: '架空県試験市本籍1', residentCode };
    await this.api.bytes('POST', `${transfer}/certificate`, { ...register, body: { certificate } });
    await this.linger();
    const carried = await this.api.call('GET', `${transfer}/certificate`, nextRegister, z.looseObject({ residentCode: z.string() }));
    demand('the certificate is that of the person', carried.residentCode, residentCode);
    await this.notify(person, TOWN);
    await this.notify(person, NEXT_TOWN);
    await becomes(this.api, transfer, register, 'MOVED_IN', 'IN_NOTICE_SENT', 'OUT_CLOSED');
    await this.linger();
    await this.api.bytes('POST', `${transfer}/move-in-notice`, { ...nextRegister, body: { livingSince: dashedToday() } });
    await this.leaves(person, transfer);
  }

  private mover(index: number): Person {
    const person = this.people[index];
    if (person === undefined) throw new Error('a round has too few people');
    return person;
  }

  /** The path of the case. */
  private async notifyOut({ residentCode }: Person, route: string): Promise<string> {
    const { transferId } = await this.api.call('POST', `${JUKI}/transfers`, { ...register, body: { residentCode, to: NEXT_TOWN, plannedOn: dashedToday(), route } }, z.looseObject({ transferId: z.uuid() }));
    await this.linger();
    return `${JUKI}/transfers/${transferId}`;
  }

  /** The entry at the new town, or the deletion at the former one. */
  private async notify({ residentCode, nameKanji, nameKana, birthDate, address }: Person, town: string): Promise<void> {
    const entry = town === NEXT_TOWN;
    const items = entry ? { personSeq: 1, changeReason: '11', nameKanji, nameKana, birthDate, sex: '1', address, previousMunicipalityCode: TOWN } : { personSeq: 2, changeReason: '21' };
    lastSeq = Math.max(lastSeq + 1, Date.now());
    const body = { municipalSeq: lastSeq, residentCode, changeDate: today(), municipalityCode: town, ...items };
    const { state: taken } = await this.api.call('POST', `${JUKI}/change-notices`, { ...(entry ? nextRegister : register), body }, state);
    demand('the notice takes effect', taken, 'APPLIED');
  }

  private async leaves({ residentCode }: Person, transfer: string): Promise<void> {
    await becomes(this.api, transfer, register, 'OUT_CLOSED');
    this.ground.residents.delete(residentCode);
  }

  /** A copy with one difference of each class; the register must find exactly those. */
  private async reconcile(): Promise<void> {
    const copy = new Map(this.ground.residents);
    const [down, content, stale] = this.asked;
    if (down === undefined || content === undefined || stale === undefined) throw new Error('a round has too few people');
    const up = codeOf(99_000_000 + this.at.round);
    copy.delete(down.residentCode);
    copy.set(content.residentCode, { ...content, address: '別の住所' });
    copy.set(stale.residentCode, { ...stale, recordVersion: 2, changeReason: '30' });
    copy.set(up, { ...stale, residentCode: up });
    const items = (await reconcile(this.api, [...copy.values()], () => this.linger())).filter(({ residentCode }) => !this.ground.others.has(residentCode));
    const planted = { CONTENT: content.residentCode, MISSING_DOWN: down.residentCode, MISSING_UP: up, STALE: stale.residentCode };
    demand('exactly the planted differences', items.map((one) => `${one.class} ${one.residentCode}`).sort().join(), Object.entries(planted).map((pair) => pair.join(' ')).sort().join());
  }
}

function dashedToday(): string {
  return today().replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

/** A finding ends the work that it was made in. What was compared is not told, since it may be personal. */
function demand(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`not so: ${what}${typeof expected === 'number' ? ` (${String(found)} instead of ${expected})` : ''}`);
}
