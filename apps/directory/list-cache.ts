/** Octets of a list as they were last fetched. */
export interface KeptList {
  readonly etag: string;
  readonly octets: Buffer;
}

/** Lists by their paths up to a number of octets, the least recently used dropped. A list that alone is larger is not kept. */
export class ListCache {
  private readonly kept = new Map<string, KeptList>();
  private octets = 0;

  constructor(private readonly limit: number) {}

  get(path: string): KeptList | undefined {
    const found = this.kept.get(path);
    if (found !== undefined) {
      this.kept.delete(path);
      this.kept.set(path, found);
    }
    return found;
  }

  set(path: string, list: KeptList): void {
    this.drop(path);
    if (list.octets.length > this.limit) return;
    this.kept.set(path, list);
    this.octets += list.octets.length;
    for (const [oldest] of this.kept) {
      if (this.octets <= this.limit) return;
      this.drop(oldest);
    }
  }

  private drop(path: string): void {
    this.octets -= this.kept.get(path)?.octets.length ?? 0;
    this.kept.delete(path);
  }
}
