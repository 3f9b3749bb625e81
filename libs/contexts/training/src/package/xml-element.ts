import { XMLParser } from 'fast-xml-parser';
import { BadManifest } from './course-structure.js';

const ENCODING = /^<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/;
/** Nobody nests deeper; what does would only cost memory. */
const DEPTH = 64;

/** An element of a manifest, without its namespace prefix. */
export class XmlElement {
  constructor(
    readonly name: string,
    private readonly attributes: Readonly<Record<string, string>>,
    readonly children: readonly XmlElement[],
    /** Trimmed. */
    readonly text: string,
  ) {}

  attribute(name: string): string | undefined {
    return this.attributes[name]?.trim();
  }

  first(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  all(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The text of a child; undefined without one or with an empty one. */
  textOf(name: string): string | undefined {
    const text = this.first(name)?.text;
    return text === '' ? undefined : text;
  }
}

/** Reads a manifest in the encoding that it names. A document type is refused: it could name entities that grow, or files elsewhere. */
export function readXml(bytes: Buffer): XmlElement {
  const text = decoded(bytes);
  if (/<!DOCTYPE/i.test(text)) throw new BadManifest('XML', 'DOCTYPE');
  const parser = new XMLParser({
    preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', removeNSPrefix: true, parseTagValue: false, parseAttributeValue: false, ignoreDeclaration: true, ignorePiTags: true,
    maxNestedTags: DEPTH,
  });
  let nodes: unknown;
  try {
    nodes = parser.parse(text, true);
  } catch {
    throw new BadManifest('XML', 'SYNTAX');
  }
  const root = elementsOf(nodes)[0];
  if (root === undefined) throw new BadManifest('XML', 'EMPTY');
  return root;
}

function decoded(bytes: Buffer): string {
  const isUtf16 = bytes.subarray(0, 2).equals(Buffer.from([0xff, 0xfe])) || bytes.subarray(0, 2).equals(Buffer.from([0xfe, 0xff]));
  const label = isUtf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : (ENCODING.exec(bytes.subarray(0, 200).toString('latin1').replace(/^\u00ef\u00bb\u00bf/, ''))?.[1] ?? 'utf-8');
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    throw new BadManifest('XML', 'ENCODING');
  }
}

/** The parser's own form of an ordered document: objects with one key of a tag, or `#text`, and attributes beside it. */
function elementsOf(nodes: unknown): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: Readonly<Record<string, unknown>>) => {
    const name = Object.keys(node).find((key) => key !== ':@');
    if (name === undefined || name === '#text') return [];
    const content = node[name];
    return [new XmlElement(name, (node[':@'] ?? {}) as Record<string, string>, elementsOf(content), textOf(content))];
  });
}

function textOf(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes.map((node: Readonly<Record<string, unknown>>) => (typeof node['#text'] === 'string' ? node['#text'] : '')).join('').trim().normalize('NFC');
}
