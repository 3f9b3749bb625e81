import { z } from 'zod';
import { DELEGATED_TASKS } from '#contracts/card-issuance';
import { until, type Api } from './api.js';
import { NEXT_TOWN, TOWN, today, type Walker } from './people.js';

const noticeAnswer = z.object({ noticeId: z.uuid(), state: z.string() });
const numberAnswer = z.object({ assignmentId: z.uuid(), number: z.string(), state: z.string() });
const grantAnswer = z.object({ grantId: z.uuid(), state: z.string() });
const inquiryAnswer = z.object({ resultCode: z.string(), persons: z.array(z.object({ individualNumber: z.string().optional(), municipalityCode: z.string().optional() })) });
const setAnswer = z.object({ setId: z.uuid() });
const setState = z.object({ state: z.string(), faults: z.number().nullable() });
const mailings = z.object({ items: z.array(z.object({ mailingId: z.uuid(), members: z.number() })) });
const printData = z.object({ forms: z.array(z.object({ line: z.number(), personKey: z.uuid(), applicationId: z.string() })) });

const ADDRESS = '架空県試験市見本町二丁目３番４号';
const register = (town: string) => ({ as: `municipality-${town}`, purpose: 'RESIDENT_REGISTER' });

/** Municipal sequence numbers only have to rise; the walk takes them from the clock. */
let lastSequence = 0;
function nextSequence(): number {
  lastSequence = Math.max(lastSequence + 1, Date.now());
  return lastSequence;
}

/** One notice of a municipality about a resident, until it is applied. */
export async function notify(api: Api, town: string, walker: Walker, change: { reason: string; personSeq: number; address: string; previous?: string }): Promise<void> {
  const { residentCode, nameKanji, nameKana, birthDate, sex } = walker;
  const answer = await api.call('POST', '/api/juki-net/v1/change-notices', {
    ...register(town),
    body: {
      municipalSeq: nextSequence(), residentCode, personSeq: change.personSeq, changeReason: change.reason, changeDate: today(),
      nameKanji, nameKana, birthDate, sex, address: change.address, postalCode: '9990001', municipalityCode: town,
      ...(change.previous === undefined ? {} : { previousMunicipalityCode: change.previous }),
    },
  }, noticeAnswer);
  if (!answer.state.startsWith('APPLIED') && answer.state !== 'ACKNOWLEDGED') throw new Error(`the notice is ${answer.state}`);
}

/** Both members enter the register of their municipality. */
export async function registerHousehold(api: Api, household: readonly Walker[]): Promise<void> {
  for (const walker of household) await notify(api, TOWN, walker, { reason: '14', personSeq: 1, address: ADDRESS });
}

/** The mayor asks for each number; the answer designates it. */
export async function drawNumbers(api: Api, household: readonly Walker[]): Promise<string[]> {
  const numbers: string[] = [];
  for (const { residentCode } of household) {
    const answer = await api.call('POST', '/api/numbering/v1/requests', {
      as: `municipality-${TOWN}`, purpose: 'NUMBER_DESIGNATION',
      body: { requestId: `walk-${nextSequence()}`, municipalityCode: TOWN, residentCode, kind: 'NEW' },
    }, numberAnswer);
    numbers.push(answer.number);
  }
  return numbers;
}

/** The grant of the fictional pension agency; drafting and approving it again gives the same one. */
export async function pensionGrant(api: Api): Promise<string> {
  const draft = await api.call('POST', '/api/juki-net/v1/grants', {
    as: 'operator-1', idempotencyKey: 'walk-pension-grant',
    body: {
      institution: 'national-agency', organisation: 'pension', affair: 'PENSION_CURRENT_STATUS', legalBasis: '住基法30条の9 別表第一',
      items: ['individualNumber', 'nameKanji', 'birthDate', 'sex', 'address', 'municipalityCode'], modes: ['IMMEDIATE_HOST'],
      keyKinds: ['RESIDENT_CODE', 'INDIVIDUAL_NUMBER', 'FOUR_ITEMS'], validFrom: '2015-10-05', validUntil: '2099-12-31',
    },
  }, grantAnswer);
  await api.call('POST', `/api/juki-net/v1/grants/${draft.grantId}/approval`, { as: 'legal-office', idempotencyKey: 'walk-pension-approval', body: {} }, grantAnswer);
  return draft.grantId;
}

