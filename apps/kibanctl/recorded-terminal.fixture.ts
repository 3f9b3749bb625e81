import type { Terminal } from './terminal.js';

/** A terminal that keeps what was written. */
export interface RecordedTerminal extends Terminal {
  readonly output: () => string;
  readonly notes: () => string;
}

/** A new, empty one. */
export function recordedTerminal(): RecordedTerminal {
  const written: string[] = [];
  const noted: string[] = [];
  return {
    out: (text) => void written.push(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')),
    note: (text) => void noted.push(text),
    progress: (text) => void noted.push(text),
    output: () => written.join(''),
    notes: () => noted.join('\n'),
  };
}
