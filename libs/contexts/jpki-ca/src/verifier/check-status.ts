import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { deriveKey, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS, SERIAL_HEX, serialFromHex, serialHex, type CaId } from '../ca/ca.js';
import type { AccessGrants, OnlineAccess } from '../ocsp/access-grants.js';
import { statusAnswer, type IssuedStatus } from '../ocsp/ocsp.js';
import type { SigningGuard } from '../reconciliation/signing-guard.js';
import { noteUse } from '../ocsp/status-use.js';
import { pseudonymOf, queriedStatus, statusAsOf, successorsOf, type QueriedStatus } from './status-query.js';
import type { LinkRow, QueriedRow, StatusQueryStore } from './status-query.store.js';

const MOST = 1_000;
const serial = z.string().regex(/^[0-9A-Fa-f]{1,40}$/).describe('hex');

const spec = useCase({
  action: 'jpki-ca.status.query',
  kind: 'question',
  summary: 'Status of certificates now or at a past instant, for verifiers and confirmers under their notification',
  input: z.strictObject({
    queries: z.array(z.strictObject({ ca: z.enum(CA_IDS), serial, asOf: z.iso.datetime().optional() })).min(1).max(MOST),
    links: z.enum(['NONE', 'SERIALS', 'PSEUDONYM']).default('NONE')
      .describe('SERIALS: those that followed, and under both notifications the present one of the other type; PSEUDONYM: a name of the holder for this verifier alone'),
  }),
  output: z.object({
    answers: z.array(z.object({
      ca: z.enum(CA_IDS),
      serial: z.string(),
      status: z.enum(['GOOD', 'REVOKED', 'EXPIRED', 'UNKNOWN']).optional(),
      recordedAt: z.iso.datetime().optional(),
      reasonCode: z.number().int().optional(),
      successors: z.array(z.string()).optional(),
      pair: z.string().optional(),
      pseudonym: z.string().optional(),
      effective: z.boolean().optional().describe('all that a confirmer learns'),
    })),
  }),
  refusals: refusals(jpkiCaProblems, 'NOT_NOTIFIED_FOR_PURPOSE', 'STATUS_NOT_FRESH'),
});

type Query = InputOf<typeof spec>['queries'][number];
type StatusOutput = OutputOf<typeof spec>['answers'][number];

interface Found {
  readonly query: Query;
  readonly row: QueriedRow | undefined;
  readonly answer: QueriedStatus;
}

interface Linking {
  readonly found: readonly Found[];
  readonly links: InputOf<typeof spec>['links'];
  readonly access: OnlineAccess;
}

const USED_AS = { GOOD: 'good', EXPIRED: 'good', REVOKED: 'revoked', UNKNOWN: 'unknown' } as const;

