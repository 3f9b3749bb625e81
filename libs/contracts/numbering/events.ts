import { defineEvent } from '#kernel';
import { z } from 'zod';

const municipalityCode = z.string().regex(/^\d{6}$/);

export const candidateDelivered = defineEvent('numbering', 'candidate.delivered', {
  summary: 'The numbers of a batch were received by their municipality; the numbers themselves are fetched by ListBatchLinks',
  data: z.object({ batchId: z.uuid(), municipalityCode, count: z.number().int(), mode: z.enum(['TENTATIVE', 'DESIGNATED']) }),
});

export const numberDesignated = defineEvent('numbering', 'number.designated', {
  summary: 'A number was designated on a single request; the number itself is fetched by LinkByPersons',
  data: z.object({ assignmentId: z.uuid(), personKey: z.uuid(), municipalityCode, designatedAt: z.iso.datetime(), generation: z.number().int().positive() }),
});

export const notificationListPrepared = defineEvent('numbering', 'notification-list.prepared', {
  summary: 'The delivery targets of a municipality are complete; their content is fetched by ListDeliveryTargets',
  data: z.object({
    setId: z.uuid(), municipalityCode, baseDate: z.iso.date().optional(), households: z.number().int(), persons: z.number().int(), hash: z.string().describe('SHA-256 of the list, hex'),
  }),
});

export const numberChanged = defineEvent('numbering', 'number.changed', {
  summary: 'A person\'s number was replaced by another (番号法7条2項); the number itself is fetched by LinkByPersons',
  data: z.object({ personKey: z.uuid(), oldAssignmentId: z.uuid(), newAssignmentId: z.uuid(), ground: z.enum(['CHANGE_ON_REQUEST', 'CHANGE_EX_OFFICIO']), at: z.iso.datetime() }),
});

export const numberStatusChanged = defineEvent('numbering', 'number.status-changed', {
  summary: 'A designated number is superseded, dormant, closed, disputed, or its person\'s again',
  data: z.object({ assignmentId: z.uuid(), personKey: z.uuid(), from: z.string(), to: z.string() }),
});

export const candidateVoided = defineEvent('numbering', 'candidate.voided', {
  summary: 'A number was withdrawn before its designation and is never used again',
  data: z.object({ assignmentId: z.uuid(), personKey: z.uuid(), municipalityCode }),
});

export const conflictFound = defineEvent('numbering', 'conflict-found', {
  summary: 'Two officers found two persons under one number, or one person with two; nothing is provided until it is resolved',
  data: z.object({ caseId: z.uuid(), personKeys: z.array(z.uuid()), kind: z.enum(['SHARED_NUMBER', 'TWO_NUMBERS']) }),
});

const count = z.number().int();

export const waveStateChanged = defineEvent('numbering', 'wave.state-changed', {
  summary: 'A wave of the mass numbering has another state; with a municipality: that municipality has signed its part off',
  data: z.object({
    waveId: z.uuid(),
    municipalityCode: municipalityCode.optional(),
    state: z.enum(['PLANNED', 'OPEN', 'RUNNING', 'RECONCILED', 'SIGNED_OFF', 'HALTED']),
    counts: z.object({ lines: count, designated: count, tentative: count, refused: count, pending: count }),
  }),
});

export const readinessChanged = defineEvent('numbering', 'readiness.changed', {
  summary: 'A milestone of a municipality has another state; without a milestone: the municipality as a whole, held by a ticket or not any more',
  data: z.object({
    municipalityCode,
    milestone: z.string().optional(),
    state: z.enum(['NOT_STARTED', 'IN_PROGRESS', 'DONE', 'BLOCKED']),
    blockerTicketId: z.uuid().optional(),
  }),
});

export const keyCeremonyStateChanged = defineEvent('numbering', 'key-ceremony.state-changed', {
  summary: 'A key ceremony or its key has another state; of the key nothing is told',
  data: z.object({
    ceremonyId: z.uuid(),
    state: z.enum(['PLANNED', 'WITNESSED', 'KEY_ACTIVE', 'ROTATED', 'DESTROYED']),
    custody: z.enum(['SOFTWARE', 'PKCS11']),
    rotationDueOn: z.string().optional().describe('day by which the active key is to be followed by another'),
  }),
});

export const uniquenessChecked = defineEvent('numbering', 'uniqueness.checked', {
  summary: 'An independent pass over ledger, link and assignments has ended; with a violation no number is drawn until two officers clear it',
  data: z.object({ ledgerRows: count, linkRows: count, openPerCode: count, openPerNumber: count, violations: count }),
});

export const redListPrepared = defineEvent('numbering', 'red-list.prepared', {
  summary: 'A prefecture has municipalities that are blocked or late with a milestone this week; the list is read by that prefecture alone',
  data: z.object({ listId: z.uuid(), prefectureCode: z.string().regex(/^\d{2}$/), week: z.string().describe('its Monday'), red: count, blocked: count, overdue: count }),
});

export const numberingEvents = [candidateDelivered, numberDesignated, notificationListPrepared, numberChanged, numberStatusChanged, candidateVoided, conflictFound, waveStateChanged, readinessChanged, keyCeremonyStateChanged, uniquenessChecked, redListPrepared] as const;
