import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WriteOnceFolder } from './write-once-folder.js';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'write-once-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('write-once folder (JPKI-4.14)', () => {
  it('makes a read-only file once; a repetition is harmless, other content is refused and changes nothing', async () => {
    const folder = new WriteOnceFolder(join(base, 'store'));
    expect(await folder.put('1.jsonl', Buffer.from('one'))).toBeUndefined();
    expect(await folder.put('1.jsonl', Buffer.from('one'))).toBeUndefined();
    expect(await folder.put('1.jsonl', Buffer.from('two'))).toBe('FILE_DIFFERS');
    expect((await folder.read('1.jsonl'))?.toString()).toBe('one');
    expect(statSync(join(base, 'store', '1.jsonl')).mode & 0o777).toBe(0o400);
    expect(readdirSync(join(base, 'store'))).toEqual(['1.jsonl']);
  });

  it('goes on after a kill in the middle of writing', async () => {
    writeFileSync(join(base, '.1.jsonl.draft'), 'half a');
    chmodSync(join(base, '.1.jsonl.draft'), 0o400);
    const folder = new WriteOnceFolder(base);
    expect(await folder.put('1.jsonl', Buffer.from('whole'))).toBeUndefined();
    expect(readdirSync(base)).toEqual(['1.jsonl']);
  });

  it('tells when it cannot be used', async () => {
    writeFileSync(join(base, 'file'), '');
    const folder = new WriteOnceFolder(join(base, 'file'));
    expect(await folder.put('1.jsonl', Buffer.from('x'))).toBe('FOLDER_UNUSABLE');
    expect(await folder.read('1.jsonl')).toBeUndefined();
  });
});
