import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z, ZodType } from 'zod';

const PROGRAM = fileURLToPath(new URL('../../apps/kibanctl/main.js', import.meta.url));
const PATIENCE_S = 300;
/** Nobody answers, or the answer was lost: as an operator does, the command is given again. */
const AGAIN = /kibanctl: (No estate|INTERNAL|UNAVAILABLE|The gateway answered with status 5|The command failed)/i;

/** kibanctl against the estate of a data folder. */
export class Ctl {
  constructor(private readonly data: string) {}

  /** What a command answers. Throws when it is refused. */
  async run<T extends ZodType>(args: readonly string[], schema: T): Promise<z.output<T>> {
    const answer = await this.tried(args, schema);
    if (typeof answer === 'string') throw new Error(`kibanctl ${args.join(' ')}: ${answer}`);
    return answer;
  }

  /** The same; the code of a refusal when it is refused. */
  async tried<T extends ZodType>(args: readonly string[], schema: T): Promise<z.output<T> | string> {
    for (const end = performance.now() + PATIENCE_S * 1_000; ; await sleep(1_000)) {
      const { out, told } = await this.once(args);
      if (told === '') return schema.parse(JSON.parse(out));
      if (!AGAIN.test(told) || performance.now() > end) return /kibanctl: ([A-Z_]+):/.exec(told)?.[1] ?? told;
    }
  }

  private once(args: readonly string[]): Promise<{ out: string; told: string }> {
    return new Promise((done) => {
      execFile(process.execPath, [PROGRAM, ...args, '--json'], { env: { ...process.env, KIBAN_DATA: this.data } }, (fault, out, told) => done({ out, told: fault === null ? '' : told || fault.message }));
    });
  }
}
