import { z } from 'zod';
import { certificateType } from '#contracts/municipal-issuer';
import { localDateInJapan } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isOpen, isTypeServed } from '../service-calendar/service-calendar.js';
import type { MaintenanceStore } from '../service-calendar/maintenance.store.js';
import { mayAsk, statusOf } from './municipal-server.js';
import type { MunicipalServerStore } from './municipal-server.store.js';

const menuSpec = useCase({
  action: 'issuing-centre.menu.show',
  kind: 'question',
  summary: 'What kiosks offer at present: municipalities that answer, their types and fees per copy',
  input: z.strictObject({}),
  output: z.object({ municipalities: z.array(z.object({ municipalityCode: z.string(), offers: z.array(z.object({ type: certificateType, yen: z.number().int() })) })) }),
  refusals: [],
});

/** CARD-4.15, 7: who is closed, down or blocked is not on the menu. */
export class ShowMenu implements UseCase<typeof menuSpec> {
  readonly spec = menuSpec;

  constructor(
    private readonly servers: MunicipalServerStore,
    private readonly maintenances: MaintenanceStore,
  ) {}

  async execute(ctx: Ctx, _input: InputOf<typeof menuSpec>): Promise<OutputOf<typeof menuSpec>> {
    ctx.audit({ object: 'kiosk-menu' });
    const [standing, offers] = [await this.maintenances.standing(ctx.db, ctx.now), await this.servers.offers(ctx.db, localDateInJapan(ctx.now))];
    const open = (await this.servers.list(ctx.db)).filter(
      (server) => mayAsk(server, ctx.now) && isOpen(ctx.now, standing.filter((one) => one.municipalityCode === null || one.municipalityCode === server.municipalityCode)),
    );
    const municipalities = open.map((server) => ({
      municipalityCode: server.municipalityCode,
      offers: offers.flatMap(({ municipalityCode, type, yen }) => (municipalityCode === server.municipalityCode && isTypeServed(type, server, ctx.now) ? [{ type, yen }] : [])),
    }));
    return { municipalities: municipalities.filter(({ offers: served }) => served.length > 0) };
  }
}

const listSpec = useCase({
  action: 'issuing-centre.municipal-server.list',
  kind: 'question',
  summary: 'The servers of the municipalities and how they answer',
  input: z.strictObject({}),
  output: z.object({ items: z.array(z.object({ municipalityCode: z.string(), status: z.enum(['UP', 'DEGRADED', 'DOWN']), downSince: z.iso.datetime().nullable(), types: z.array(certificateType) })) }),
  refusals: [],
});

/** CARD-3.10. */
export class ListServers implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly servers: MunicipalServerStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    ctx.audit({ object: 'municipal-servers' });
    const items = await this.servers.list(ctx.db);
    return { items: items.map((server) => ({ municipalityCode: server.municipalityCode, status: statusOf(server, ctx.now), downSince: server.downSince?.toISOString() ?? null, types: [...server.types] })) };
  }
}
