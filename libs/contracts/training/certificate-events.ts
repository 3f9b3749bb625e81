import { defineEvent } from '#kernel';
import { z } from 'zod';

export const certificateFact = z.object({
  no: z.string().regex(/^\d{18}$/),
  courseCode: z.string().regex(/^\d{4}$/),
  at: z.iso.datetime(),
});

export const certificateIssued = defineEvent('training', 'certificate.issued', { summary: 'A certificate was issued, for the first time or in the place of one with another name', data: certificateFact });
export const certificateRevoked = defineEvent('training', 'certificate.revoked', { summary: 'A certificate was revoked', data: certificateFact });

export const subsidyPaid = defineEvent('training', 'subsidy.paid', {
  summary: 'A subsidy for the group training of a prefecture was paid',
  data: z.object({ caseId: z.uuid(), host: z.string(), fiscalYear: z.int(), amountYen: z.int(), at: z.iso.datetime() }),
});

export const certificateEvents = [certificateIssued, certificateRevoked, subsidyPaid] as const;
