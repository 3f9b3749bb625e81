import type { Progress } from './estate.js';
import type { ProcessEnd } from './supervise.js';

/** Prints phases as they go, one line each: `kiban: <what> ... ok <s> s`; on a terminal the seconds count up. */
export class Terminal implements Progress {
  async phase<T>(what: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    const live = process.stdout.isTTY;
    let detail = '';
    process.stdout.write(`kiban: ${what} ...`);
    const show = (): void => {
      process.stdout.write(live ? `\r\u001b[Kkiban: ${what} ... ${detail === '' ? '' : `${detail}, `}${seconds().toFixed(0)} s` : ` ${detail}${detail === '' ? '' : ', '}${seconds().toFixed(0)} s ...`);
    };
    const ticking = setInterval(show, live ? 1_000 : 10_000);
    const finish = (word: string): void => {
      clearInterval(ticking);
      process.stdout.write(`${live ? `\r\u001b[Kkiban: ${what} ...` : ''} ${word} ${seconds().toFixed(1)} s\n`);
    };
    try {
      const result = await work((text) => {
        detail = text;
      });
      finish('ok');
      return result;
    } catch (error) {
      finish('failed');
      throw error;
    }
  }

  ended(end: ProcessEnd): void {
    const reason = end.lastWords === undefined ? '' : `: ${end.lastWords}`;
    this.say(`process ${end.name} ended (${end.signal ?? `exit ${end.code ?? '?'}`})${reason}; it is started again`);
  }

  restarted(server: string, failure?: unknown): void {
    this.say(failure === undefined ? `${server} had ended and runs again` : `${server} could not be started again: ${failure instanceof Error ? failure.message : 'unknown'}`);
  }

  say(text: string): void {
    process.stdout.write(`kiban: ${text}\n`);
  }
}
