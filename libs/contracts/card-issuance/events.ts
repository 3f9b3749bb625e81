import { defineEvent } from '#kernel';
import { z } from 'zod';

const municipalityCode = z.string().regex(/^\d{6}$/);

/** What a mayor may have the agency do (CARD-4.1, Ministerial Ordinance 85 of 2014 art. 35). */
export const DELEGATED_TASKS = [
  'NOTIFICATION_CARD_PRINT_MAIL', 'APPLICATION_FORM_PRINT', 'APPLICATION_INTAKE', 'CARD_MANUFACTURE', 'HANDOVER_NOTICE_PRINT', 'CALL_CENTRE', 'STOP_RECEPTION',
] as const;

export const delegationChanged = defineEvent('card-issuance', 'delegation.changed', {
  summary: 'A municipality\'s delegation was drafted, amended, put in force or ended; `tasks` are those in force once it is',
  data: z.object({ delegationId: z.uuid(), municipalityCode, state: z.enum(['DRAFT', 'IN_FORCE', 'AMENDED', 'TERMINATED']), tasks: z.array(z.enum(DELEGATED_TASKS)), startsOn: z.iso.date() }),
});

const mailing = (verb: string, summary: string) =>
  defineEvent('card-issuance', `mailing.${verb}`, {
    summary,
    data: z.object({ mailingId: z.uuid(), setId: z.uuid().optional().describe('the notification list of the envelope'), municipalityCode, members: z.number().int(), reason: z.string().optional() }),
  });

export const mailingPlanned = mailing('planned', 'A household\'s envelope with notification cards was planned');
export const mailingDecisionAwaited = mailing('decision-awaited', 'An envelope of protected persons waits until their municipality says where it goes');
export const mailingPrinted = mailing('printed', 'An envelope was printed');
export const mailingPosted = mailing('posted', 'An envelope was handed to the carrier');
export const mailingHeld = mailing('held', 'An envelope waits at the post office');
export const mailingDelivered = mailing('delivered', 'An envelope was delivered');
export const mailingReturned = mailing('returned', 'An envelope came back; `reason` says why');
export const mailingSpoiled = mailing('spoiled', 'The sheets in an envelope did not match; it is printed again');
export const mailingCancelled = mailing('cancelled', 'An envelope was withdrawn before printing');
export const mailingInvestigationStarted = mailing('investigation-started', 'The municipality looks into a returned envelope');
export const mailingReposted = mailing('reposted', 'A returned envelope was sent again');
export const mailingCollected = mailing('collected', 'A returned envelope was collected at the counter');
export const mailingDiscardDue = mailing('discard-due', 'A returned envelope may be discarded; a second person decides');
export const mailingDiscarded = mailing('discarded', 'A returned envelope was discarded by two persons');

const application = (verb: string, summary: string) =>
  defineEvent('card-issuance', `application.${verb}`, {
    summary,
    data: z.object({ applicationId: z.string().regex(/^\d{23}$/), municipalityCode, channel: z.string(), codes: z.array(z.string()).optional() }),
  });

export const applicationReceived = application('received', 'A card application arrived');
export const applicationReviewStarted = application('review-started', 'An examiner took an application');
export const applicationApproved = application('approved', 'An application passed review');
export const applicationDeficient = application('deficient', 'An application lacks something; `codes` say what');
export const applicationRefused = application('refused', 'An application was refused by two examiners');
export const applicationOrdered = application('ordered', 'The card of an application went into production');
export const applicationInvalidated = application('invalidated', 'An application lost its ground: move, death, number change');
export const applicationWithdrawn = application('withdrawn', 'An application was withdrawn: by the applicant, or because the card that it was to replace was found');
export const applicationLapsed = application('lapsed', 'A deficient application was not sent in again in time');

export const productionBatchReady = defineEvent('card-issuance', 'production-batch.ready', {
  summary: 'A sealed batch waits for its certificates; jpki-ca fetches the requests by ListCertificationRequests',
  data: z.object({ batchId: z.uuid(), count: z.number().int(), hash: z.string() }),
});

