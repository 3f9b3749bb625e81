import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oid } from '../der/oid.js';
import { pemEncode } from '../der/pem.js';
import { contextConstructed, contextPrimitive, integerContent, sequence, utf8String } from '../der/write.js';
import { PkiError } from '../pki-error.js';
import { CONSTRAINT_CASES, KIBAN, SMTP_UTF8 } from './constraint-cases.fixture.js';
import { MAX_COMPARISONS, NameSpace } from './name-constraints.js';
import { certificateWith, constraints, directory, dns, ip, mail, otherName, uri } from './name.fixture.js';

function narrowed(...values: readonly Buffer[]): NameSpace {
  return values.reduce((space, nameConstraints) => space.narrowedBy(certificateWith({ nameConstraints })), NameSpace.whole);
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

function host(name: string): ReturnType<typeof certificateWith> {
  return certificateWith({ alternativeNames: [dns(name)] });
}

describe('name constraints (RFC 5280 4.2.1.10, 6.1.3 (b), (c))', () => {
  it.each(CONSTRAINT_CASES)('$title', ({ permitted, excluded, certificate, fault }) => {
    expect(narrowed(constraints(permitted, excluded)).faultOf(certificateWith(certificate))).toBe(fault);
  });

  it('permitted subtrees intersect, excluded ones unite (6.1.4 (g))', () => {
    const space = narrowed(constraints([dns('example.com')]), constraints([dns('example.org'), dns('a.example.com')]));
    expect(space.faultOf(host('x.a.example.com'))).toBeUndefined();
    for (const name of ['b.example.com', 'example.org']) expect(space.faultOf(host(name))).toBe('NAME_NOT_PERMITTED');
    const fewer = space
      .narrowedBy(certificateWith({ nameConstraints: constraints(undefined, [dns('x.a.example.com')]) }))
      .narrowedBy(certificateWith({ nameConstraints: constraints(undefined, [dns('y.a.example.com')]) }));
    for (const name of ['x.a.example.com', 'y.a.example.com']) expect(fewer.faultOf(host(name))).toBe('NAME_EXCLUDED');
    expect(fewer.faultOf(host('z.a.example.com'))).toBeUndefined();
    // Disjoint: nothing is left. The space it came from is as it was.
    expect(narrowed(constraints([dns('example.com')]), constraints([dns('example.org')])).faultOf(host('example.org'))).toBe('NAME_NOT_PERMITTED');
    expect(space.faultOf(host('x.a.example.com'))).toBeUndefined();
    expect(narrowed(constraints([dns('example.com')]), constraints([ip(10, 0, 0, 0, 255, 0, 0, 0)])).faultOf(host('a.example.com'))).toBeUndefined();
  });

  it('step (b) is reported before (c)', () => {
    const space = narrowed(constraints(undefined, [dns('a.example.com')]), constraints([dns('example.org')]));
    expect(space.faultOf(host('a.example.com'))).toBe('NAME_NOT_PERMITTED');
  });

  it('without constraints nothing is judged', () => {
    const plain = host('..');
    expect(NameSpace.whole.narrowedBy(plain)).toBe(NameSpace.whole);
    expect(NameSpace.whole.faultOf(plain)).toBeUndefined();
  });

  it('emailAddress in a subject is judged only when no rfc822Name stands beside it', () => {
    const space = narrowed(constraints([mail('example.com')]));
    const subject = [...KIBAN, { type: 'emailAddress', value: 'a@example.org' }];
    expect(space.faultOf(certificateWith({ subject, alternativeNames: [mail('a@example.com')] }))).toBeUndefined();
    expect(space.faultOf(certificateWith({ subject, alternativeNames: [dns('example.com')] }))).toBe('NAME_NOT_PERMITTED');
    const utf8Only = [otherName(SMTP_UTF8, '医生@example.com')];
    expect(space.faultOf(certificateWith({ subject, alternativeNames: utf8Only }))).toBe('NAME_NOT_PERMITTED');
  });

  it('a name of an otherName type is refused by a constraint on any otherName, mailbox or not', () => {
    const space = narrowed(constraints([otherName('1.2.3', 'a'), mail('example.com')]));
    expect(space.faultOf(certificateWith({ alternativeNames: [otherName('1.2.4', 'a')] }))).toBe('NAME_NOT_PERMITTED');
    expect(space.faultOf(certificateWith({ alternativeNames: [otherName(SMTP_UTF8, '医生@example.com')] }))).toBe('NAME_NOT_PERMITTED');
  });

  it('a dNSName beyond ASCII and an iPAddress of another length are refused', () => {
    expect(narrowed(constraints([dns('')])).faultOf(host('é.example.com'))).toBe('NAME_NOT_PERMITTED');
    expect(narrowed(constraints([mail('')])).faultOf(certificateWith({ alternativeNames: [mail('é@example.com')] }))).toBe('NAME_NOT_PERMITTED');
    const space = narrowed(constraints(undefined, [ip(10, 0, 0, 0, 255, 0, 0, 0)]));
    for (const name of [ip(), ip(11, 0, 0), ip(11, 0, 0, 0, 255, 0, 0, 0)]) {
      expect(space.faultOf(certificateWith({ alternativeNames: [name] }))).toBe('NAME_EXCLUDED');
    }
  });

  it('alternative names that cannot be read fault', () => {
    const space = narrowed(constraints([dns('example.com')]));
    const ofNoForm = [contextPrimitive(9, Buffer.alloc(1)), contextPrimitive(4, Buffer.alloc(1))];
    const twoValues = contextConstructed(0, oid(SMTP_UTF8), contextConstructed(0, utf8String('医生@example.com')), utf8String('a'));
    for (const name of [...ofNoForm, twoValues, contextConstructed(4, contextConstructed(0)), contextConstructed(0)]) {
      expect(codeOf(() => space.faultOf(certificateWith({ alternativeNames: [name] })))).toBe('BAD_CERTIFICATE');
    }
  });
});

describe('nameConstraints as found', () => {
  const base = dns('example.com');
  const minimum = (value: number): Buffer => contextPrimitive(0, integerContent(BigInt(value)));
  const maximum = contextPrimitive(1, integerContent(0n));

  it('a minimum of zero is no fault, and the order permitted, excluded', () => {
    expect(narrowed(sequence(contextConstructed(0, sequence(base, minimum(0))))).faultOf(host('example.org'))).toBe('NAME_NOT_PERMITTED');
    expect(narrowed(constraints([base], [dns('a.example.com')])).faultOf(host('example.com'))).toBeUndefined();
  });

  const refused: Record<string, Buffer> = {
    'empty sequence': sequence(),
    'no permitted': sequence(contextConstructed(0)),
    'no excluded': sequence(contextConstructed(0, sequence(base)), contextConstructed(1)),
    'minimum one': sequence(contextConstructed(0, sequence(base, minimum(1)))),
    'minimum negative': sequence(contextConstructed(1, sequence(base, minimum(-1)))),
    'a maximum': sequence(contextConstructed(0, sequence(base, maximum))),
    'minimum and maximum': sequence(contextConstructed(0, sequence(base, minimum(0), maximum))),
    'wrong order': sequence(contextConstructed(1, sequence(base)), contextConstructed(0, sequence(base))),
    'unknown element': sequence(contextConstructed(0, sequence(base)), contextConstructed(2, sequence(base))),
    'subtree without SEQUENCE': sequence(contextConstructed(0, base)),
    'subtree in another type': sequence(contextConstructed(0, contextConstructed(2, base))),
    'subtree without base': sequence(contextConstructed(0, sequence())),
    'base of no form': constraints([contextPrimitive(9, Buffer.alloc(0))]),
    'base of a form, primitive': constraints([contextPrimitive(4, Buffer.alloc(0))]),
    'no SEQUENCE': base,
  };
  it.each(Object.entries(refused))('refused: %s', (_title, value) => {
    expect(codeOf(() => narrowed(value))).toBe('BAD_CERTIFICATE');
  });

  it.each([
    ...['*.example.com', 'a..b', '.', '..a', 'example.com.', 'a b', '192.0.2.1', 'é.jp'].map(dns),
    ...['a@', '@example.com', '.a@example.com', '*', '192.0.2.1', 'é@example.com', 'a@b@example.com'].map(mail),
    ...['http://example.com', 'example.com/', '192.0.2.1', '*.example.com', '.', 'example.com:80'].map(uri),
    ip(),
    ip(10, 0, 0, 0),
    ip(...Array.from({ length: 16 }, () => 0)),
    ip(10, 0, 0, 0, 255, 0, 255, 0),
    ip(10, 0, 0, 0, 0, 255, 255, 255),
    ip(...Array.from({ length: 31 }, () => 0), 1),
    contextConstructed(4),
    directory(KIBAN).subarray(0, 3),
  ])('refused: malformed base %#', (malformed) => {
    for (const value of [constraints([malformed]), constraints(undefined, [malformed])]) {
      expect(codeOf(() => narrowed(value))).toMatch(/^BAD_/);
    }
  });
});

describe('work is bounded', () => {
  const bases = Array.from({ length: 500 }, (_, n) => dns(`n${n}.example.com`));
  const names = Array.from({ length: 500 }, (_, n) => dns(`m${n}.example.org`));

  it('names times subtrees, of one form, over all narrowings', () => {
    expect(bases.length * names.length).toBe(MAX_COMPARISONS);
    const full = narrowed(constraints(undefined, bases));
    expect(full.faultOf(certificateWith({ alternativeNames: names }))).toBeUndefined();
    expect(codeOf(() => full.faultOf(certificateWith({ alternativeNames: [...names, dns('a.example.org')] })))).toBe('TOO_MUCH_WORK');
    expect(full.faultOf(certificateWith({ alternativeNames: [...names, mail('a@example.org')] }))).toBeUndefined();
    const more = full.narrowedBy(certificateWith({ nameConstraints: constraints([dns('example.org')]) }));
    expect(codeOf(() => more.faultOf(certificateWith({ alternativeNames: names })))).toBe('TOO_MUCH_WORK');
  });

  it('long hostile names take time by their length only', () => {
    const space = narrowed(constraints(undefined, [dns('example.com'), mail('example.com'), uri('example.com')]));
    const long = 200_000;
    const hostile = [
      ...['a.', '-', '*.', '_'].flatMap((part) => [dns(part.repeat(long)), uri(`http://${part.repeat(long)}`)]),
      ...['"\\', 'a.', '@', '.', '\\"'].map((part) => mail(`"${part.repeat(long)}@example.com`)),
      ...['@', ':', '://', 'a', '%'].map((part) => uri(`a${part.repeat(long)}`)),
    ];
    const started = process.cpuUsage();
    expect(space.faultOf(certificateWith({ alternativeNames: hostile }))).toBe('NAME_EXCLUDED');
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

describe.skipIf(!present)(`second judge: ${present ? version.stdout.trim() : 'OpenSSL 3 is not installed here: skipped'}`, () => {
  it('judges every case the same, except where it says why not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pki-names-'));
    const roots = CONSTRAINT_CASES.map(({ permitted, excluded }, n) => {
      const subject = [{ type: 'CN', value: `authority ${n}` }];
      return certificateWith({ subject, issuer: subject, nameConstraints: constraints(permitted, excluded) });
    });
    writeFileSync(join(folder, 'roots.pem'), roots.map(({ der }) => pemEncode('CERTIFICATE', der)).join(''));
    const files = CONSTRAINT_CASES.map(({ certificate }, n) => {
      const leaf = certificateWith({ ...certificate, issuer: [{ type: 'CN', value: `authority ${n}` }] });
      writeFileSync(join(folder, `${n}.pem`), pemEncode('CERTIFICATE', leaf.der));
      return `${n}.pem`;
    });
    const judged = spawnSync('openssl', ['verify', '-CAfile', 'roots.pem', ...files], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    rmSync(folder, { recursive: true });
    const accepted = new Set(judged.stdout.split('\n').map((line) => /^([0-9]+)\.pem: OK$/.exec(line)?.[1]));
    const differing = CONSTRAINT_CASES.filter(({ fault }, n) => accepted.has(String(n)) !== (fault === undefined));
    const expected = CONSTRAINT_CASES.filter(({ otherwise }) => otherwise !== undefined);
    expect(differing.map(({ title }) => title)).toEqual(expected.map(({ title }) => title));
  });
});
