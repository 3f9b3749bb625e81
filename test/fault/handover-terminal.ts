import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { LedgerRefusal, type CardReader, type HandoverLedger, type MemoryNvm, type SessionAnswer } from '#chip';
import { ApiFault, type Api } from '../../tools/walk/api.js';
import { TOWN } from '../../tools/walk/people.js';

const CARDS = '/api/card-issuance/v1';
const REQUESTS = '/api/jpki-ca/v1/issuance-requests';
const counter = { as: `municipality-${TOWN}`, purpose: 'CARD_HANDOVER' };
const window = { as: `municipality-${TOWN}`, purpose: 'CERTIFICATE_ISSUE' };
const WINDOW_ID = `${TOWN.slice(0, 5)}001A`;

const session = z.object({ sessionId: z.uuid(), state: z.string(), doubtId: z.string().optional(), commitToken: z.string().optional() });
const issued = z.object({ id: z.uuid(), certificate: z.string(), caCertificate: z.string() });
const held = z.object({ personKey: z.uuid(), expiryDate: z.string() });
const refusal = z.object({ facts: z.record(z.string(), z.unknown()).default({}) });

/** Network or power was cut. */
export class Cut extends Error {
  override readonly name = 'Cut';
}

/** How a doing is cut: it never happens, its answer is lost, or the chip loses its power in the middle of a write. */
export type CutKind = 'REQUEST' | 'ANSWER' | 'TORN';

/** Counts what a terminal does, and cuts at one of its doings and for good. */
export class CutAt {
  /** The doing that was cut. */
  where = '';
  private done = 0;

  constructor(private readonly at: number, readonly kind: CutKind) {}

  async around<T>(what: string, work: (isCut: boolean) => Promise<T>): Promise<T> {
    this.done += 1;
    const isCut = this.done === this.at;
    if (isCut) this.where = what;
    if (this.done > this.at || (isCut && this.kind === 'REQUEST')) throw new Cut();
    const answer = await work(isCut);
    if (isCut) throw new Cut();
    return answer;
  }
}

/** A reader of which the power goes at a command, or after `octets` written by it. */
export function cutReader(card: CardReader, nvm: MemoryNvm, cut: CutAt, octets: number): CardReader {
  return {
    transmit: (sent) => cut.around(`card ${sent.toString('hex', 0, 2)}`, async (isCut) => {
      if (isCut && cut.kind === 'TORN') nvm.cutAfter(octets);
      return card.transmit(sent);
    }),
  };
}

/** The ledger and the authority of a running estate, as one terminal reaches them. */
export function estateLedger(api: Api, terminalId: string, cut: CutAt): HandoverLedger {
  const call = <T>(what: string, work: () => Promise<T>): Promise<T> => cut.around(what, () => work().catch((error: unknown) => Promise.reject(asRefusal(error))));
  const post = (path: string, body: object): Promise<SessionAnswer> => call(path.replace(/[0-9a-f-]{36}/, ':id'), () => api.call('POST', `${CARDS}${path}`, { ...counter, body }, session));
  return {
    open: (cardSerial) => post('/handover-sessions', { cardSerial, terminalId }),
    show: (sessionId) => call('show', () => api.call('GET', `${CARDS}/handover-sessions/${sessionId}`, counter, session)),
    take: (sessionId, step, body) => post(`/handover-sessions/${sessionId}/steps/${step}`, body),
    cancel: (sessionId) => post(`/handover-sessions/${sessionId}/cancellation`, {}),
    reportRecord: (sessionId, record) => post(`/handover-sessions/${sessionId}/chip-record`, { terminalId, record: record.toString('base64') }),
    issue: (cardSerial, kind, csr) => call(`issue ${kind}`, async () => {
      const { personKey, expiryDate } = await api.call('GET', `${CARDS}/cards/${cardSerial}`, counter, held);
      const body = { type: `${kind}_CERT`, cardSerial, personKey, csr: csr.toString('base64'), windowId: WINDOW_ID, requestId: randomUUID(), cardExpiry: expiryDate, replaces: true };
      const { id, certificate, caCertificate } = await api.call('POST', REQUESTS, { ...window, body }, issued);
      return { id, certificate: Buffer.from(certificate, 'base64'), authority: Buffer.from(caCertificate, 'base64') };
    }),
    confirmDelivery: (id, sha256) => call('delivery', async () => void (await api.bytes('POST', `${REQUESTS}/${id}/delivery`, { ...window, body: { sha256 } }))),
  };
}

function asRefusal(error: unknown): unknown {
  return error instanceof ApiFault && error.status < 500 ? new LedgerRefusal(error.code, refusal.parse(error.problem).facts) : error;
}
