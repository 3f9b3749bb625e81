const REMEMBERED = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets, one a caller: `perSecond` calls a second, and as many at once after a pause. Each replica of the gateway counts for itself. */
export class Quota {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perSecond: number,
    private readonly nowMs: () => number,
  ) {}

  /** Takes one call; tells after how many seconds to come again when there is none left. */
  take(key: string): number | undefined {
    const now = this.nowMs();
    const bucket = this.buckets.get(key) ?? this.open(key, now);
    bucket.tokens = Math.min(this.perSecond, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.perSecond));
    bucket.tokens -= 1;
    return undefined;
  }

  private open(key: string, now: number): Bucket {
    if (this.buckets.size >= REMEMBERED) {
      const oldest = this.buckets.keys().next().value;
      if (oldest !== undefined) this.buckets.delete(oldest);
    }
    const bucket = { tokens: this.perSecond, at: now };
    this.buckets.set(key, bucket);
    return bucket;
  }
}
