import { describe, expect, it } from 'vitest';
import { isInScope, ldifRecord } from './entry.js';
import { topologyNeeded, topologyPublished } from './repository.js';

describe('the directory (JPKI-4.8; RFC 4514, 4523, 2849)', () => {
  it('finds an entry by its name in any case and spacing, and those below it', () => {
    expect(isInScope('OU=Bridge,O=JPKI,C=JP', ' ou = bridge , o=jpki,C=jp', 'base')).toBe(true);
    expect([isInScope('OU=Bridge,O=JPKI,C=JP', 'O=JPKI,C=JP', 'base'), isInScope('OU=Bridge,O=JPKI,C=JP', 'O=JPKI,C=JP', 'sub'), isInScope('O=JPKI,DC=JP', 'C=JP', 'sub')]).toEqual([false, true, false]);
  });

  it('folds long lines at 76 characters, and writes names outside of ASCII in base64', () => {
    const values = { cACertificate: [Buffer.alloc(120, 1)], crossCertificatePair: [Buffer.from('pair')], authorityRevocationList: [] };
    const lines = ldifRecord({ dn: 'O=政府,C=JP', values }, ['cACertificate']).trimEnd().split('\n');
    expect([lines[0], Math.max(...lines.map((line) => line.length)), lines.filter((line) => line.startsWith('crossCertificatePair')).length]).toEqual([`dn:: ${Buffer.from('O=政府,C=JP').toString('base64')}`, 76, 0]);
    expect(lines.slice(2).map((line, index) => (index === 0 ? line : line.slice(1))).join('')).toBe(`cACertificate;binary:: ${Buffer.alloc(120, 1).toString('base64')}`);
  });
});

describe('what connects all authorities (JPKI-4.10)', () => {
  it('is 2,162 certificates without a bridge, 94 with one, and 2 for each external authority', () => {
    expect(topologyNeeded(1)).toEqual({ mesh: 2_162, bridge: 94, external: 2 });
    expect(topologyPublished(['PREFECTURAL', 'EXTERNAL', 'PREFECTURAL'])).toEqual({ bridge: 4, external: 2 });
  });
});
