import { useCase, type BinaryAnswer, type Ctx, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { NATION, makerStock, municipalStock } from './backlog.js';
import type { BacklogStore } from './backlog.store.js';
import { HOPS, OUTAGE_STATES, type Outage, type OutageStore } from './outage.store.js';

/** Minutes within which an incident is to be told (CARD-4.12 Q10). */
const TELL_MINUTES = 30;

const spec = useCase({
  action: 'card-issuance.service-state.show', kind: 'question', summary: 'What works, what is planned, and the daily figures of the nation; for everybody', input: z.strictObject({}),
  output: z.object({
    entries: z.array(z.object({
      kind: z.enum(['PLANNED', 'INCIDENT']), hop: z.enum(HOPS), municipalityCodes: z.array(z.string()), state: z.enum(OUTAGE_STATES), startsAt: z.iso.datetime(), endsAt: z.iso.datetime().nullable(),
      textJa: z.string(), textEn: z.string(), toldInTime: z.boolean().describe('within 30 minutes of its begin'),
    })),
    days: z.array(z.object({ day: z.iso.date(), applied: z.number().int(), shipped: z.number().int(), handedOver: z.number().int(), makerStock: z.number().int(), municipalStock: z.number().int() })),
  }),
  refusals: [],
});

/** The public state page's contents (CARD-4.12 Q10, CARD-8). */
export class ShowServiceState implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly outages: OutageStore,
    private readonly backlog: BacklogStore,
  ) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof spec>> {
    const [outages, days] = [await this.outages.told(ctx.db, ctx.now), await this.backlog.daily(ctx.db, NATION, ctx.now)];
    return {
      entries: outages.map(entryOf),
      days: days.map(({ day, figures }) => ({ day, applied: figures.counters.applied, shipped: figures.counters.shipped, handedOver: figures.counters.handedOver, makerStock: makerStock(figures), municipalStock: municipalStock(figures) })),
    };
  }
}

function entryOf({ kind, hop, municipalityCodes, state, startsAt, endsAt, textJa, textEn, enteredAt }: Outage): OutputOf<typeof spec>['entries'][number] {
  const toldInTime = enteredAt.getTime() - startsAt.getTime() <= TELL_MINUTES * 60_000;
  return { kind, hop, municipalityCodes: [...municipalityCodes], state, startsAt: startsAt.toISOString(), endsAt: endsAt?.toISOString() ?? null, textJa, textEn, toldInTime };
}

const pageSpec = useCase({ action: 'card-issuance.service-state.page', kind: 'question', summary: 'The same as a page for browsers, Japanese and English', input: z.strictObject({}), output: z.custom<BinaryAnswer>(), refusals: [] });

/** The page: no script, nothing from elsewhere. */
export class ShowStatePage implements UseCase<typeof pageSpec> {
  readonly spec = pageSpec;

  constructor(private readonly state: ShowServiceState) {}

  async execute(ctx: Ctx): Promise<BinaryAnswer> {
    return { contentType: 'text/html; charset=utf-8', body: Buffer.from(pageOf(await this.state.execute(ctx))) };
  }
}

export const PAGE_HEADERS = { 'content-security-policy': "default-src 'none'", 'cache-control': 'max-age=60' } as const;
const STATES = { PLANNED: '予定 planned', OPEN: '発生中 ongoing', FIXED: '復旧・経過観察 repaired, watched', CLOSED: '終了 over', CANCELLED: '中止 cancelled' } as const;

function pageOf({ entries, days }: OutputOf<typeof spec>): string {
  const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  const count = (value: number): string => value.toLocaleString('ja-JP');
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>個人番号カード交付の稼働状況 / State of the service</title>
<h1>個人番号カード交付の稼働状況 <span lang="en">State of the service</span></h1>
<h2>障害・停止予定 <span lang="en">Incidents and planned stops</span></h2>
${entries.length === 0 ? '<p>ありません <span lang="en">None</span></p>' : `<table>${entries.map((one) => row([STATES[one.state], japanTime(one.startsAt), one.endsAt === null ? '' : japanTime(one.endsAt), one.textJa, one.textEn])).join('')}</table>`}
<h2>日ごとの件数（累計） <span lang="en">Daily figures, in total</span></h2>
<table><tr><th>日 Day</th><th>申請 Applied</th><th>発送 Shipped</th><th>交付 Handed over</th><th>製造中 Being made</th><th>市区町村在庫 At town halls</th></tr>
${days.map((one) => row([one.day, count(one.applied), count(one.shipped), count(one.handedOver), count(one.makerStock), count(one.municipalStock)])).join('\n')}</table></html>`;
}

function japanTime(instant: string): string {
  return new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