/** The pension agency asks the register; undefined while there is no such answer yet. */
export async function inquire(api: Api, grantId: string, key: { residentCode: string } | { individualNumber: string }): Promise<z.output<typeof inquiryAnswer>> {
  return api.call('POST', '/api/juki-net/v1/inquiries', { as: 'agency-pension', purpose: 'PENSION_CURRENT_STATUS', body: { grantId, ...key } }, inquiryAnswer);
}

/** The identity information is complete when an agency that may have the number gets it. */
export async function numbersInRegister(api: Api, household: readonly Walker[], numbers: readonly string[]): Promise<void> {
  const grantId = await pensionGrant(api);
  for (const [index, { residentCode }] of household.entries()) {
    await until('the number in the register', async () => {
      const { persons } = await inquire(api, grantId, { residentCode });
      return persons[0]?.individualNumber === numbers[index] ? true : undefined;
    });
  }
}

export interface MailedForm {
  readonly mailingId: string;
  readonly personKey: string;
  readonly applicationId: string;
}

/** The municipalities of the walk have the agency do all that may be delegated (CARD-4.1); the file may be sent again and again. */
async function delegate(api: Api): Promise<void> {
  const content = ['municipalityCode,startsOn,tasks,grantBasis', ...[TOWN, NEXT_TOWN].map((town) => `${town},2015-04-01,${DELEGATED_TASKS.join('|')},交付金交付要綱`)].join('\r\n');
  const { bad } = await api.call('POST', '/api/card-issuance/v1/delegation-files', { as: 'operator-1', upload: { type: 'text/csv', content: `${content}\r\n` } }, z.object({ bad: z.number() }));
  if (bad > 0) throw new Error('the municipalities of the walk have not delegated');
}

/** The municipality lists whom to write to; the household's envelope is printed, posted and delivered. */
export async function mailNotificationCards(api: Api, household: readonly Walker[]): Promise<MailedForm> {
  await delegate(api);
  const as = `municipality-${TOWN}`;
  const head = household[0];
  const lines = household.map(({ residentCode }, index) => [`W${nextSequence()}`.slice(0, 2), index + 1, residentCode, '9990001', ADDRESS, head?.nameKanji ?? '', '0', household.length]);
  const householdRef = `W${nextSequence()}`;
  const content = ['householdRef,lineInHousehold,residentCode,postalCode,address,addresseeName,temporaryAddressFlag,itemCount', ...lines.map((line) => [householdRef, ...line.slice(1)].join(','))].join('\r\n');
  const { setId } = await api.call('POST', `/api/numbering/v1/delivery-target-sets?municipalityCode=${TOWN}&baseDate=2015-10-05`, { as, purpose: 'NOTIFICATION', upload: { type: 'text/csv', content: `${content}\r\n` } }, setAnswer);
  const set = await until('the list of addressees', async () => {
    const found = await api.call('GET', `/api/numbering/v1/delivery-target-sets/${setId}`, { as, purpose: 'NOTIFICATION' }, setState);
    return found.state === 'HANDED_TO_CARD' ? found : undefined;
  });
  if (set.faults !== 0) throw new Error('an addressee was refused');
  const mailingId = await until('the envelope', () => mailingOf(api, setId));
  for (const body of [{ to: 'PRINTED', sheets: household.length }, { to: 'POSTED' }, { to: 'DELIVERED' }]) {
    await api.bytes('POST', `/api/card-issuance/v1/mailings/${mailingId}/transitions`, { as: 'card-maker-1', body });
  }
  const { forms } = await api.call('GET', `/api/card-issuance/v1/mailings/${mailingId}/forms`, { as, purpose: 'NOTIFICATION' }, printData);
  const form = forms.find(({ line }) => line === 1);
  if (form === undefined || forms.length !== household.length) throw new Error('the envelope does not hold a form for each member');
  return { mailingId, personKey: form.personKey, applicationId: form.applicationId };
}

/** The envelope made of a list; a walk that broke off may have left another one waiting. */
async function mailingOf(api: Api, setId: string): Promise<string | undefined> {
  const { items } = await api.call('GET', `/api/card-issuance/v1/mailings?municipalityCode=${TOWN}&setId=${setId}`, { as: `municipality-${TOWN}` }, mailings);
  return items[0]?.mailingId;
}

/** The resident moves: the new municipality registers first, the old one closes its record. */
export async function move(api: Api, walker: Walker): Promise<void> {
  await notify(api, NEXT_TOWN, walker, { reason: '11', personSeq: 1, address: '架空県見本町中央一丁目１番１号', previous: TOWN });
  await notify(api, TOWN, walker, { reason: '21', personSeq: 2, address: ADDRESS });
}
