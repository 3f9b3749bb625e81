import type { Dice } from '#testing/population';
import { type DerNode, encode, headerOf, leaf, placesOf, treeOf } from './der-tree.js';

/** Larger messages only cost time. */
export const MAX_INPUT = 512 * 1024;

const TAGS = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1c, 0x1e, 0x24, 0x30, 0x31, 0x80, 0x81, 0x82, 0x84, 0x86, 0x87, 0x88, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xbf, 0x1f, 0xff];
const TEXTS = [
  '', '\0', 'a'.repeat(60_000), ' '.repeat(30_000), `${'a '.repeat(20_000)}`, '\u0301'.repeat(20_000), '\ufdfa'.repeat(20_000), '\u202e\u200d', '*.', '*.*', '.', '..', 'a..b', '-', `${'a.'.repeat(30_000)}b`,
  'xn--', 'xn--zzzzzzzzzzzzzzzzzzzzzz', 'a@b', '@', '"@"@"', `"${'\\"'.repeat(10_000)}"@b`, 'http://', 'http://[::', 'http://a:b@c/', 'ldap:///%', `http://${'%25'.repeat(10_000)}`, 'urn:', '[::ffff:1.2.3.4]',
  '20250101000000Z', '250101000000Z', '99991231235959Z', '00000000000000Z', '20250230000000Z', '20250101246060Z', '20250101000000.5Z', '20250101000000+0900', '2501010000Z', '２５0101000000Z', '__proto__', 'constructor', '{name}', '1e309',
].map((text) => Buffer.from(text));
const RAW = ['ff', 'c0af', 'eda080', 'f4908080', 'd800', 'dc00d800', '0000d800', '00110000', '80', '8000', '0080', '00', '7f', 'ffff', '06', '00ff', '08ff', '0780', '2a8080808001', '808080', '50', '7fffffffffffffff', '80000000'].map((hex) => Buffer.from(hex, 'hex'));

type Place = ReturnType<typeof placesOf>[number];
/** Changes the tree around a place of it. `others` are values of other messages. */
type Mutation = (dice: Dice, place: Place, node: DerNode, others: () => DerNode) => void;

export function octets(dice: Dice, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => dice.between(0, 255)));
}

function replace({ list, at }: Place, ...nodes: readonly DerNode[]): void {
  list.splice(at, 1, ...nodes);
}

function withContent(node: DerNode, content: Buffer): DerNode {
  return leaf(node.tag, content);
}

function bodyOf(node: DerNode): Buffer {
  return node.children === undefined ? node.content : Buffer.concat([node.prefix, ...node.children.map(encode)]);
}

/** Octets in the place of a value, whatever they are. */
function raw(bytes: Buffer): DerNode {
  return { tag: Buffer.alloc(0), prefix: Buffer.alloc(0), content: bytes, children: undefined };
}

function nested(tag: number, depth: number, inner: Buffer): Buffer {
  const headers: Buffer[] = [];
  for (let [level, length] = [0, inner.length]; level < depth; level += 1) {
    const header = headerOf(Buffer.from([tag]), length);
    headers.push(header);
    length += header.length;
  }
  return Buffer.concat([...headers.reverse(), inner]);
}

