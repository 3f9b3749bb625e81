import { describe, expect, it } from 'vitest';
import { Refusal } from '#kernel';
import { contentTypeOf, entriesFault, PACKAGE_LIMITS, type PackageEntry } from './package-entry.js';
import { auXml, cmi5Xml, renamed, scormXml, withFile, zipOf } from './package.fixture.js';
import { readStructure } from './read-structure.js';
import { ZipPackage } from './zip-package.js';

const told = (error: unknown): string => (error instanceof Refusal ? `${error.code} ${String(error.facts['fault'])}` : String(error));
const opened = (content: Buffer): Promise<string> =>
  withFile(content, (file) => ZipPackage.open(file).then((zip) => {
    zip.close();
    return [...zip.paths].join(' ');
  }, told));
const structureOf = (files: Readonly<Record<string, string>>) => readStructure(new Set(Object.keys(files)), (path) => Promise.resolve(Buffer.from(files[path] ?? '')));
const fault = (files: Readonly<Record<string, string>>): Promise<string> => structureOf(files).then(() => 'read', told);

describe('what a package may hold (TRN-7)', () => {
  const entry = (more: Partial<PackageEntry>): PackageEntry => ({ path: 'a.html', size: 10, packedSize: 10, isEncrypted: false, isLink: false, ...more });
  const faultOf = (...entries: PackageEntry[]): string | undefined => entriesFault(entries)?.fault;

  it.each(['../a', 'a/../../b', '/etc/passwd', 'C:/a', 'c:a', 'a\\b', 'a//b', './a', 'a/./b', '', 'a\0b', 'a\nb', `${'a/'.repeat(200)}b`])('no path %j', (path) => {
    expect(faultOf(entry({ path }))).toBe('PATH');
  });

  it.each(['index.html', '教材/第1章/動画.mp4', 'a..b/c...html', '.hidden'])('path %s', (path) => expect(faultOf(entry({ path }))).toBeUndefined());

  it('nothing that is encrypted, a link, named twice, too large, too many, or grows beyond belief', () => {
    expect(faultOf(entry({ isEncrypted: true }))).toBe('ENCRYPTED');
    expect(faultOf(entry({ isLink: true }))).toBe('LINK');
    expect(faultOf(entry({}), entry({}))).toBe('DUPLICATE');
    expect(faultOf(entry({ size: PACKAGE_LIMITS.file + 1, packedSize: PACKAGE_LIMITS.file }))).toBe('FILE_TOO_LARGE');
    expect(faultOf(entry({ size: 50_000_000, packedSize: 50_000 }))).toBe('EXPANDS_TOO_FAR');
    const many = (count: number, size: number): PackageEntry[] => Array.from({ length: count }, (_, at) => entry({ path: `f${at}`, size, packedSize: size }));
    expect(faultOf(...many(16, PACKAGE_LIMITS.file))).toBeUndefined();
    expect(faultOf(...many(17, PACKAGE_LIMITS.file))).toBe('TOO_LARGE');
    expect(faultOf(...many(PACKAGE_LIMITS.files + 1, 1))).toBe('TOO_MANY_FILES');
  });

  it('is served by the type of its extension, without a character set of ours', () => {
    expect(['a/B.HTML', 'x.js', 'x.vtt', 'x.exe', 'x'].map(contentTypeOf)).toEqual(['text/html', 'text/javascript', 'text/vtt', 'application/octet-stream', 'application/octet-stream']);
  });
});

