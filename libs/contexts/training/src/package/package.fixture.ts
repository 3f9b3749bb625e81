import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A zip of these files. */
export async function zipOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), path);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Replaces one name by another of the same length in both headers: a name that no honest writer would write. */
export function renamed(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error('the names must have the same length');
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}

/** Hands over a file with this content, and removes it. */
export async function withFile<T>(content: Buffer, work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kiban-zip-'));
  try {
    const file = join(folder, 'package.zip');
    await pipeline([content], createWriteStream(file));
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A cmi5 manifest with these assignable units and blocks. */
export function cmi5Xml(inner: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="https://publisher.example/courses/security"><title><langstring lang="en">Security</langstring><langstring lang="ja-JP">情報セキュリティの基礎</langstring></title></course>
  ${inner}
</courseStructure>`;
}

export function auXml(name: string, more: { readonly attributes?: string; readonly url?: string; readonly inner?: string } = {}): string {
  const { attributes = 'moveOn="CompletedAndPassed" masteryScore="0.8"', url = `${name}.html`, inner = '' } = more;
  return `<au id="https://publisher.example/units/${name}" ${attributes}><title><langstring lang="ja">単元 ${name}</langstring></title><url>${url}</url>${inner}</au>`;
}

/** A SCORM manifest of one content object and, in 2004, its mastery measure. */
export function scormXml(edition: '1.2' | '2004 4th Edition', item: string, resources = '<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" adlcp:scormType="sco" href="index.html"/>'): string {
  return `<?xml version="1.0"?>
<manifest identifier="m1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>${edition}</schemaversion></metadata>
  <organizations default="o1"><organization identifier="o0"><title>別</title></organization><organization identifier="o1"><title>個人情報保護</title>${item}</organization></organizations>
  <resources>${resources}</resources>
</manifest>`;
}
