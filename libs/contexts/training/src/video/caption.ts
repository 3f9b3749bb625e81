/** Why captions are not accepted, and in which line. */
export interface CaptionFault {
  readonly line: number;
  readonly reason: 'SIGNATURE' | 'TIMING' | 'ORDER' | 'END_BEFORE_START' | 'BEYOND_END' | 'NO_TEXT' | 'NO_CUES';
}

const TIME = String.raw`(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})`;
const TIMING = new RegExp(`^${TIME}[ \\t]+-->[ \\t]+${TIME}(?:[ \\t].*)?$`);
/** Players round. */
const ROUNDING_MS = 1_000;

interface Line {
  readonly number: number;
  readonly text: string;
}

/** The first fault of a WebVTT text (W3C WebVTT 4.1) for a video of this length: a file without cues is none either (TRN-4.8). */
export function captionFault(content: string, durationMs: number): CaptionFault | undefined {
  const lines = content.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (!/^WEBVTT(?:[ \t].*)?$/.test(lines[0] ?? '')) return { line: 1, reason: 'SIGNATURE' };
  let last = 0;
  let cues = 0;
  for (const block of blocksOf(lines)) {
    const [first, second] = block;
    if (first === undefined || /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(first.text)) continue;
    const isNamed = !first.text.includes('-->');
    const timing = isNamed ? second : first;
    const times = TIMING.exec(timing?.text ?? '');
    if (timing === undefined || times === null) return { line: (timing ?? first).number, reason: 'TIMING' };
    const [start, end] = [milliseconds(times.slice(1, 5)), milliseconds(times.slice(5, 9))];
    const reason = end <= start ? 'END_BEFORE_START' : start < last ? 'ORDER' : end > durationMs + ROUNDING_MS ? 'BEYOND_END' : block.length === (isNamed ? 2 : 1) ? 'NO_TEXT' : undefined;
    if (reason !== undefined) return { line: timing.number, reason };
    last = start;
    cues += 1;
  }
  return cues === 0 ? { line: lines.length, reason: 'NO_CUES' } : undefined;
}

/** Runs of lines that are not empty, after the head. */
function blocksOf(lines: readonly string[]): Line[][] {
  const blocks: Line[][] = [[]];
  lines.forEach((text, index) => {
    if (text === '') blocks.push([]);
    else blocks.at(-1)?.push({ number: index + 1, text });
  });
  return blocks.slice(1).filter((block) => block.length > 0);
}

function milliseconds([hours = '0', minutes = '0', seconds = '0', thousandths = '0']: readonly (string | undefined)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(thousandths);
}
