import { defineEvent } from '#kernel';
import { z } from 'zod';

/** Payload of the `resident.*` family: ids, dates and names of items, never their contents (JUKI-5.4). */
export const residentFact = z.object({
  personKey: z.uuid().describe('random id used inside Kiban only'),
  factVersion: z.number().int().positive().describe('version of the facts of this person, rising by 1'),
  factDate: z.iso.date().describe('legal date of effect'),
  municipalityCode: z.string().regex(/^\d{6}$/),
  reason: z.string().regex(/^\d{2}$/).describe('change reason'),
  fields: z.array(z.string()).describe('items that changed'),
});
export type ResidentFact = z.output<typeof residentFact>;

const resident = (name: string, summary: string) => defineEvent('juki-net', `resident.${name}`, { summary, data: residentFact });

export const residentEntered = resident('entered', 'A record was made (reasons 10 12 13 14 15 18)');
export const residentMovedIn = defineEvent('juki-net', 'resident.moved-in', {
  summary: 'A person moved in from another municipality (reason 11)',
  data: residentFact.extend({ previousMunicipalityCode: z.string().regex(/^\d{6}$/).optional() }),
});
export const residentMovedOut = defineEvent('juki-net', 'resident.moved-out', {
  summary: 'A person moved out (reasons 21 22)',
  data: residentFact.extend({ abroad: z.boolean() }),
});
export const residentDied = resident('died', 'A person died or was adjudged to have disappeared (reasons 20 24)');
export const residentRecordDeleted = defineEvent('juki-net', 'resident.record-deleted', {
  summary: 'A record was deleted (reasons 23 25 26)',
  data: residentFact.extend({
    returnsTo: z.string().regex(/^\d{6}$/).optional().describe('municipality of the record that is the present one again: the person lives there, or left there last; absent where none remains'),
  }),
});
export const residentChanged = resident('changed', 'Items changed (reasons 16 17 30-33 35 36 42-44); `fields` names them');
export const residentMinorCorrection = resident('minor-correction', 'The notation changed without change of fact (reason 34)');
export const residentCodeChanged = resident('code-changed', 'The resident code was replaced (reasons 40 41); neither code is told');

export const codeBlockAllocated = defineEvent('juki-net', 'code-block.allocated', {
  summary: 'A municipality got resident codes to write to new persons; none is told',
  data: z.object({
    blockId: z.uuid(), municipalityCode: z.string().regex(/^\d{6}$/), size: z.number().int().positive(),
    reason: z.enum(['INITIAL', 'RESTOCK', 'MORE_ENTRIES', 'LOW_WATER']).describe('LOW_WATER: reordered without a request'),
  }),
});
export const codeWritten = defineEvent('juki-net', 'code.written', {
  summary: 'A municipality wrote allocated codes to persons; one event a transaction, and no code or person is told',
  data: z.object({ caseId: z.uuid().describe('the transaction'), municipalityCode: z.string().regex(/^\d{6}$/), codes: z.number().int().positive() }),
});
export const codeConflictFound = defineEvent('juki-net', 'code.conflict-found', {
  summary: 'A code that was written to two persons is void; the municipalities must give the persons other codes',
  data: z.object({
    caseId: z.uuid(),
    municipalityCodes: z.array(z.string().regex(/^\d{6}$/)).describe('of the block and of the records'),
    personKeys: z.array(z.uuid()).optional().describe('whose records stand under the code; their numbers are blocked'),
  }),
});

export const noticeFileCompleted = defineEvent('juki-net', 'notice-file.completed', {
  summary: 'A municipality\'s file of change notices was worked through',
  data: z.object({ fileId: z.uuid(), municipalityCode: z.string(), rows: z.number().int(), applied: z.number().int(), repeated: z.number().int(), rejected: z.number().int() }),
});

