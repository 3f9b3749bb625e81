/** A value of a message: what stands in it as values of its own are `children`, else `content`. */
export interface DerNode {
  /** Identifier octets; none where the content stands as it is, whole value or not. */
  readonly tag: Buffer;
  /** Unused-bits octet of a BIT STRING with values inside. */
  readonly prefix: Buffer;
  content: Buffer;
  children: DerNode[] | undefined;
}

const NONE = Buffer.alloc(0);
/** Deeper than any message; the mutations make what is deeper without a tree. */
const MAX_DEPTH = 40;

export function leaf(tag: number | Buffer, content: Buffer): DerNode {
  return { tag: typeof tag === 'number' ? Buffer.from([tag]) : tag, prefix: NONE, content, children: undefined };
}

/** Identifier and length octets as X.690 10.1 wants them. */
export function headerOf(tag: Buffer, length: number): Buffer {
  if (length < 0x80) return Buffer.concat([tag, Buffer.from([length])]);
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([tag, Buffer.from([0x80 | octets.length]), octets]);
}

export function encode(node: DerNode): Buffer {
  if (node.tag.length === 0) return node.content;
  const content = node.children === undefined ? [node.content] : [node.prefix, ...node.children.map(encode)];
  return Buffer.concat([headerOf(node.tag, content.reduce((sum, { length }) => sum + length, 0)), ...content]);
}

/**
 * Values of octets that hold nothing else; undefined when they are no values. OCTET and BIT STRINGs that hold values are opened too, unless
 * `closed`. A reader of its own: that of the engine is what is tested.
 */
export function treeOf(bytes: Buffer, strings: 'open' | 'closed' = 'open', depth = 0): DerNode[] | undefined {
  const nodes: DerNode[] = [];
  for (let at = 0; at < bytes.length;) {
    const [tag, first] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || first === 0x80 || first > 0x84) return undefined;
    const count = first < 0x80 ? 0 : first & 0x7f;
    if (at + 2 + count > bytes.length) return undefined;
    const start = at + 2 + count;
    const end = start + (count === 0 ? first : bytes.readUIntBE(at + 2, count));
    if (end > bytes.length) return undefined;
    nodes.push(nodeOf(tag, bytes.subarray(start, end), strings, depth));
    at = end;
  }
  return nodes;
}

function nodeOf(tag: number, content: Buffer, strings: 'open' | 'closed', depth: number): DerNode {
  const node = leaf(tag, content);
  const wraps = strings === 'open' && content.length > 2 && (tag === 0x04 || (tag === 0x03 && content[0] === 0));
  if (depth >= MAX_DEPTH || ((tag & 0x20) === 0 && !wraps)) return node;
  const prefix = tag === 0x03 ? content.subarray(0, 1) : NONE;
  return { ...node, prefix, children: treeOf(content.subarray(prefix.length), strings, depth + 1) };
}

/** More places than that no change needs to choose from. */
const MAX_PLACES = 20_000;

/** Values with the list that each stands in. */
export function placesOf(nodes: DerNode[]): { readonly list: DerNode[]; readonly at: number }[] {
  const places: { list: DerNode[]; at: number }[] = [];
  const left = [nodes];
  for (let list = left.pop(); list !== undefined && places.length < MAX_PLACES; list = left.pop()) {
    for (const [at, { children }] of list.entries()) {
      places.push({ list, at });
      if (children !== undefined) left.push(children);
    }
  }
  return places;
}
