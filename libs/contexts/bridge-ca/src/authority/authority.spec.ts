import { describe, expect, it } from 'vitest';
import { OWN_AUTHORITIES, certificatesNeeded, endAfterYears, isForeignId, organisationFor } from './authority.js';
import { activationFrom, GENERATION_STATES, isClosable } from './generation.js';
import { authorityName, crossProfile, holderListName, linkProfile, rootProfile } from './profiles.js';

const DAY_MS = 86_400_000;

describe('the authorities (JPKI-3.1, 4.2)', () => {
  it('are the bridge and 47 prefectures; others have other ids', () => {
    expect([OWN_AUTHORITIES.length, new Set(OWN_AUTHORITIES.map(({ id }) => id)).size, OWN_AUTHORITIES[47]?.id]).toEqual([48, 48, 'pref-47']);
    expect(['gpki', 'bridge', 'pref-13', 'pref-48', 'x', '1a'].map(isForeignId)).toEqual([true, false, false, false, false, false]);
  });

  it('have the real name in production only, and names in ASCII', () => {
    expect((['embedded', 'test', 'production'] as const).map(organisationFor)).toEqual(['JPKI-TEST', 'JPKI-TEST', 'JPKI']);
    const names = OWN_AUTHORITIES.map(({ prefecture }) => authorityName('JPKI', prefecture).map(({ type, value }) => `${type}=${value}`).join(', '));
    expect([new Set(names).size, names.every((name) => /^[\x20-\x7e]+$/.test(name)), names[13]]).toEqual([48, true, 'C=JP, O=JPKI, OU=Prefectural Certification Authority, OU=Tokyo-to']);
  });

  it('need 2,162 certificates each with each, 94 over the bridge, 2 more for the government\'s (JPKI-4.10)', () => {
    expect([certificatesNeeded(47), certificatesNeeded(1).bridge]).toEqual([{ mesh: 2_162, bridge: 94 }, 2]);
  });

  it('end at 23:59:59 in Japan on the day before the day of issue, years later (JPKI-4.3)', () => {
    expect(endAfterYears(new Date('2015-10-20T02:40:28Z'), 10).toISOString()).toBe('2025-10-19T14:59:59.000Z');
  });
});

describe('profiles (JPKI-4.3)', () => {
  const [issuer, subject] = [authorityName('JPKI', null), authorityName('JPKI', '13')];
  const kinds = ({ extensions }: ReturnType<typeof rootProfile>) => extensions.map(({ critical, value }) => `${value.kind}${critical ? '!' : ''}`);
  const terms = { policies: ['1.2.3'], mappings: [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }], mappingsCritical: false, requireExplicitPolicy: 0, years: 3 };

  it('of a cross certificate: no name constraints, mappings critical by a switch, limits only where agreed', () => {
    const parties = { issuer, subject, modulusBits: 2048 };
    const base = ['authorityKeyIdentifier', 'subjectKeyIdentifier', 'keyUsage!', 'certificatePolicies!'];
    expect(kinds(crossProfile(terms, parties))).toEqual([...base, 'policyMappings', 'basicConstraints!', 'policyConstraints!', 'crlDistributionPoints']);
    expect(kinds(crossProfile({ ...terms, mappingsCritical: true, inhibitAnyPolicy: 0 }, parties))).toEqual([...base, 'policyMappings!', 'basicConstraints!', 'policyConstraints!', 'inhibitAnyPolicy!', 'crlDistributionPoints']);
    expect(kinds(crossProfile({ policies: ['1.2.3'], mappings: [], mappingsCritical: false, years: 1 }, parties))).toEqual([...base, 'basicConstraints!', 'crlDistributionPoints']);
  });

  it('of a link: anyPolicy, or paths over it would have none (B14); the list of an authority is at its entry, that of holders below', () => {
    expect(linkProfile(issuer).extensions.find(({ value }) => value.kind === 'certificatePolicies')?.value).toMatchObject({ policies: [{ oid: '2.5.29.32.0' }] });
    expect(rootProfile(issuer).extensions.find(({ value }) => value.kind === 'crlDistributionPoints')?.value).toMatchObject({ points: [[{ name: issuer }]] });
    expect(holderListName(subject).slice(0, -1)).toEqual(subject);
  });
});

describe('key generations (JPKI-3.1, 4.11)', () => {
  const at = (days: number) => new Date(Date.parse('2016-01-04T00:00:00Z') + days * DAY_MS);

  it('begin as planned, and with 30 days\' notice where another one issues', () => {
    expect([activationFrom(at(5), at(0), false), activationFrom(at(5), at(0), true), activationFrom(at(40), at(0), true)]).toEqual([at(5), at(30), at(40)]);
  });

  it('end a list\'s life after the last certificate; a compromised one with its last certificate, any other never', () => {
    const life = 35 * DAY_MS;
    expect([isClosable('RETIRING', at(0), life, at(35)), isClosable('RETIRING', at(0), life, at(36)), isClosable('COMPROMISED', at(0), life, at(1)), isClosable('COMPROMISED', at(2), life, at(1))]).toEqual([false, true, true, false]);
    expect(GENERATION_STATES.filter((state) => isClosable(state, undefined, life, at(0)))).toEqual(['RETIRING', 'COMPROMISED']);
  });
});
