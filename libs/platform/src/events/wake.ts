/** A pause that ends early when there is something to do: the relay sleeps long and still publishes at once. */
export class Wake {
  private due = false;
  private resume: (() => void) | undefined;

  wake(): void {
    this.due = true;
    this.resume?.();
  }

  /** Waits for `ms` milliseconds, for `wake`, or for the end. */
  async wait(ms: number, end: AbortSignal): Promise<void> {
    if (!this.due && !end.aborted) {
      await new Promise<void>((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          end.removeEventListener('abort', finish);
          resolve();
        };
        const timer = setTimeout(finish, ms);
        end.addEventListener('abort', finish);
        this.resume = finish;
      });
      this.resume = undefined;
    }
    this.due = false;
  }
}
