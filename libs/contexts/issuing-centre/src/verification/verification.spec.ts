import { describe, expect, it } from 'vitest';
import { statementText, type SignedStatement } from '../back-side/front-statement.js';
import { readScan } from './scan.js';
import { statementFault, statementIn } from './verification.js';

const statement: SignedStatement = {
  kid: '0123456789abcdef', requestId: 'REQ-20160201-0000001', municipalityCode: '282049', issuedAt: new Date('2016-02-01T01:00:00Z'), pdfSha256: Buffer.alloc(32, 1), page: 1, pages: 2, contentId: Buffer.alloc(8, 2), signature: Buffer.alloc(64, 3),
};
const front = { requestId: statement.requestId, municipalityCode: '282049', pdfSha256: statement.pdfSha256, kid: statement.kid, pageCount: 2, issuedAt: statement.issuedAt, revokedAt: null };

describe('verdicts (CARD-4.16)', () => {
  it.each([
    { what: 'all is right', isSigned: true, held: front, verdict: undefined },
    { what: 'the key is none of ours', isSigned: undefined, held: front, verdict: 'REVOKED_OR_UNKNOWN' },
    { what: 'the signature is another’s', isSigned: false, held: front, verdict: 'SIGNATURE_INVALID' },
    { what: 'a forged one of a revoked certificate', isSigned: false, held: { ...front, revokedAt: new Date() }, verdict: 'SIGNATURE_INVALID' },
    { what: 'nothing is on record', isSigned: true, held: undefined, verdict: 'REVOKED_OR_UNKNOWN' },
    { what: 'it was revoked', isSigned: true, held: { ...front, revokedAt: new Date('2016-03-01T00:00:00Z') }, verdict: 'REVOKED_OR_UNKNOWN' },
    { what: 'another front of the request is on record', isSigned: true, held: { ...front, pdfSha256: Buffer.alloc(32) }, verdict: 'REVOKED_OR_UNKNOWN' },
    { what: 'it has another number of pages', isSigned: true, held: { ...front, pageCount: 1 }, verdict: 'REVOKED_OR_UNKNOWN' },
  ])('$what', ({ isSigned, held, verdict }) => expect(statementFault(statement, isSigned, held)).toBe(verdict));

  it('a picture with the backs of two certificates has no statement', () => {
    const text = Buffer.from(statementText(statement));
    expect(statementIn([text, text])).toEqual(statement);
    expect(statementIn([text, Buffer.from(statementText({ ...statement, page: 2 }))])).toBeUndefined();
    expect(statementIn([])).toBeUndefined();
  });

  it('CARD-4.12 Q3 of pictures that come at once eight wait, the others are told to come again', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => readScan(Buffer.from('no picture'))));
    expect(answers.map(({ status }) => status)).toEqual([...Array<string>(8).fill('fulfilled'), 'rejected', 'rejected']);
    expect(await readScan(Buffer.from('no picture'))).toEqual([]);
  });
});
