/** Where a command writes: results to `out`, everything about them to `note`. */
export interface Terminal {
  out(text: string | Uint8Array): void;
  note(text: string): void;
  /** Replaces the last line of notes where the terminal can, else writes a new one now and then. */
  progress(text: string): void;
}

const PLAIN_EVERY_MS = 2_000;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  let open = false;
  let lastPlain = -PLAIN_EVERY_MS;
  const endProgress = (): void => {
    if (open) stderr.write('\n');
    open = false;
  };
  return {
    out: (text) => {
      endProgress();
      stdout.write(text);
    },
    note: (text) => {
      endProgress();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (stderr.isTTY) {
        stderr.write(`\r\u001b[2K${text}`);
        open = true;
      } else if (performance.now() - lastPlain >= PLAIN_EVERY_MS) {
        lastPlain = performance.now();
        stderr.write(`${text}\n`);
      }
    },
  };
}

/** Rows in aligned columns, the first being the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => cells(row[column] ?? ''))));
  const lines = rows.map((row) => row.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - cells(text))).join('  ').trimEnd());
  return `${lines.join('\n')}\n`;
}

/** Characters of East Asian scripts take two cells of a terminal. */
function cells(text: string): number {
  let width = 0;
  for (const character of text) width += /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u.test(character) ? 2 : 1;
  return width;
}
