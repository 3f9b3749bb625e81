/** What became of the operations of one kind; times in milliseconds from the intended start, so that waiting for a slow answer hides nothing. */
export class Latencies {
  private readonly times: number[] = [];
  private readonly codes = new Map<string, number>();
  shed = 0;
  repeated = 0;

  done(ms: number): void {
    this.times.push(ms);
  }

  refused(code: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  get answered(): number {
    return this.times.length;
  }

  get failures(): number {
    return [...this.codes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Nearest rank; NaN without any. */
  percentile(share: number): number {
    const sorted = [...this.times].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  }

  report(): Record<string, unknown> {
    const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((share) => Math.round(this.percentile(share)));
    return { answered: this.answered, p50, p95, p99, max, shed: this.shed, repeated: this.repeated, ...(this.codes.size === 0 ? {} : { refused: Object.fromEntries(this.codes) }) };
  }
}