export const productionBatchAlarm = defineEvent('card-issuance', 'production-batch.alarm', {
  summary: 'Something is wrong with a whole batch: the maker has not what was sent, or inspection found the data of a chip to be another card\'s',
  data: z.object({ batchId: z.uuid(), maker: z.string(), reason: z.enum(['COUNT_MISMATCH', 'HASH_MISMATCH', 'QUARANTINED']), expected: z.number().int().optional(), reported: z.number().int().optional() }),
});

export const boxShort = defineEvent('card-issuance', 'box.short', {
  summary: 'Security: cards were not in the box that was to hold them; their serials are suspended and others are made',
  data: z.object({ boxNo: z.string(), batchId: z.uuid(), municipalityCode, missing: z.array(z.string()) }),
});

export const CARD_STATES = [
  'ORDERED', 'MANUFACTURED', 'INSPECTED', 'SHIPPED', 'RECEIVED', 'PRESET', 'NOTIFIED', 'HANDING_OVER', 'ACTIVE', 'SUSPENDED',
  'EXPIRED', 'ABOLISHED', 'COLLECTED', 'DESTROYED', 'UNCOLLECTED', 'DEFECTIVE', 'MISSING', 'WITHHELD', 'CANCELLED',
] as const;

export const cardFact = z.object({
  cardSerial: z.string().regex(/^[0-9A-Z]{16}$/),
  personKey: z.uuid(),
  municipalityCode,
  from: z.enum(CARD_STATES).nullable(),
  to: z.enum(CARD_STATES),
  reason: z.string().optional(),
  wishSign: z.boolean().optional(),
  wishAuth: z.boolean().optional(),
});

const card = (verb: string, summary: string) => defineEvent('card-issuance', `card.${verb}`, { summary, data: cardFact });

export const cardOrdered = card('ordered', 'A card was ordered');
export const cardManufactured = card('manufactured', 'A card was made');
export const cardInspected = card('inspected', 'A card passed inspection');
export const cardShipped = card('shipped', 'A card left for its municipality');
export const cardReceived = card('received', 'A card was scanned at its municipality');
export const cardPresetDone = card('preset-done', 'A card was prepared for hand-over');
export const cardNoticeSent = card('notice-sent', 'The resident was invited');
export const cardHandoverStarted = card('handover-started', 'A hand-over began');
export const cardHandoverRolledBack = card('handover-rolled-back', 'A hand-over was undone; the card is ready for another');
export const cardActivated = card('activated', 'A card was handed over and is in force');
export const cardSuspended = card('suspended', 'A card was stopped');
export const cardResumed = card('resumed', 'A stopped card was resumed at the counter');
export const cardAbolished = card('abolished', 'A card was abolished; `reason` says why');
export const cardWithheld = card('withheld', 'A card was held back: the facts changed');
export const cardMissing = card('missing', 'A card was not in its box');
export const cardCancelled = card('cancelled', 'A card left production before it was made; `reason` says why');
export const cardDefective = card('defective', 'A card failed inspection; `reason` is the defect code');
export const cardUncollected = card('uncollected', 'An invited resident did not come');
export const cardExpired = card('expired', 'A card\'s validity ended');
export const cardCollected = card('collected', 'A card came back to the municipality');
export const cardDestroyed = card('destroyed', 'A card was destroyed');
export const cardContinued = card('continued', 'A card goes on in the municipality that its holder moved to; the state stays');
export const cardExtended = card('extended', 'A card is valid longer, with the stay of its holder; the state stays');
export const cardFaceAdded = card('face-added', 'A changed item was written on the face of a card; the state stays');

const reissueCase = (verb: string, summary: string) =>
  defineEvent('card-issuance', `reissue-case.${verb}`, {
    summary,
    data: z.object({ caseId: z.uuid(), cardSerial: z.string(), municipalityCode, cause: z.string(), outcome: z.string().optional() }),
  });

