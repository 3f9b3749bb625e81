import { defineEvent } from '#kernel';
import { z } from 'zod';

const at = z.iso.datetime();

export const policyDocumentPublished = defineEvent('bridge-ca', 'policy-document.published', {
  summary: 'A version of a CP/CPS is in force, in the place of the one before',
  data: z.object({ documentId: z.uuid(), subject: z.enum(['sign', 'auth', 'bridge']), version: z.string(), at }),
});

const item = z.object({ itemId: z.uuid(), kind: z.enum(['CLIENT_RELEASE', 'SERVICE_NOTICE', 'MAINTENANCE_WINDOW', 'RESIDENT_NEED', 'READER_CERTIFICATION']), at });
export const platformItemReleased = defineEvent('bridge-ca', 'platform-item.released', { summary: 'A change of the common platform was released', data: item });
export const platformItemRetired = defineEvent('bridge-ca', 'platform-item.retired', { summary: 'An item of the common platform has ended', data: item });

export const committeeReportSubmitted = defineEvent('bridge-ca', 'committee.report-submitted', {
  summary: 'The report of a month was submitted to the committee for the protection of certification-business information',
  data: z.object({ reportId: z.uuid(), month: z.string().regex(/^\d{4}-\d{2}$/), at }),
});

export const governanceEvents = [policyDocumentPublished, platformItemReleased, platformItemRetired, committeeReportSubmitted] as const;
