import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MerkleTree, serialLeaf } from './merkle-tree.js';
import { serialOctets } from './migration-record.js';

const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** The definition of RFC 6962 section 2.1, by recursion. */
function definition(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.from([1]), definition(leaves.slice(0, split)), definition(leaves.slice(split)));
}

function rootOf(leaves: readonly Buffer[]): string {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root().toString('hex');
}

describe('the Merkle tree (JPKI-4.12, RFC 6962)', () => {
  it('has the roots of the test vectors of Certificate Transparency', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => Buffer.from(hex, 'hex'));
    const root = (count: number): string => rootOf(leaves.slice(0, count));
    expect(root(0)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(root(1)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(root(3)).toBe('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77');
    expect(root(7)).toBe('ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c');
    expect(root(8)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('takes serials as the content of their DER INTEGER; roots computed by Python and by OpenSSL node for node', () => {
    const serials = [1n, 127n, 128n, 255n, 256n, 0x06d18006n, 1n << 158n].map((serial) => serialLeaf(serialOctets(serial)));
    expect(serials.map((leaf) => leaf.toString('hex'))).toEqual(['01', '7f', '0080', '00ff', '0100', '06d18006', `40${'00'.repeat(19)}`]);
    expect(rootOf(serials.slice(0, 3))).toBe('5b6404d7c40f8dd44ce64252f1a1872ddb6c89457f27a9c9ce4feffc32444ea7');
    expect(rootOf(serials)).toBe('cc70867532890c29ce831a6303c69d019f43cdf1bbd77dbe19dec88efac171ce');
  });

  it('is that of the definition, wherever a job breaks off and goes on', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 70 }), fc.nat(70), (bytes, at) => {
      const leaves = bytes.map((one) => Buffer.from(one));
      const before = new MerkleTree();
      for (const leaf of leaves.slice(0, at)) before.add(leaf);
      const after = new MerkleTree(before.state);
      for (const leaf of leaves.slice(at)) after.add(leaf);
      expect(after.root()).toEqual(definition(leaves));
    }));
  });
});
