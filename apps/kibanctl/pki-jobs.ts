import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { isFile } from './call.js';
import { CommandFault, usageFault } from './command-fault.js';
import { PkiFiles } from './pki-files.js';
import { type PathAnswer, type PathQuestion, answerOf, invalid } from './pki-path.js';
import { faultText, questionFields, questionOf } from './pki-question.js';
import type { Terminal } from './terminal.js';

/** A question is a few paths and names. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

const id = z.union([z.string(), z.number()]);
const named = z.looseObject({ id });
const job = z.strictObject({ id, ...questionFields });

/** An answer with the id of its question; one without an id has the number of its line. */
type Told = PathAnswer & { readonly id: string | number | null; readonly line?: number };

/** Answers a file of questions, "-" for standard input. */
export async function answerJobs(path: string, terminal: Terminal): Promise<void> {
  if (path !== '-' && !(await isFile(path))) throw usageFault(`There is no file ${path}.`);
  await answerLines(path === '-' ? process.stdin : createReadStream(path), terminal);
}

/** Answers questions, a JSON object a line, by a result a line, also to a bad one. A fault with code 2 at the end when there was a bad one. */
export async function answerLines(stream: AsyncIterable<Buffer | string>, terminal: Terminal): Promise<void> {
  const files = new PkiFiles();
  const counts = { valid: 0, invalid: 0, unusable: 0 };
  let line = 0;
  for await (const asked of linesOf(stream)) {
    line += 1;
    if (asked?.trim() === '') continue;
    const told = answerLine(files, asked, line);
    counts[told.reason === 'BAD_INPUT' || told.reason === 'FAILED' ? 'unusable' : told.valid ? 'valid' : 'invalid'] += 1;
    terminal.out(`${JSON.stringify(told)}\n`);
  }
  const sum = `${counts.valid} valid, ${counts.invalid} invalid`;
  if (counts.unusable > 0) throw new CommandFault(2, `${sum}, ${counts.unusable} not answered.`);
  terminal.note(`${sum}.`);
}

function answerLine(files: PkiFiles, asked: string | undefined, line: number): Told {
  if (asked === undefined) return { id: null, line, ...invalid('BAD_INPUT', `longer than ${MAX_LINE_BYTES} octets`) };
  const value = jsonOf(asked);
  const known = named.safeParse(value).data?.id;
  const parsed = job.safeParse(value);
  if (parsed.success) return { id: parsed.data.id, ...answered(files, questionOf(parsed.data)) };
  return { ...(known === undefined ? { id: null, line } : { id: known }), ...invalid('BAD_INPUT', faultText(parsed.error)) };
}

/** Nothing that a line names ends the run. */
function answered(files: PkiFiles, question: PathQuestion): PathAnswer {
  try {
    return answerOf(files, question);
  } catch (error) {
    return error instanceof CommandFault ? invalid('BAD_INPUT', error.message) : invalid('FAILED', error instanceof Error ? error.name : 'unknown');
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Lines of a stream; undefined for one that is too long, which is not kept. */
export async function* linesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<string | undefined> {
  const line = new Line();
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      line.add(bytes.subarray(start, end));
      yield line.take();
      start = end + 1;
    }
    line.add(bytes.subarray(start));
  }
  if (!line.isEmpty) yield line.take();
}

class Line {
  #parts: Buffer[] = [];
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > MAX_LINE_BYTES) this.#parts = [];
    else this.#parts.push(part);
  }

  take(): string | undefined {
    const text = this.#length > MAX_LINE_BYTES ? undefined : Buffer.concat(this.#parts).toString('utf8');
    [this.#parts, this.#length] = [[], 0];
    return text;
  }
}
