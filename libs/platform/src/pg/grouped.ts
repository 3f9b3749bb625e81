interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects what concurrent callers want and does it together: while one group is handled the next one forms. One at a time, since
 * most of what a group costs it costs whatever its size: several at once answer fewer questions a second, and none sooner.
 * `handle` gives the results in the order of the items; when it fails, all of its group fail.
 */
export class Grouped<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private working = false;

  constructor(
    private readonly handle: (items: readonly Item[]) => Promise<readonly (Result | undefined)[]>,
    private readonly largest = 500,
  ) {}

  /** Resolves when the item's group was handled. */
  add(item: Item): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.working) {
        this.working = true;
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
    this.working = false;
  }
}