export const batchStateChanged = defineEvent('juki-net', 'batch.state-changed', {
  summary: 'A batch of questions reached another state; counts of lines, nothing about people',
  data: z.object({ batchId: z.uuid(), organisation: z.string(), state: z.string(), lines: z.number().int(), answered: z.number().int(), hits: z.number().int(), faulty: z.number().int() }),
});

export const changeFeedStateChanged = defineEvent('juki-net', 'change-feed.state-changed', {
  summary: 'A file of changes of a subscription reached another state; counts of lines, nothing about people',
  data: z.object({ subscriptionId: z.uuid(), batchId: z.uuid().describe('of the file'), organisation: z.string(), state: z.string(), lines: z.number().int(), hits: z.number().int() }),
});

const exchangeFile = z.object({
  fileId: z.uuid(), organisation: z.string(), kind: z.enum(['ACKN', 'BRES', 'CFED', 'IMOT', 'MSTA']), name: z.string().describe('{org}_{kind}_{yyyymmdd}_{seq4}.p7m'), lines: z.number().int(),
});
export const exchangeFileReady = defineEvent('juki-net', 'exchange.file-ready', { summary: 'A file stands in the box of an organisation, to be fetched and confirmed within 24 hours', data: exchangeFile });
export const exchangeReceiptOverdue = defineEvent('juki-net', 'exchange.receipt-overdue', {
  summary: 'A file has stood in the box for 24 hours and its receipt was not confirmed; told once, to both sides',
  data: exchangeFile.extend({ state: z.enum(['READY', 'FETCHED', 'RECEIPTED']), readyAt: z.iso.datetime() }),
});
export const exchangeAcknowledgementOverdue = defineEvent('juki-net', 'exchange.acknowledgement-overdue', {
  summary: 'A file that an organisation dropped was not acknowledged for 15 minutes; told once, to both sides',
  data: z.object({ fileId: z.uuid(), organisation: z.string(), kind: z.enum(['BREQ', 'IMIN']), name: z.string(), droppedAt: z.iso.datetime() }),
});
export const exchangeCertificateAnnounced = defineEvent('juki-net', 'exchange.certificate-announced', {
  summary: 'New files are signed by a new key; files sealed to the former certificate are opened until `formerUntil`. Fingerprints only: the certificate is fetched, and compared over another channel',
  data: z.object({ sha256: z.string(), notAfter: z.iso.datetime(), formerSha256: z.string(), formerUntil: z.iso.datetime() }),
});

/** Restricted to contexts that must act on it. Partners read the same stream, so it names no term and no grounds; `IsProtected` answers for a purpose. */
export const supportChanged = defineEvent('juki-net', 'support.changed', {
  restricted: true,
  summary: 'Measures of protection of a person began or ended; `active` while one stands, which may begin later',
  data: z.object({ personKey: z.uuid(), active: z.boolean() }),
});

export const reconciliationCompleted = defineEvent('juki-net', 'reconciliation.completed', {
  summary: 'A municipality\'s records were compared with the register; differences by class, and how many earlier ones are gone',
  data: z.object({
    runId: z.uuid(), municipalityCode: z.string(), compared: z.number().int().describe('records of the register'), resolved: z.number().int(),
    differences: z.object({ MISSING_UP: z.number().int(), MISSING_DOWN: z.number().int(), STALE: z.number().int(), CONTENT: z.number().int() }),
  }),
});

export const statsExtractReady = defineEvent('juki-net', 'stats.extract-ready', {
  summary: 'The extract of a month for the migration report can be read; SHA-256 of its detail lines',
  data: z.object({ month: z.string().regex(/^\d{4}-\d{2}$/), rows: z.number().int(), hash: z.string() }),
});

export const municipalityChanged = defineEvent('juki-net', 'municipality.changed', {
  summary: 'Municipalities merged, were divided or renamed; minor corrections of their residents follow, and no certificate, number or statistic changes by it',
  data: z.object({
    oldCodes: z.array(z.string().regex(/^\d{6}$/)), newCode: z.string().regex(/^\d{6}$/), kind: z.enum(['MERGER', 'SPLIT', 'RENAME', 'WARD']), effectiveDate: z.iso.date(),
  }),
});