/** JPKI 4.13, 7: in the order asked; refused while the clock went back or the database is behind. */
export class CheckStatus implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly store: StatusQueryStore,
    private readonly grants: AccessGrants,
    private readonly masterKey: Buffer,
    private readonly guard: SigningGuard,
  ) {}

  async execute(ctx: Ctx, { queries, links }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (!this.guard.isTrusted()) throw jpkiCaProblems.refuse('STATUS_NOT_FRESH');
    const access = await this.grants.online(ctx);
    requireAccess(access, queries, links !== 'NONE');
    const ahead = queries.findIndex(({ asOf }) => asOf !== undefined && Date.parse(asOf) > ctx.now.getTime());
    if (ahead >= 0) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: `/queries/${ahead}/asOf`, code: 'FUTURE' }] });
    const found = await this.look(ctx, queries);
    for (const { query: { ca }, row, answer } of found) noteUse(ctx, access.organisation, { ca, mode: 'OCSP', serial: row?.serial, status: USED_AS[answer.status] });
    this.audit(ctx, found, links);
    if (access.asConfirmer) return { answers: found.map(({ query, answer }) => ({ ca: query.ca, serial: query.serial, effective: answer.status === 'GOOD' })) };
    const linked = await this.linker(ctx, { found, links, access });
    return { answers: found.map((one) => ({ ...statusOutput(one), ...linked(one) })) };
  }

  private async look(ctx: Ctx, queries: readonly Query[]): Promise<Found[]> {
    const rows = new Map<string, QueriedRow>();
    const histories = new Map<string, Awaited<ReturnType<StatusQueryStore['records']>>>();
    for (const ca of CA_IDS) {
      const asked = queries.filter((query) => query.ca === ca && SERIAL_HEX.test(query.serial));
      const numbers = (wanted: readonly Query[]): number[] => [...new Set(wanted.map((query) => serialFromHex(query.serial)))];
      if (asked.length > 0) for (const row of await this.store.certificates(ctx.db, ca, numbers(asked))) rows.set(`${ca}:${row.serial}`, row);
      const past = asked.filter(({ asOf }) => asOf !== undefined);
      if (past.length > 0) histories.set(ca, await this.store.records(ctx.db, ca, numbers(past)));
    }
    return queries.map((query) => {
      const row = SERIAL_HEX.test(query.serial) ? rows.get(`${query.ca}:${serialFromHex(query.serial)}`) : undefined;
      if (row === undefined || query.asOf === undefined) return { query, row, answer: queriedStatus(statusAnswer(issued(row), ctx.now)) };
      return { query, row, answer: statusAsOf({ ...row, records: histories.get(query.ca)?.get(row.serial) ?? [] }, new Date(query.asOf)) };
    });
  }

  /** What an answer tells of other certificates of its holder. */
  private async linker(ctx: Ctx, { found, links, access }: Linking): Promise<(one: Found) => Partial<StatusOutput>> {
    if (links === 'PSEUDONYM') {
      const key = deriveKey(this.masterKey, `verifier-pseudonym:${access.verifierId}`);
      return ({ row }) => (row === undefined ? {} : { pseudonym: pseudonymOf(key, row.personKey, row.type) });
    }
    if (links === 'NONE') return () => ({});
    const byPerson = new Map<string, LinkRow[]>();
    const rows = await this.store.links(ctx.db, [...access.cas], [...new Set(found.flatMap(({ row }) => row?.personKey ?? []))]);
    for (const row of rows) byPerson.set(`${row.personKey}:${row.ca}`, [...(byPerson.get(`${row.personKey}:${row.ca}`) ?? []), row]);
    return ({ row }) => {
      if (row === undefined) return {};
      const successors = successorsOf(byPerson.get(`${row.personKey}:${row.ca}`) ?? [], row.serial);
      const other: CaId = row.ca === 'sign' ? 'auth' : 'sign';
      const pair = byPerson.get(`${row.personKey}:${other}`)?.find(({ inForce, notAfter }) => inForce && notAfter.getTime() >= ctx.now.getTime());
      return { successors: successors.map(serialHex), ...(pair === undefined ? {} : { pair: serialHex(pair.serial) }) };
    };
  }

  /** Each answer stands in the journal of uses; holders are named where something beside the status was told of them. */
  private audit(ctx: Ctx, found: readonly Found[], links: string): void {
    const lines = found.map(({ query: { ca, serial: asked, asOf = '' }, answer }) => `${ca}:${asked.toLowerCase()}:${asOf}:${answer.status}\n`);
    const sha256 = createHash('sha256').update(lines.join('')).digest('hex');
    const known = found.flatMap(({ row }) => row?.personKey ?? []);
    const subjects = links === 'NONE' ? {} : { subjects: [...new Set(known)] };
    ctx.audit({ object: 'status-queries', ...subjects, facts: { queries: found.length, known: known.length, links, sha256 } });
  }
}

/** Refuses NOT_NOTIFIED_FOR_PURPOSE; what links the certificates of a person is for those alone who filed a notification themselves. */
function requireAccess({ cas, asConfirmer, verifierId }: OnlineAccess, queries: readonly Query[], linked: boolean): void {
  const closed = queries.findIndex(({ ca }) => !cas.has(ca));
  const pointer = closed >= 0 ? `/queries/${closed}/ca` : linked && (asConfirmer || verifierId === undefined) ? '/links' : undefined;
  if (pointer !== undefined) throw jpkiCaProblems.refuse('NOT_NOTIFIED_FOR_PURPOSE', { fields: [{ pointer, code: 'NOT_NOTIFIED_FOR_PURPOSE' }] });
}

function issued(row: QueriedRow | undefined): IssuedStatus | undefined {
  return row && { state: row.state, notAfter: row.notAfter, issuedAt: row.issuedAt, revokedAt: row.revokedAt ?? undefined, reason: row.reason ?? undefined };
}

function statusOutput({ query: { ca, serial: asked }, answer }: Found): StatusOutput {
  const revoked = answer.status === 'REVOKED' ? { recordedAt: answer.recordedAt.toISOString(), reasonCode: answer.reason } : {};
  return { ca, serial: asked, status: answer.status, ...revoked };
}
