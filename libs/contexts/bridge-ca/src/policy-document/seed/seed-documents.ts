import type { Organisation } from '../../authority/authority.js';
import { SECTION_NUMBERS } from '../outline.js';
import type { DocumentContent, Subject } from '../policy-document.js';
import { BRIDGE_ROWS } from './bridge.js';
import { COMMON_ROWS, type SeedRow } from './common.js';
import { personalRows } from './personal.js';

/** Figures as the policy authority decided on them: written down here and nowhere derived, or they would agree with anything that runs. */
const FIGURES: Readonly<Record<Subject, (organisation: Organisation) => Readonly<Record<string, string>>>> = {
  sign: (organisation) => ({ ...PERSONAL, organisation, policyOid: organisation === 'JPKI' ? '1.2.392.200149.8.5.1.1.20' : '1.2.392.200149.8.5.1.0.20' }),
  auth: (organisation) => ({ ...PERSONAL, organisation, policyOid: organisation === 'JPKI' ? '1.2.392.200149.8.5.1.3.30' : '1.2.392.200149.8.5.1.0.30' }),
  bridge: (organisation) => ({
    organisation, policyOid: organisation === 'JPKI' ? '1.2.392.200149.8.5.1.1.1' : '1.2.392.200149.8.5.1.0.1',
    prefecturalPolicyOid: organisation === 'JPKI' ? '1.2.392.200149.8.5.1.1.10' : '1.2.392.200149.8.5.1.0.10',
    signatureAlgorithm: 'sha256WithRSAEncryption', caKeyBits: '2048', caLifeYears: '10', crossLifeYears: '3', arlIntervalMonths: '1', arlLifeDays: '35', crlIntervalHours: '24', crlLifeHours: '48',
  }),
};
const PERSONAL = {
  cpsUri: 'http://www.jpki.go.jp/cps.html', signatureAlgorithm: 'sha256WithRSAEncryption', caKeyBits: '2048', caLifeYears: '10', subscriberKeyBits: '2048', subscriberLifeYears: '6',
  crlIntervalHours: '24', crlLifeHours: '48', arlLifeDays: '35', ocspAnswerMinutes: '15', responderLifeDays: '30',
};

/** The first version of each document, for the policy authority to review. */
export function seedDocument(subject: Subject, organisation: Organisation): DocumentContent {
  const own = subject === 'bridge' ? BRIDGE_ROWS : personalRows(subject);
  const texts = new Map([...COMMON_ROWS, ...own].map(([number, ja, en]: SeedRow) => [number, { ja, en }]));
  return {
    figures: FIGURES[subject](organisation),
    sections: SECTION_NUMBERS.flatMap((number) => {
      const text = texts.get(number);
      return text === undefined ? [] : [{ number, text }];
    }),
  };
}
