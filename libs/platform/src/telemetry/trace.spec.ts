import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inSpan, startTracing } from './trace.js';

const TRACE = 'a'.repeat(32);
const CALLER = 'b'.repeat(16);
const passedOn = (parent?: string): Promise<string | undefined> => inSpan('spec', { parent }, (traceparent) => Promise.resolve(traceparent));

describe('traceparent', () => {
  it('is passed on untouched without a destination for spans; what is none goes no further', async () => {
    expect(await passedOn()).toBeUndefined();
    expect(await passedOn(`00-${TRACE}-${CALLER}-01`)).toBe(`00-${TRACE}-${CALLER}-01`);
    expect(await passedOn('990000012345')).toBeUndefined();
  });

  describe('with a destination and a share of none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kiban-trace-'));
    let end: () => Promise<void>;
    beforeAll(() => {
      end = startTracing({ file: join(folder, 'traces.jsonl'), ratio: 0 }, 'spec');
    });
    afterAll(async () => {
      await end();
      rmSync(folder, { recursive: true });
    });

    it('tells those behind that a trace begun here, or left alone by the caller, is not followed', async () => {
      expect(await passedOn()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(await passedOn('990000012345')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(await passedOn(`00-${TRACE}-${CALLER}-00`)).toBe(`00-${TRACE}-${CALLER}-00`);
    });

    it('continues a trace that the caller follows with a span of our own', async () => {
      const own = await passedOn(`00-${TRACE}-${CALLER}-01`);
      expect(own).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
      expect(own).not.toContain(CALLER);
    });
  });
});
