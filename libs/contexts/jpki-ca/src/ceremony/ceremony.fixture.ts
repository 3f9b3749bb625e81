import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Actor } from '#platform';
import type { Answer, TestEstate } from '#testing';

const API = '/api/jpki-ca/v1';
export const named = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
const view = z.object({
  ceremonyId: z.string(), generation: z.number(), state: z.string(), nextStep: z.number().optional(),
  steps: z.array(z.object({ code: z.string(), expected: z.record(z.string(), z.unknown()), found: z.record(z.string(), z.unknown()).nullable() })),
});
type View = z.output<typeof view>;

const OFFICIALS = [
  { officer: 'admin', role: 'ADMINISTRATOR' }, { officer: 'auditor', role: 'WITNESS' }, { officer: 'op-1', role: 'OPERATOR' }, { officer: 'op-2', role: 'OPERATOR' },
  ...[1, 2, 3, 4, 5].map((number) => ({ officer: `holder-${number}`, role: 'SHARE_HOLDER' })),
];
export const PEOPLE: Readonly<Record<string, readonly { officer: string; role: string }[]>> = {
  GENERATE: OFFICIALS, CLOSE: OFFICIALS, ACTIVATE: [{ officer: 'authority', role: 'POLICY_AUTHORITY' }, { officer: 'op-1', role: 'OPERATOR' }, { officer: 'op-2', role: 'OPERATOR' }],
};
/** Who does each step, and who has to be there. */
const DOERS: Readonly<Record<string, readonly string[]>> = { GENERATE: ['op-1', 'op-2', 'auditor', 'auditor', 'auditor'], ACTIVATE: ['authority', 'op-1', 'op-2'], CLOSE: ['auditor', 'admin', 'op-1', 'op-2'] };
const PRESENT: Readonly<Record<string, readonly string[]>> = {
  GENERATE: ['admin', 'auditor', 'op-1', 'op-2', 'holder-1', 'holder-2', 'holder-3'], CLOSE: ['admin', 'auditor', 'op-1', 'op-2', 'holder-1', 'holder-3', 'holder-5'], ACTIVATE: ['authority', 'op-1', 'op-2'],
};

export const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json).code ?? ''}`.trim();

/** Ceremonies as officers hold them. */
export class Ceremonies {
  constructor(private readonly estate: () => TestEstate) {}

  post(path: string, body: unknown, as: Actor): Promise<Answer> {
    return this.estate().request('POST', `${API}${path}`, { as, body });
  }

  today(): string {
    return new Date(this.estate().clock.now().getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
  }

  schedule(kind: string, more: object = {}): Promise<Answer> {
    const activateAt = kind === 'GENERATE' ? { activateAt: this.estate().clock.now().toISOString() } : {};
    return this.post('/key-ceremonies', { ca: 'sign', kind, heldOn: this.today(), participants: PEOPLE[kind], ...activateAt, ...more }, named('planner'));
  }

  async opened(kind: string, more: object = {}): Promise<string> {
    const answer = await this.schedule(kind, more);
    expect(codeOf(answer)).toBe('201');
    const { ceremonyId } = view.parse(answer.json);
    for (const officer of PRESENT[kind] ?? []) expect(codeOf(await this.attend(ceremonyId, officer))).toBe('200');
    return ceremonyId;
  }

  attend(id: string, officer: string): Promise<Answer> {
    return this.post(`/key-ceremonies/${id}/attendances`, {}, named(officer));
  }

  step(id: string, number: number, officer: string, body: object = {}): Promise<Answer> {
    return this.post(`/key-ceremonies/${id}/steps/${number}`, body, named(officer));
  }

  async read(id: string): Promise<View> {
    return view.parse((await this.estate().request('GET', `${API}/key-ceremonies/${id}`, { as: named('admin') })).json);
  }

  /** What is read aloud to the witness. */
  async fingerprint(id: string, number: number): Promise<string> {
    const { steps, generation } = await this.read(id);
    const name = String(steps[number - 1]?.expected['certificate']);
    const made = steps.find(({ code }) => code === 'CERTIFY')?.found?.[`sha256 ${name}`];
    if (typeof made === 'string') return made;
    const [row] = await this.estate().sql<{ certificate: Buffer }>("SELECT certificate FROM jpki_ca.ca_key_generation WHERE ca = 'sign' AND generation = $1", generation);
    return createHash('sha256').update(row?.certificate ?? '').digest('hex');
  }

  /** The steps that are left. */
  async perform(id: string, kind: string): Promise<void> {
    for (let { nextStep } = await this.read(id); nextStep !== undefined; { nextStep } = await this.read(id)) {
      const { steps } = await this.read(id);
      const body = steps[nextStep - 1]?.code === 'CONFIRM_FINGERPRINT' ? { fingerprint: await this.fingerprint(id, nextStep) } : {};
      expect(`${nextStep} ${codeOf(await this.step(id, nextStep, DOERS[kind]?.[nextStep - 1] ?? '', body))}`).toBe(`${nextStep} 200`);
    }
  }

  async sign(id: string, kind: string): Promise<void> {
    const minutes = await this.estate().request('GET', `${API}/key-ceremonies/${id}/minutes`, { as: named('admin') });
    const sha256 = createHash('sha256').update(minutes.bytes).digest('hex');
    expect(minutes.headers.get('etag')).toBe(`"${sha256}"`);
    for (const officer of PRESENT[kind] ?? []) expect(codeOf(await this.post(`/key-ceremonies/${id}/minutes/signatures`, { sha256 }, named(officer)))).toBe('200');
  }

  close(id: string, officer: string): Promise<Answer> {
    return this.post(`/key-ceremonies/${id}/closing`, {}, named(officer));
  }

  /** From the first signature to the end. */
  async finish(id: string, kind: string): Promise<void> {
    await this.perform(id, kind);
    await this.sign(id, kind);
    expect(codeOf(await this.close(id, kind === 'ACTIVATE' ? 'authority' : 'admin'))).toBe('200');
  }

  async hold(kind: string, more: object = {}): Promise<string> {
    const id = await this.opened(kind, more);
    await this.finish(id, kind);
    return id;
  }
}