describe('a zip', () => {
  it('is read by its directory; what climbs out or is absolute is refused before extraction', async () => {
    const zip = await zipOf({ 'cmi5.xml': '<x/>', 'aa/b.html': 'b' });
    expect(await opened(zip)).toBe('cmi5.xml aa/b.html');
    expect(await opened(renamed(zip, 'aa/b.html', '../b.html'))).toBe('UNSAFE_PATH PATH');
    expect(await opened(renamed(zip, 'aa/b.html', '/a/b.html'))).toBe('UNSAFE_PATH PATH');
    expect(await opened(renamed(zip, 'aa/b.html', '..\\b.html'))).toBe('UNSAFE_PATH PATH');
    expect(await opened(Buffer.from('no zip'))).toBe('BAD_MANIFEST NO_ZIP');
  });

  it('a bomb is refused by what it declares, one that lies about its size when it is read', async () => {
    const bomb = await zipOf({ 'cmi5.xml': Buffer.alloc(3_000_000) });
    expect(await opened(bomb)).toBe('UNSAFE_PATH EXPANDS_TOO_FAR');
    const lying = Buffer.from(bomb);
    // The declared size in the central directory, 24 octets after its signature.
    lying.writeUInt32LE(1_000, lying.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    await withFile(lying, async (file) => {
      const zip = await ZipPackage.open(file);
      expect(await zip.read('cmi5.xml').then(() => 'read', told)).toBe('BAD_MANIFEST BROKEN_FILE');
      zip.close();
    });
  });

  it('names in Windows-31J are read without being declared', async () => {
    const zip = renamed(await zipOf({ 'aaaa.html': 'b' }), 'aaaa.html', '\x8b\xb3\x8d\xde.html');
    // Without the flag that would say UTF-8, in the directory and before the file.
    zip.writeUInt16LE(0, zip.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 8);
    zip.writeUInt16LE(0, zip.indexOf(Buffer.from('PK\x03\x04', 'latin1')) + 6);
    expect(await opened(zip)).toBe('教材.html');
  });
});

describe('cmi5.xml (TRN-4.6)', () => {
  const pages = { 'one.html': '', 'two.html': '', 'three.html': '', 'sub/four.html': '' };

  it('units and blocks in their order, with defaults and all that is launched with', async () => {
    const inner = `${auXml('one')}<block id="https://publisher.example/blocks/b"><title><langstring lang="ja">塊</langstring></title>${auXml('two', { attributes: '' })}<block id="urn:x:inner"><title/>${auXml('three', { attributes: 'moveOn="Passed" launchMethod="OwnWindow"' })}</block></block>${auXml('four', { url: ' ./sub/four.html?a=1#b ', inner: '<launchParameters>p=1</launchParameters><entitlementKey>k</entitlementKey>' })}`;
    const { units, ...course } = await structureOf({ 'cmi5.xml': cmi5Xml(inner), ...pages });
    expect(course).toEqual({
      format: 'CMI5', publisherId: 'https://publisher.example/courses/security', title: '情報セキュリティの基礎',
      parts: [{ au: 0 }, { block: 'https://publisher.example/blocks/b', parts: [{ au: 1 }, { block: 'urn:x:inner', parts: [{ au: 2 }] }] }, { au: 3 }],
    });
    expect(units.map(({ path, suffix, moveOn, masteryScore, isOwnWindow }) => [path, suffix, moveOn, masteryScore, isOwnWindow])).toEqual([
      ['one.html', '', 'CompletedAndPassed', 0.8, false], ['two.html', '', 'NotApplicable', undefined, false], ['three.html', '', 'Passed', undefined, true], ['sub/four.html', '?a=1#b', 'CompletedAndPassed', 0.8, false],
    ]);
    expect(units[3]).toMatchObject({ title: '単元 four', launchParameters: 'p=1', entitlementKey: 'k' });
  });

  it.each([
    ['NO_UNITS', ''], ['MOVE_ON', auXml('one', { attributes: 'moveOn="Sometimes"' })], ['MASTERY_SCORE', auXml('one', { attributes: 'masteryScore="80"' })],
    ['MASTERY_SCORE', auXml('one', { attributes: 'masteryScore="0.12345"' })], ['ELSEWHERE', auXml('one', { url: 'https://elsewhere.example/x.html' })], ['ELSEWHERE', auXml('one', { url: '//elsewhere.example/' })],
    ['URL', auXml('one', { url: 'a/../../b.html' })], ['URL', auXml('one', { url: 'a/%2e%2e/b.html' })], ['URL', auXml('one', { url: '%E3%81' })], ['FILE_MISSING', auXml('none')], ['DUPLICATE_ID', auXml('one') + auXml('one')],
    ['ID', '<au id="no iri"><title><langstring>x</langstring></title><url>one.html</url></au>'], ['ELEMENT_MISSING', '<au id="urn:x"><url>one.html</url></au>'], ['XML', '<au>'],
  ])('%s', async (expected, inner) => expect(await fault({ 'cmi5.xml': cmi5Xml(inner), ...pages })).toBe(`BAD_MANIFEST ${expected}`));

  it('no document type, no unknown encoding, no other root, no manifest at all', async () => {
    const entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>';
    expect(await fault({ 'cmi5.xml': cmi5Xml(auXml('one')).replace('?>', `?>${entities}`), ...pages })).toBe('BAD_MANIFEST XML');
    expect(await fault({ 'cmi5.xml': '<?xml version="1.0" encoding="x-none"?><courseStructure/>' })).toBe('BAD_MANIFEST XML');
    expect(await fault({ 'cmi5.xml': '<manifest/>' })).toBe('BAD_MANIFEST ELEMENT_MISSING');
    expect(await fault({ 'index.html': '' })).toBe('BAD_MANIFEST NO_MANIFEST');
    expect(await fault({ 'cmi5.xml': '<a>'.repeat(100) })).toBe('BAD_MANIFEST XML');
  });
});

describe('imsmanifest.xml (TRN-4.6)', () => {
  const item = (inner: string): string => `<item identifier="i1" identifierref="r1" parameters="?p=1"><title>導入</title>${inner}</item>`;

  it('SCORM 1.2: the default organisation, mastery of 0 to 100, launch data, parameters', async () => {
    const { format, title, units, parts } = await structureOf({ 'imsmanifest.xml': scormXml('1.2', item('<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>x</adlcp:datafromlms>')), 'index.html': '' });
    expect([format, title, parts]).toEqual(['SCORM_12', '個人情報保護', [{ au: 0 }]]);
    expect(units).toEqual([{ publisherId: 'i1', title: '導入', path: 'index.html', suffix: '?p=1', moveOn: 'Passed', masteryScore: 0.8, isOwnWindow: false, launchParameters: 'x', entitlementKey: undefined }]);
  });

  it('SCORM 2004: items of items are blocks, assets need no report, the measure of the primary objective', async () => {
    const measure = '<imsss:sequencing><imsss:objectives><imsss:primaryObjective satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing>';
    const resources = '<resource identifier="r1" xml:base="sub/" adlcp:scormType="sco" href="a.html?x=1#y"/><resource identifier="r2" href="b.html" adlcp:scormType="asset"/>';
    const items = `<item identifier="g"><title>章</title>${item(measure)}<item identifier="i2" identifierref="r2"><title>資料</title></item></item>`;
    const { format, units, parts } = await structureOf({ 'imsmanifest.xml': scormXml('2004 4th Edition', items, resources), 'sub/a.html': '', 'b.html': '' });
    expect([format, parts]).toEqual(['SCORM_2004', [{ block: 'g', parts: [{ au: 0 }, { au: 1 }] }]]);
    expect(units.map(({ path, suffix, moveOn, masteryScore }) => [path, suffix, moveOn, masteryScore])).toEqual([['sub/a.html', '?x=1&p=1#y', 'Passed', 0.6], ['b.html', '', 'NotApplicable', undefined]]);
  });

  it.each([
    ['EDITION', scormXml('1.2', item('')).replace('<schemaversion>1.2', '<schemaversion>9')], ['ELEMENT_MISSING', scormXml('1.2', '<item identifier="i" identifierref="none"/>')],
    ['MASTERY_SCORE', scormXml('1.2', item('<adlcp:masteryscore>101</adlcp:masteryscore>'))], ['NO_UNITS', scormXml('1.2', '<item identifier="i"/>')],
  ])('%s', async (expected, xml) => expect(await fault({ 'imsmanifest.xml': xml, 'index.html': '' })).toBe(`BAD_MANIFEST ${expected}`));
});
