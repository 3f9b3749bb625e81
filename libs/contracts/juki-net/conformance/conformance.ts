import { addDays, type LocalDate, ResidentCode } from '#kernel';
import { z } from 'zod';

const text = z.object({ ja: z.string(), en: z.string() });
const items = z.record(z.string(), z.json());
const expected = z.strictObject({
  status: z.number().int(),
  body: z.json().optional().describe('what the answer must hold at least'),
  effects: z.json().optional().describe('what the trial before it must tell at least; null: no effects'),
  absent: z.array(z.string()).optional().describe('texts that the answer must not hold'),
});
const of = z.enum(['A', 'B']).describe('municipality that asks');
const step = z.union([
  z.strictObject({ as: of, notice: items, expect: expected }),
  z.strictObject({ as: of, codeChange: items, expect: expected }),
  z.strictObject({ as: of, file: z.array(z.union([items, z.string()])), expect: expected }),
  z.strictObject({ as: of, question: z.string(), expect: expected }),
  z.strictObject({ as: of, again: z.number().int().min(1).describe('the request of this step once more, counted from 1'), expect: expected }),
]);
const cases = z.strictObject({
  format: z.literal(1),
  defaults: items.describe('items of each notice that names no others; null leaves one out'),
  columns: z.array(z.string()),
  cases: z.array(z.strictObject({ id: z.string(), rule: z.string(), title: text, steps: z.array(step).min(1) })),
});

export type ConformanceSet = z.output<typeof cases>;
export type ConformanceCase = ConformanceSet['cases'][number];
type Step = ConformanceCase['steps'][number];
export type CaseMunicipality = z.output<typeof of>;

/** One request of a case, without placeholders. */
export interface CaseRequest {
  readonly as: CaseMunicipality;
  readonly kind: 'notice' | 'codeChange' | 'file' | 'question';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
  readonly expect: Step['expect'];
}

/** Where a run stands: what placeholders mean. */
export interface CaseRun {
  readonly today: LocalDate;
  readonly municipalities: Readonly<Record<CaseMunicipality, string>>;
  nextSerial: number;
  nextSeq: number;
}

/** The file of the cases (JUKI-8); vendors may use it without our programs. */
export const conformanceCases = new URL('cases.json', import.meta.url);

/** The cases of a text in the form of that file. */
export function conformanceSet(source: string): ConformanceSet {
  return cases.parse(JSON.parse(source));
}

/** The requests of a case in their order; each case has persons of its own, with codes of training (99). */
export function requestsOf(set: ConformanceSet, { steps }: ConformanceCase, run: CaseRun): CaseRequest[] {
  const codes = new Map<string, string>();
  const requests: CaseRequest[] = [];
  for (const each of steps) {
    const filled = step.parse(JSON.parse(fill(JSON.stringify(each), { run, codes, as: each.as })));
    const earlier = 'again' in filled ? requests[filled.again - 1] : undefined;
    if ('again' in filled && earlier === undefined) throw new RangeError('a step repeats one before it');
    requests.push(earlier === undefined ? requestOf(set, filled, run, codes) : { ...earlier, expect: filled.expect });
  }
  return requests;
}

function requestOf(set: ConformanceSet, filled: Step, run: CaseRun, codes: Map<string, string>): CaseRequest {
  const { as, expect } = filled;
  const post = { as, expect, method: 'POST', contentType: 'application/json' } as const;
  const notice = (own: z.output<typeof items>): z.output<typeof items> => {
    const whole = { ...items.parse(JSON.parse(fill(JSON.stringify(set.defaults), { run, codes, as }))), ...own };
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null));
  };
  if ('notice' in filled) return { ...post, kind: 'notice', path: '/change-notices', body: JSON.stringify(notice(filled.notice)) };
  if ('codeChange' in filled) return { ...post, kind: 'codeChange', path: '/code-changes', body: JSON.stringify({ ...filled.codeChange, municipalSeq: Number(filled.codeChange['municipalSeq']) }) };
  if ('file' in filled) {
    const lines = filled.file.map((row) => (typeof row === 'string' ? row : lineOf(set.columns, notice(row))));
    const path = `/notice-files?municipalityCode=${run.municipalities[as]}`;
    return { ...post, kind: 'file', contentType: 'text/csv', path, body: [set.columns.join(','), ...lines, ''].join('\r\n') };
  }
  return { as, expect, kind: 'question', method: 'GET', contentType: '', path: 'question' in filled ? filled.question : '', body: '' };
}

function lineOf(columns: readonly string[], notice: z.output<typeof items>): string {
  return columns.map((column) => String(notice[column] ?? '')).join(',');
}

/** Placeholders stand for digits only, so they can be filled in the JSON text. */
function fill(source: string, { run, codes, as }: { run: CaseRun; codes: Map<string, string>; as: CaseMunicipality }): string {
  return source.replaceAll(/\$\{(seq|self|A|B|code|day|date)(?::([^}]+))?\}/g, (_whole, name: string, argument = '0') => {
    switch (name) {
      case 'seq':
        return String(run.nextSeq++);
      case 'self':
        return run.municipalities[as];
      case 'code':
        return codeOf(run, codes, String(argument));
      case 'day':
        return addDays(run.today, Number(argument)).replaceAll('-', '');
      case 'date':
        return addDays(run.today, Number(argument));
      default:
        return run.municipalities[name === 'A' ? 'A' : 'B'];
    }
  });
}

function codeOf(run: CaseRun, codes: Map<string, string>, person: string): string {
  const known = codes.get(person);
  if (known !== undefined) return known;
  const code = ResidentCode.fromBody(`99${String(run.nextSerial++).padStart(8, '0')}`).reveal();
  codes.set(person, code);
  return code;
}

/** Where an answer differs from what is expected of it, as a path; arrays are compared whole, `{"atLeast": n}` bounds a number. */
export function difference(expectedPart: unknown, got: unknown, path = ''): string | undefined {
  if (Array.isArray(expectedPart)) {
    if (!Array.isArray(got) || got.length !== expectedPart.length) return path;
    return first(expectedPart.map((part, index) => difference(part, got[index], `${path}/${index}`)));
  }
  if (typeof expectedPart !== 'object' || expectedPart === null) return expectedPart === got ? undefined : path;
  if ('atLeast' in expectedPart) return typeof got === 'number' && got >= Number(expectedPart.atLeast) ? undefined : path;
  if (typeof got !== 'object' || got === null) return path;
  const members = new Map<string, unknown>(Object.entries(got));
  return first(Object.entries(expectedPart).map(([name, part]) => difference(part, members.get(name), `${path}/${name}`)));
}

function first(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined);
}