export const symbolAcquisitionStateChanged = defineEvent('juki-net', 'symbol-acquisition.state-changed', {
  summary: 'A request for a linkage symbol (符号取得依頼) reached another state; neither its acquisition number nor its person is told',
  data: z.object({ requestId: z.uuid(), organisation: z.string(), state: z.enum(['RECEIVED', 'CODE_RESOLVED', 'FORWARDED', 'CONFIRMED', 'REFUSED']) }),
});

/** States of the move of a person from one municipality to another (JUKI-3.4). */
export const transferState = z.enum([
  'OUT_NOTIFIED', 'CERTIFICATE_ISSUED', 'CERT_INFO_HELD', 'CERT_INFO_REQUESTED', 'CERT_INFO_SENT', 'MOVED_IN', 'IN_NOTICE_SENT', 'OUT_CLOSED', 'WITHDRAWN', 'EXPIRED', 'UNMATCHED_IN',
]);
const transferStep = z.object({
  transferId: z.uuid(),
  from: z.string().regex(/^\d{6}$/).optional().describe('former municipality, where it is known'),
  to: z.string().regex(/^\d{6}$/).optional().describe('new municipality, where it is known'),
  state: transferState,
  dueDate: z.iso.date().optional().describe('day by which the next step is due'),
});
const transfer = (name: string, summary: string) => defineEvent('juki-net', `transfer.${name}`, { summary, data: transferStep });

export const transferOutNotified = transfer('out-notified', 'A move-out was notified, or notified anew with another destination, day or route');
export const transferCertificateRequested = transfer('certificate-requested', 'The new municipality asks the former one for the certificate information');
export const transferCertificateSent = transfer('certificate-sent', 'The certificate information is there for the new municipality to read');
export const transferInNoticeDelivered = transfer('in-notice-delivered', 'The former municipality is told that the record was made at the new one');
export const transferExpired = transfer('expired', 'The last day of the card route has passed; the move goes on by paper');

export const initialMatchCompleted = defineEvent('juki-net', 'initial-match.completed', {
  summary: 'Every row of an agency was compared with the register (初期突合); those of outcome REVIEW wait for two officers',
  data: z.object({
    matchId: z.uuid(), organisation: z.string(), rows: z.number().int(), rejected: z.number().int(), auto: z.number().int(), review: z.number().int(), none: z.number().int(),
  }),
});
export const initialMatchCaseDecided = defineEvent('juki-net', 'initial-match.case-decided', {
  summary: 'Two officers agreed whether a row of an agency is a person on record',
  data: z.object({ matchId: z.uuid(), caseId: z.number().int().describe('line of the row'), organisation: z.string(), linked: z.boolean() }),
});

export const identityErrorSuspected = defineEvent('juki-net', 'identity.error-suspected', {
  summary: 'A municipality is told that a record is suspected wrong (機構の通報), or asked again; it reads there which one, and answers by a notice or an explanation',
  data: z.object({
    reportId: z.uuid(), municipalityCode: z.string().regex(/^\d{6}$/),
    ground: z.enum(['RECONCILIATION', 'AGENCY', 'PERSON', 'SAME_PERSON_TWICE', 'TWO_PERSONS_ONE_CODE', 'OTHER']),
  }),
});

const residentConflict = z.object({ caseId: z.uuid(), municipalityCodes: z.array(z.string().regex(/^\d{6}$/)) });
export const residentConflictFound = defineEvent('juki-net', 'resident-conflict.found', {
  summary: 'A person has live records in these municipalities, which are to find out whose is right; told again when they are others', data: residentConflict,
});
export const residentConflictSolved = defineEvent('juki-net', 'resident-conflict.solved', { summary: 'One record of the person is the only live one again', data: residentConflict });

