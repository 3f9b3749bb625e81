import { defineEvent } from '#kernel';
import { z } from 'zod';

const municipalityCode = z.string().regex(/^\d{6}$/);
/** One of the types that municipal-issuer names. */
const type = z.string().regex(/^[A-Z_]{1,40}$/);

const certificate = (verb: string, summary: string) =>
  defineEvent('issuing-centre', `certificate.${verb}`, {
    summary,
    data: z.object({ requestId: z.string(), municipalityCode, operator: z.string(), type: type.optional(), copies: z.number().int().optional(), reason: z.string().optional() }),
  });

/** One for each state of a request, by the state that was reached. */
export const certificateEvents = {
  OPENED: certificate('opened', 'A session was opened at a kiosk'),
  AUTHENTICATED: certificate('authenticated', 'The card proved its holder; certificate and card are in force'),
  REFUSED: certificate('refused', 'The card was not let in; `reason` says why'),
  ABANDONED: certificate('abandoned', 'A session ended without a request'),
  SELECTED: certificate('selected', 'Type, options and copies were chosen'),
  GENERATING: certificate('generation-started', 'The municipality was asked for the certificate'),
  READY: certificate('generated', 'The certificate is there, and bound to its request'),
  FAILED: certificate('failed', 'There is no certificate, and no fee; `reason` says why'),
  EXPIRED: certificate('expired', 'Nobody paid in time; the content is erased'),
  PAID: certificate('paid', 'The fee was taken'),
  PRINTING: certificate('sent', 'The content went to the kiosk, and was erased here'),
  PRINTED: certificate('printed', 'All pages came out'),
  PRINT_UNCERTAIN: certificate('uncertain', 'Nobody knows whether it was printed; the journal of the kiosk decides'),
  TAKEN: certificate('taken', 'The paper was taken'),
  LEFT_BEHIND: certificate('left-behind', 'The paper was left in the tray: the shop puts it in a sealed bag'),
  CLOSED: certificate('closed', 'The session is over'),
  REFUND_DUE: certificate('refund-due', 'Paid and not printed'),
  REFUNDED: certificate('refunded', 'The fee was given back'),
} as const;

export const certificateCardLeft = certificate('card-left', 'The card was still on the reader a minute after the paper was taken');
export const certificateFeeReturned = certificate('fee-returned', 'Printed copies were of no use, and their fee was given back; `copies` says how many');

const typeFact = z.object({ municipalityCode, type, requestId: z.string() });

export const typeBlocked = defineEvent('issuing-centre', 'type.blocked', {
  summary: 'An answer did not belong to its request: this type of the municipality is not served any more',
  data: typeFact,
});
export const typeUnblocked = defineEvent('issuing-centre', 'type.unblocked', { summary: 'Two officers let the type be served again', data: typeFact });

const server = (verb: string, summary: string) => defineEvent('issuing-centre', `municipal-server.${verb}`, { summary, data: z.object({ municipalityCode, at: z.iso.datetime() }) });

export const municipalServerDown = server('down', 'Five failures in 30 seconds: kiosks do not offer the municipality');
export const municipalServerUp = server('up', 'The server of a municipality answers again');

export const residentLinkMoved = defineEvent('issuing-centre', 'resident-link.renewed', {
  summary: 'A renewed authentication certificate took over the link of the one before',
  data: z.object({ municipalityCode }),
});
export const residentLinkRemoved = defineEvent('issuing-centre', 'resident-link.removed', {
  summary: 'A card is no way to certificates of this municipality any more',
  data: z.object({ kind: z.enum(['AUTH_CERT', 'ORDINANCE_AP']), municipalityCode, reason: z.string() }),
});

export const settlementMade = defineEvent('issuing-centre', 'settlement.made', {
  summary: 'A month was settled between municipalities and operators',
  data: z.object({ month: z.string().regex(/^\d{4}-\d{2}$/), run: z.number().int(), lines: z.number().int(), differences: z.number().int(), netYen: z.number().int() }),
});

/** Events of this context, in the order of the life of what they tell of. */
export const issuingCentreEvents = [
  ...Object.values(certificateEvents), certificateCardLeft, certificateFeeReturned,
  typeBlocked, typeUnblocked, municipalServerDown, municipalServerUp, residentLinkMoved, residentLinkRemoved, settlementMade,
] as const;
