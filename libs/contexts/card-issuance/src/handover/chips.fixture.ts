import type { SoftwareCard } from '#chip';
import { NewChip, activateFor } from '#testing';

/** The chips of the cards of a spec, made by their maker. */
export class Chips {
  private readonly made = new Map<string, NewChip>();
  private readonly finished = new Map<string, Promise<SoftwareCard>>();

  /** Makes them; the body that registers their keys. */
  async make(records: readonly { readonly recordNo: number; readonly cardSerial: string }[]): Promise<{ recordNo: number; chipKey: string }[]> {
    return Promise.all(records.map(async ({ recordNo, cardSerial }) => {
      const chip = await NewChip.create(cardSerial);
      this.made.set(cardSerial, chip);
      return { recordNo, chipKey: chip.chipKey.toString('base64') };
    }));
  }

  /** The activation record of a hand-over; the same when asked again. */
  async activated(cardSerial: string, sessionId: string): Promise<string> {
    const chip = this.made.get(cardSerial);
    if (chip === undefined) throw new Error('no such card in this spec');
    const finished = this.finished.get(cardSerial) ?? chip.finish();
    this.finished.set(cardSerial, finished);
    return activateFor(await finished, cardSerial, sessionId);
  }
}
