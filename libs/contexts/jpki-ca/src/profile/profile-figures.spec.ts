import { describe, expect, it } from 'vitest';
import { profileFigures } from './profile-figures.js';
import { profileSet } from './profiles.js';

const figures = (organisation: 'JPKI' | 'JPKI-TEST', ca: 'sign' | 'auth') => Object.fromEntries(profileFigures(profileSet(organisation), ca).map(({ name, value }) => [name, value]));

describe('figures of the running profiles (JPKI-4.19)', () => {
  it('are those of JPKI 4.3, 4.8 and 4.9', () => {
    expect(figures('JPKI', 'sign')).toEqual({
      organisation: 'JPKI', policyOid: '1.2.392.200149.8.5.1.1.20', cpsUri: 'http://www.jpki.go.jp/cps.html', signatureAlgorithm: 'sha256WithRSAEncryption', caKeyBits: '2048', caLifeYears: '10',
      subscriberKeyBits: '2048', subscriberLifeYears: '6', crlIntervalHours: '24', crlLifeHours: '48', arlLifeDays: '35', ocspAnswerMinutes: '15', responderLifeDays: '30',
    });
    expect([figures('JPKI', 'auth')['policyOid'], figures('JPKI-TEST', 'sign')['policyOid']]).toEqual(['1.2.392.200149.8.5.1.3.30', '1.2.392.200149.8.5.1.0.20']);
  });
});
