import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { type Refusal, ResidentCode } from '#kernel';
import { lineChunks } from '../notice-file/line-chunks.js';
import { bucketOf, type Leaf } from './reconciliation.js';

const HEADER = 'residentCode,recordVersion,leaf';
const ROW = /^(\d{11}),([1-9]\d{0,8}),([0-9a-f]{64})$/;
const LINES_AT_ONCE = 2_000;

/**
 * Leaves of one bucket as text/csv in the order of their codes, as many as were announced. Refuses MALFORMED_HEADER, LEAF_ROW
 * (with the line: form, check digit, another bucket, order), BUCKET_DIGEST (more than announced).
 */
export async function readLeaves(body: Readable, { bucket, count }: { bucket: number; count: number }): Promise<Leaf[]> {
  const leaves: Leaf[] = [];
  let header: string | undefined;
  for await (const { firstLine, lines } of lineChunks(body, LINES_AT_ONCE, () => undefined)) {
    for (const [index, line] of lines.entries()) {
      if (header === undefined) header = line;
      else leaves.push(leafOf(line, { bucket, line: firstLine + index, after: leaves.at(-1)?.residentCode ?? '' }));
    }
    if (header !== HEADER) throw malformedHeader();
    if (leaves.length > count) throw jukiNetProblems.refuse('BUCKET_DIGEST');
  }
  if (header === undefined) throw malformedHeader();
  return leaves;
}

function malformedHeader(): Refusal {
  return jukiNetProblems.refuse('MALFORMED_HEADER', { facts: { expected: HEADER } });
}

function leafOf(text: string, { bucket, line, after }: { bucket: number; line: number; after: string }): Leaf {
  const [, residentCode = '', recordVersion, hash = ''] = ROW.exec(text) ?? [];
  if (ResidentCode.fault(residentCode) !== undefined || bucketOf(residentCode) !== bucket || residentCode <= after) throw jukiNetProblems.refuse('LEAF_ROW', { facts: { line } });
  return { residentCode, recordVersion: Number(recordVersion), hash };
}