export const reissueCaseOpened = reissueCase('opened', 'Another card is wanted in the place of this one');
export const reissueCaseAssessed = reissueCase('assessed', 'The fee of a re-issue was assessed');
export const reissueCaseLinked = reissueCase('linked', 'The application for the other card is known');
export const reissueCaseClosed = reissueCase('closed', 'A re-issue has ended; `outcome` says how');

export const stateMismatchOverdue = defineEvent('card-issuance', 'state-mismatch.overdue', {
  summary: 'Ledger, certificates and register have disagreed about a card for longer than fifteen minutes; told once',
  data: z.object({ mismatchId: z.uuid(), cardSerial: z.string(), municipalityCode, kind: z.string(), foundAt: z.iso.datetime() }),
});

export const stopOrderApplied = defineEvent('card-issuance', 'stop-order.applied', {
  summary: 'A stop order took effect',
  data: z.object({ stopOrderId: z.uuid(), cardSerial: z.string(), municipalityCode, confidence: z.enum(['HIGH', 'LOW']) }),
});

export const handoverMismatch = defineEvent('card-issuance', 'handover.mismatch', {
  summary: 'Ledger and chip disagree after a hand-over; an operator must look',
  data: z.object({ sessionId: z.uuid(), cardSerial: z.string(), municipalityCode }),
});

export const STAGES = ['REVIEW', 'ORDER', 'MAKE', 'SHIP', 'PRESET', 'NOTICE', 'HANDOVER', 'CORRECTION', 'UNCOLLECTED', 'WITHHELD'] as const;
export type Stage = (typeof STAGES)[number];

export const backlogSnapshot = defineEvent('card-issuance', 'backlog.snapshot', {
  summary: 'The hour\'s figures of a municipality, or of the nation as 000000: what stands in each stage, in days of age',
  data: z.object({
    municipalityCode, at: z.iso.datetime(), makerStock: z.number().int(), municipalStock: z.number().int(),
    stages: z.array(z.object({ stage: z.enum(STAGES), stock: z.number().int(), p95: z.number().int(), oldest: z.number().int() })),
  }),
});

export const capacityAlarm = defineEvent('card-issuance', 'capacity.alarm', {
  summary: 'Something stands still, or no more: the age of a stage, the stock of a municipality against its counters, the pace of stop orders',
  data: z.object({ municipalityCode, subject: z.string(), level: z.enum(['YELLOW', 'RED', 'CLEARED']) }),
});

export const pickupRebooked = defineEvent('card-issuance', 'pickup.rebooked', {
  summary: 'A resident\'s pick-up was moved because the counter cannot serve; null where no place is left',
  data: z.object({ cardSerial: z.string(), municipalityCode, from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }).nullable() }),
});

export const cardIssuanceEvents = [
  delegationChanged,
  mailingPlanned, mailingDecisionAwaited, mailingPrinted, mailingPosted, mailingHeld, mailingDelivered, mailingReturned, mailingSpoiled, mailingCancelled,
  mailingInvestigationStarted, mailingReposted, mailingCollected, mailingDiscardDue, mailingDiscarded,
  applicationReceived, applicationReviewStarted, applicationApproved, applicationDeficient, applicationRefused, applicationOrdered, applicationInvalidated, applicationWithdrawn, applicationLapsed,
  productionBatchReady, productionBatchAlarm, boxShort,
  cardOrdered, cardManufactured, cardInspected, cardShipped, cardReceived, cardPresetDone, cardNoticeSent, cardHandoverStarted, cardHandoverRolledBack,
  cardActivated, cardSuspended, cardResumed, cardAbolished, cardWithheld, cardMissing,
  cardCancelled, cardDefective, cardUncollected, cardExpired, cardCollected, cardDestroyed, cardContinued, cardExtended, cardFaceAdded,
  reissueCaseOpened, reissueCaseAssessed, reissueCaseLinked, reissueCaseClosed, stateMismatchOverdue,
  stopOrderApplied, handoverMismatch,
  backlogSnapshot, capacityAlarm, pickupRebooked,
] as const;
