import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import { chipRecordOf, handOver, holdsCertificate, authenticate, readChipRecord, signChallenge, triesLeft, PIN_KINDS, PowerLoss, TRIES } from '#chip';
import { COUNTER, newPins } from '#testing';
import { apply, prepareHandOver, produce, type MadeCard } from '../../tools/walk/card.js';
import { Api } from '../../tools/walk/api.js';
import { newHousehold } from '../../tools/walk/people.js';
import { drawNumbers, mailNotificationCards, numbersInRegister, registerHousehold } from '../../tools/walk/register.js';
import type { Estate } from '../../tools/start/estate.js';
import { seeded } from './campaign.js';
import { inspect, type Finding } from './checks.js';
import { Cut, CutAt, cutReader, estateLedger, type CutKind } from './handover-terminal.js';

export interface HandoverOptions {
  /** Cuts of network or power, over all steps. */
  readonly cuts: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface HandoverResult {
  readonly cards: number;
  readonly cuts: number;
  /** Cuts by what was being done. */
  readonly places: Readonly<Record<string, number>>;
  readonly windows: number;
  readonly findings: readonly Finding[];
}

/** About what a hand-over does without a window, and with one. */
const [SHORT, LONG] = [22, 62];
/** What a chip writes in one command, about. */
const WRITTEN = 24_000;
const KINDS: readonly CutKind[] = ['REQUEST', 'ANSWER', 'TORN'];
const WORK = { counter: COUNTER, identity: { method: 'IN_PERSON', documents: ['DRIVING_LICENCE'], notificationCard: 'SURRENDERED' }, pins: newPins, guessable: { birthDate: '1990-04-01', securityCode: '0000' } };

/**
 * CARD-4.12 Q6 as a proof: cards are handed over while network or power is cut at every step, terminals die and others take over. Every card must
 * end usable and in force, ledger, chip and authority agreeing, and nothing may be in doubt that is not told.
 */
export async function handoverCampaign(estate: Estate, options: HandoverOptions): Promise<HandoverResult> {
  const api = new Api(estate.address);
  const pool = new pg.Pool({ connectionString: estate.adminUrl, max: 2 });
  const random = seeded(options.seed);
  const findings: Finding[] = [];
  const places: Record<string, number> = {};
  let [cards, cuts] = [0, 0];
  try {
    while (cuts < options.cuts) {
      const card = await newCard(api);
      cards += 1;
      let token: string | undefined;
      while (token === undefined) {
        const at = cuts < options.cuts ? 1 + Math.floor(random() * (random() < 0.8 ? SHORT : LONG)) : Number.POSITIVE_INFINITY;
        token = await attempt(api, card, { at, random, places });
        if (token === undefined) cuts += 1;
        findings.push(...(await divergences(pool, card.cardSerial, chipRecordOf(await readChipRecord(card.chip.card))?.state)));
      }
      findings.push(...(await unusable(api, card, token)));
      options.say(`card ${cards} is handed over; cuts so far ${cuts} of ${options.cuts}, findings ${findings.length}`);
    }
    const { rows } = await pool.query<{ n: number | string }>("SELECT count(*) AS n FROM jpki_ca.issuance_request WHERE channel = 'WINDOW' AND state = 'DELIVERED'");
    findings.push(...(await leftOver(pool)), ...(await inspect(estate)));
    return { cards, cuts, places, windows: Number(rows[0]?.n ?? 0), findings };
  } finally {
    await pool.end();
  }
}

/** A resident's card, made and invited for. */
async function newCard(api: Api): Promise<MadeCard> {
  const household = newHousehold();
  await registerHousehold(api, household);
  await numbersInRegister(api, household, await drawNumbers(api, household));
  const { applicationId } = await mailNotificationCards(api, household);
  await apply(api, applicationId);
  const card = await produce(api, applicationId);
  await prepareHandOver(api, card);
  return card;
}

interface Attempt {
  readonly at: number;
  readonly random: () => number;
  readonly places: Record<string, number>;
}

/** One try of one of two terminals; undefined when the cut came before the end. */
async function attempt(api: Api, { chip }: MadeCard, { at, random, places }: Attempt): Promise<string | undefined> {
  const cut = new CutAt(at, KINDS[Math.floor(random() * KINDS.length)] ?? 'REQUEST');
  const terminal = `counter-${1 + Math.floor(random() * 2)}`;
  try {
    return await handOver(cutReader(chip.card, chip.nvm, cut, Math.floor(random() * WRITTEN)), estateLedger(api, terminal, cut), WORK);
  } catch (error) {
    if (!(error instanceof Cut || error instanceof PowerLoss)) throw error;
    const place = `${cut.where} ${cut.kind}`;
    places[place] = (places[place] ?? 0) + 1;
    return undefined;
  } finally {
    chip.nvm.cutAfter(Number.POSITIVE_INFINITY);
    await chip.card.reset();
  }
}

/** CARD-3.5, looked at after every cut: the ledger has it in force exactly when its chip is activated, or the mismatch is on record. */
async function divergences(pool: pg.Pool, cardSerial: string, chip: string | undefined): Promise<Finding[]> {
  const { rows } = await pool.query<{ state: string; open: boolean }>('SELECT state, EXISTS (SELECT 1 FROM card_issuance.chip_doubt m WHERE m.card_serial = card.card_serial AND resolved_at IS NULL) AS open FROM card_issuance.card WHERE card_serial = $1', [cardSerial]);
  const isTold = rows[0]?.open === true || (rows[0]?.state === 'ACTIVE') === (chip === 'ACTIVATED');
  return isTold ? [] : [{ check: 'ledger and chip agree or it is told', fault: `${rows[0]?.state} ${chip}` }];
}

/** The card works as its holder expects: PINs with all tries, certificates of its keys, in force at the authority, and it signs. */
async function unusable(api: Api, { chip, cardSerial }: MadeCard, token: string): Promise<Finding[]> {
  const { card } = chip;
  await authenticate(card, COUNTER, cardSerial);
  const isWhole = (await holdsCertificate(card, 'SIGN')) && (await holdsCertificate(card, 'AUTH'));
  const tries: boolean[] = [];
  for (const kind of PIN_KINDS) tries.push((await triesLeft(card, kind)) === TRIES[kind]);
  await card.reset();
  const message = Buffer.from(`KIBAN-KIOSK-1\n${cardSerial}\n`);
  const { signature, certificate } = await signChallenge(card, newPins().AUTH, message);
  const { publicKey, serialNumber } = new X509Certificate(certificate);
  const signs = verify('sha256', message, createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), signature);
  const path = `/api/jpki-ca/v1/certificates/auth/${serialNumber.toLowerCase().replace(/^0+(?=..)/, '')}`;
  const { state } = await api.call('GET', path, { as: 'municipality-990019', purpose: 'CERTIFICATE_STATUS' }, z.object({ state: z.string() }));
  return isWhole && tries.every(Boolean) && signs && state === 'VALID' && token !== '' ? [] : [{ check: 'no unusable card', fault: JSON.stringify({ isWhole, tries, signs, state }) }];
}

/** Nothing in doubt, no connection held, no certificate in force of a card that is not. */
async function leftOver(pool: pg.Pool): Promise<Finding[]> {
  const count = async (check: string, sql: string): Promise<Finding[]> => {
    const { rows } = await pool.query<{ n: number | string }>(sql);
    return Number(rows[0]?.n) === 0 ? [] : [{ check, fault: String(rows[0]?.n) }];
  };
  return [
    ...(await count('no card in doubt at the end', 'SELECT count(*) AS n FROM card_issuance.chip_doubt WHERE resolved_at IS NULL')),
    ...(await count('no connection held', 'SELECT coalesce(sum(in_use), 0) AS n FROM card_issuance.connection_budget')),
    ...(await count('no withdrawal left', 'SELECT count(*) AS n FROM card_issuance.certificate_withdrawal WHERE done_at IS NULL')),
    ...(await count('no certificate in force without its card', "SELECT count(*) AS n FROM jpki_ca.certificate JOIN card_issuance.card USING (card_serial) WHERE certificate.state = 'VALID' AND card.state <> 'ACTIVE'")),
  ];
}
