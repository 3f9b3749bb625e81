interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** The processor works on one group while the others wait for the disk or the database. */
const LANES = 3;

/**
 * Collects what concurrent callers want and does it together: while some groups are handled the next one forms. A thousand
 * questions a second cost some dozen statements, not a thousand. `handle` gives the results in the order of the items; when
 * it fails, all of its group fail.
 */
export class Grouped<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private working = 0;

  constructor(
    private readonly handle: (items: readonly Item[]) => Promise<readonly (Result | undefined)[]>,
    private readonly largest = 500,
  ) {}

  /** Resolves when the item's group was handled. */
  add(item: Item): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.working < LANES) {
        this.working += 1;
        setImmediate(() => void this.drain());
      }
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, this.largest);
      try {
        const results = await this.handle(group.map(({ item }) => item));
        for (const [index, { resolve }] of group.entries()) resolve(results[index]);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.working -= 1;
  }
}
