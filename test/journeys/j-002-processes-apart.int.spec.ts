import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../../tools/walk/api.js';
import { walk } from '../../tools/walk/walk.js';
import { inspect } from '../fault/checks.js';
import { openJourneyEstate, type JourneyEstate } from './estate.js';

describe('J-002 the same journey with a process for each context, two of each', () => {
  let estate: JourneyEstate;

  beforeAll(async () => {
    estate = await openJourneyEstate(['--processes', 'each', '--replicas', '2']);
  }, 240_000);
  afterAll(() => estate.remove());

  it('walks, and nothing is lost or doubled by the replicas', async () => {
    const lines: string[] = [];
    await walk(new Api(estate.address), { partner: estate.partner }, (line) => lines.push(line));
    expect(lines.at(-1)).toBe('walk: done');
    expect(estate.processes.map(({ name }) => name).sort()).toEqual(['card-issuance', 'card-issuance-2', 'gateway', 'jpki-ca', 'jpki-ca-2', 'juki-net', 'juki-net-2', 'numbering', 'numbering-2']);
    expect(await inspect(estate)).toEqual([]);
  }, 180_000);
});