export const entrySearchStateChanged = defineEvent('juki-net', 'entry-search.state-changed', {
  summary: 'A search before an entry of unknown origin or ex officio (reasons 13, 14) reached another state; nothing about persons',
  data: z.object({
    searchId: z.uuid(), municipalityCode: z.string().regex(/^\d{6}$/), state: z.enum(['SEARCHED', 'TOO_WIDE', 'DECIDED', 'CONFIRMED', 'REFUSED']), found: z.number().int(),
  }),
});

export const prefectureCompared = defineEvent('juki-net', 'prefecture-reconciliation.completed', {
  summary: 'A prefecture\'s copy was compared with the national one; differences by class, and how many earlier ones are gone',
  data: z.object({
    runId: z.uuid(), prefecture: z.string().regex(/^\d{2}$/), compared: z.number().int(), resolved: z.number().int(),
    differences: z.object({ MISSING_UP: z.number().int(), MISSING_DOWN: z.number().int(), STALE: z.number().int(), CONTENT: z.number().int() }),
  }),
});

const outage = z.object({
  component: z.enum(['prefecture-server', 'national-server']),
  scope: z.string().regex(/^(\d{2}|all)$/).describe('municipalities of one prefecture, by its number, or all'),
  since: z.iso.datetime(),
  note: z.string(),
});
export const outageStarted = defineEvent('juki-net', 'outage.started', { summary: 'A server was closed: notices wait, inquiries are answered by the last state', data: outage });
export const outageEnded = defineEvent('juki-net', 'outage.ended', { summary: 'A server was opened again; `since` is when it was closed', data: outage });

const resendOrder = z.object({ orderId: z.uuid(), municipalityCode: z.string().regex(/^\d{6}$/), firstSeq: z.number().int(), lastSeq: z.number().int() });
export const resendOrdered = defineEvent('juki-net', 'resend-order.given', {
  summary: 'A municipality is to send a range of its notices again',
  data: resendOrder.extend({ ground: z.enum(['SEQUENCE_GAP', 'DIFFERENCE']), dueAt: z.iso.datetime() }),
});
export const resendOrderEnded = defineEvent('juki-net', 'resend-order.ended', {
  summary: 'Every notice of the range has come, or the order was withdrawn',
  data: resendOrder.extend({ state: z.enum(['FULFILLED', 'WITHDRAWN']) }),
});

export const queryLogged = defineEvent('juki-net', 'query.logged', {
  summary: 'The log of a day in numbers, by organisation, affair and mode; nothing about persons',
  data: z.object({
    day: z.iso.date(), organisation: z.string(), affair: z.string(), mode: z.string(), count: z.number().int().describe('persons told'), refused: z.number().int(),
    alerts: z.number().int().describe('of the organisation on that day'),
  }),
});

export const jukiNetEvents = [
  residentEntered, residentMovedIn, residentMovedOut, residentDied, residentRecordDeleted, residentChanged, residentMinorCorrection, residentCodeChanged, noticeFileCompleted, batchStateChanged, changeFeedStateChanged,
  codeBlockAllocated, codeWritten, codeConflictFound,
  supportChanged,
  exchangeFileReady, exchangeReceiptOverdue, exchangeAcknowledgementOverdue, exchangeCertificateAnnounced,
  initialMatchCompleted, initialMatchCaseDecided,
  reconciliationCompleted, statsExtractReady,
  transferOutNotified, transferCertificateRequested, transferCertificateSent, transferInNoticeDelivered, transferExpired,
  identityErrorSuspected, residentConflictFound, residentConflictSolved, entrySearchStateChanged,
  municipalityChanged, symbolAcquisitionStateChanged,
  prefectureCompared, outageStarted, outageEnded, resendOrdered, resendOrderEnded,
  queryLogged,
] as const;