const MUTATIONS: readonly Mutation[] = [
  (_dice, place) => replace(place),
  (_dice, place, node) => replace(place, node, node),
  (dice, place, node) => {
    const count = dice.pick([3, 20, 300, 3_000]);
    const one = encode(node);
    // As octets, so that a later change is made in one of many and not in every one.
    if (count * one.length <= MAX_INPUT / 2) replace(place, raw(Buffer.concat(Array.from({ length: count }, () => one))));
  },
  (dice, { list, at }, node) => {
    const other = dice.between(0, list.length - 1);
    const moved = list[other];
    if (moved !== undefined) [list[at], list[other]] = [moved, node];
  },
  (_dice, place, _node, others) => replace(place, others()),
  (_dice, place, node, others) => replace(place, node, others()),
  (_dice, place, node, others) => { node.children?.push(others()); },
  (dice, place, node) => replace(place, { ...node, tag: Buffer.from([dice.pick(TAGS)]) }),
  (dice, place, node) => replace(place, { ...node, tag: Buffer.from([(node.tag[0] ?? 0) ^ (1 << dice.between(0, 7))]) }),
  (dice, place, node) => replace(place, { ...node, tag: Buffer.concat([Buffer.from([(node.tag[0] ?? 0) | 0x1f]), octets(dice, dice.between(1, 6))]) }),
  (_dice, place, node) => replace(place, withContent(node, Buffer.alloc(0))),
  (dice, place, node) => replace(place, withContent(node, octets(dice, dice.between(1, 40)))),
  (dice, place, node) => replace(place, withContent(node, dice.pick(TEXTS))),
  (dice, place, node) => replace(place, withContent(node, dice.pick(RAW))),
  (dice, place, node) => replace(place, withContent(node, Buffer.concat(Array.from({ length: dice.between(1, 4) }, () => dice.pick([...RAW, ...TEXTS]))))),
  // Huge integers and object identifiers.
  (dice, place) => replace(place, leaf(0x02, Buffer.alloc(dice.pick([21, 65, 129, 1_025, 16_385, 65_537]), dice.pick([0x01, 0x7f, 0x80, 0xff, 0x00])))),
  (dice, place) => replace(place, leaf(0x06, Buffer.concat([Buffer.from([0x2a]), Buffer.alloc(dice.pick([10, 200, 20_000]), dice.pick([0xff, 0x81, 0x01, 0x80])), Buffer.from([0x01])]))),
  // Deep nesting, around a value and in the place of one.
  (dice, place, node) => replace(place, raw(nested(dice.pick([0x30, 0x31, 0xa0, 0xa4, 0x04, 0x24]), dice.pick([2, 39, 41, 1_000, 20_000]), encode(node)))),
  // Lengths: indefinite, not the shortest, and lies.
  (_dice, place, node) => replace(place, raw(Buffer.concat([node.tag, Buffer.from([0x80]), bodyOf(node), Buffer.alloc(2)]))),
  (_dice, place, node) => replace(place, raw(Buffer.concat([node.tag, Buffer.from('84', 'hex'), uint32(bodyOf(node).length), bodyOf(node)]))),
  (dice, place, node) => replace(place, raw(Buffer.concat([node.tag, Buffer.from('84', 'hex'), uint32(dice.pick([0, 0x7f, 0xffff, 0x7fffffff, 0xffffffff])), bodyOf(node)]))),
  (dice, place, node) => {
    const bytes = Buffer.from(encode(node));
    if (bytes.length > 1) bytes[1] = ((bytes[1] ?? 0) + dice.pick([1, 2, 127, 128, 254, 255])) & 0xff;
    replace(place, raw(bytes));
  },
  // Content: bits turned, cut, lengthened.
  (dice, place, node) => {
    const bytes = Buffer.from(bodyOf(node));
    if (bytes.length === 0) return;
    const at = dice.between(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.between(0, 7));
    replace(place, withContent(node, bytes));
  },
  (dice, place, node) => replace(place, withContent(node, bodyOf(node).subarray(0, dice.between(0, bodyOf(node).length)))),
  (dice, place, node) => replace(place, withContent(node, Buffer.concat([bodyOf(node), octets(dice, dice.between(1, 8))]))),
  (dice, _place, node) => { if (node.children !== undefined) node.children = node.children.flatMap((one) => Array.from({ length: dice.between(0, 3) }, () => one)); },
  (_dice, _place, node) => { node.children?.reverse(); },
  (dice, place) => replace(place, raw(octets(dice, dice.between(1, 6)))),
];

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A message with one to some changes of its values; the lengths around them are right again. */
export function mutated(dice: Dice, message: Buffer, other: Buffer): DerNode[] {
  const tree = treeOf(message) ?? [];
  const spare = placesOf(treeOf(other) ?? []);
  const others = (): DerNode => {
    const place = spare.length === 0 ? undefined : dice.pick(spare);
    const node = place?.list[place.at];
    // A copy, so that no value ever stands in itself.
    return (node === undefined ? undefined : treeOf(encode(node))?.[0]) ?? leaf(0x05, Buffer.alloc(0));
  };
  for (let changes = dice.pick([1, 1, 1, 2, 3, 6]); changes > 0; changes -= 1) {
    const places = placesOf(tree);
    const place = places.length === 0 ? undefined : dice.pick(places);
    const node = place?.list[place.at];
    if (place !== undefined && node !== undefined) dice.pick(MUTATIONS)(dice, place, node, others);
  }
  return tree;
}

/** Changes that know no structure. */
export function damaged(dice: Dice, message: Buffer, other: Buffer): Buffer {
  const [at, till] = [dice.between(0, message.length), dice.between(0, message.length)];
  switch (dice.between(0, 4)) {
    case 0:
      return message.subarray(0, at);
    case 1:
      return Buffer.concat([message.subarray(0, at), other.subarray(dice.between(0, other.length))]);
    case 2:
      return Buffer.concat([message.subarray(0, Math.min(at, till)), message.subarray(Math.max(at, till))]);
    case 3:
      return Buffer.concat([message.subarray(0, at), octets(dice, dice.between(1, 8)), message.subarray(at)]);
    default: {
      const bytes = Buffer.from(message);
      for (let turns = dice.between(1, 8); turns > 0 && bytes.length > 0; turns -= 1) bytes[dice.between(0, bytes.length - 1)] = dice.between(0, 255);
      return bytes;
    }
  }
}
