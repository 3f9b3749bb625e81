import type { Ctx } from '#platform';
import type { CertificateRow, CertificateStore } from './certificate.store.js';
import type { StatusChanges } from './status-changes.js';

/** An event of a card as it concerns its certificates. */
export interface CardNotice {
  readonly cardSerial: string;
  readonly personKey: string;
  /** Counts the events of the card. */
  readonly sequence: number;
}

/** Follows the cards: their certificates are stopped, resumed and ended with them (JPKI 4.7 no. 7, 9). */
export class CardFollower {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly changes: StatusChanges,
  ) {}

  async suspended(ctx: Ctx, notice: CardNotice): Promise<void> {
    const rows = await this.rowsOf(ctx, notice);
    const newest = await this.certificates.followCard(ctx.db, { ...notice, stopped: true });
    for (const row of rows) {
      // A stop that comes after the later resumption holds nothing any more, but what it revokes stays revoked.
      if (newest || row.type === 'SIGN_CERT') await this.changes.stop(ctx, row);
    }
  }

  async resumed(ctx: Ctx, notice: CardNotice): Promise<void> {
    const rows = await this.rowsOf(ctx, notice);
    if (!(await this.certificates.followCard(ctx.db, { ...notice, stopped: false }))) return;
    for (const row of rows) await this.changes.release(ctx, row, `card-resumption:${notice.cardSerial}`);
  }

  async abolished(ctx: Ctx, notice: CardNotice): Promise<void> {
    for (const row of await this.rowsOf(ctx, notice)) await this.changes.revoke(ctx, row, { cause: 'CARD_ABOLISHED', sourceRef: `card-abolition:${notice.cardSerial}` });
  }

  private async rowsOf(ctx: Ctx, { cardSerial, personKey }: CardNotice): Promise<CertificateRow[]> {
    await this.certificates.lockPersons(ctx.db, [personKey]);
    return this.certificates.unfinishedOfCard(ctx.db, cardSerial);
  }
}
