import { describe, expect, it } from 'vitest';
import { bridgeFigures } from './bridge-figures.js';
import { contentFaults, figureDifferences, filledText, isLaterVersion, stepDocument, SUBJECTS, type PolicyDocument } from './policy-document.js';
import { OUTLINE, SECTION_NUMBERS } from './outline.js';
import { htmlOf, markdownOf } from './render.js';
import { seedDocument } from './seed/seed-documents.js';

describe('figures (JPKI-3.13, 4.19)', () => {
  it('are those that run: every one is stated, none beside them', () => {
    const running = { caKeyBits: '2048', policyOid: '1.2' };
    expect(figureDifferences({ policyOid: '1.2', caKeyBits: '2048' }, running)).toEqual([]);
    expect(figureDifferences({ policyOid: '1.3', toString: '1' }, running)).toEqual([
      { figure: 'caKeyBits', stated: undefined, running: '2048' }, { figure: 'policyOid', stated: '1.3', running: '1.2' }, { figure: 'toString', stated: '1', running: undefined },
    ]);
  });

  it.each(['JPKI', 'JPKI-TEST'] as const)('of the bridge\'s document are those of the running profiles of %s', (organisation) => {
    expect(figureDifferences(seedDocument('bridge', organisation).figures, bridgeFigures(organisation))).toEqual([]);
  });
});

describe('the documents that come with the service (JPKI-3.13)', () => {
  it.each(SUBJECTS)('%s has every section of RFC 3647 in both languages, and says its figures by their marks', (subject) => {
    const content = seedDocument(subject, 'JPKI');
    expect(contentFaults(content)).toEqual([]);
    expect(content.sections.map(({ number }) => number)).toEqual(SECTION_NUMBERS);
    for (const { text } of content.sections) for (const words of [text.ja, text.en]) expect(filledText(words, content.figures)).not.toMatch(/[{}]/);
  });

  it('is shown under the outline, filled in, in both forms', () => {
    const shown = { subject: 'sign', version: '1.0', publishedAt: new Date('2015-10-12T15:00:00Z'), content: seedDocument('sign', 'JPKI') } as const;
    expect([OUTLINE.length, SECTION_NUMBERS.length]).toEqual([77, 68]);
    const markdown = markdownOf(shown, 'en');
    for (const part of ['\n\n## 6 Technical security controls\n\n### 6.1 Key pair', 'Keys of the authority are RSA of 2048 bits.', 'Version 1.0 — 2015-10-13', '1.2.392.200149.8.5.1.1.20']) expect(markdown).toContain(part);
    const html = htmlOf({ ...shown, content: { ...shown.content, sections: [{ number: '1.1', text: { ja: '<b>&', en: '' } }] } }, 'ja');
    for (const part of ['<html lang="ja">', '<h3>1.1 概要</h3>\n<p>&lt;b&gt;&amp;</p>']) expect(html).toContain(part);
  });
});

describe('contents (RFC 3647)', () => {
  const good = seedDocument('bridge', 'JPKI');
  const changed = (number: string, en: string) => ({ ...good, sections: good.sections.map((section) => (section.number === number ? { number, text: { ja: section.text.ja, en } } : section)) });

  it('are refused with sections missing, repeated or unknown', () => {
    expect(contentFaults({ ...good, sections: good.sections.slice(1) })).toEqual([{ section: '1.1', code: 'SECTION_MISSING' }]);
    const extra = { number: '9.18', text: { ja: '', en: '' } };
    expect(contentFaults({ ...good, sections: [...good.sections, extra, ...good.sections.slice(0, 1)] })).toEqual([{ section: '9.18', code: 'SECTION_UNKNOWN' }, { section: '1.1', code: 'SECTION_TWICE' }]);
  });

  it('are refused with figures written out, marks without a figure, and figures that no text says', () => {
    expect(contentFaults(changed('9.17', 'Keys are RSA of 4096 bits.'))).toEqual([{ section: '9.17', code: 'FIGURE_WRITTEN_OUT' }]);
    expect(contentFaults(changed('9.17', 'The policy is 1.2.392.200149.8.5.1.1.1.'))).toEqual([{ section: '9.17', code: 'FIGURE_WRITTEN_OUT' }]);
    expect(contentFaults(changed('9.17', 'See {cpsUri}.'))).toEqual([{ section: '9.17', code: 'MARK_UNKNOWN' }]);
    expect(contentFaults({ ...good, figures: { ...good.figures, unused: '1' } })).toEqual([{ section: 'unused', code: 'FIGURE_UNUSED' }]);
  });
});

describe('steps (JPKI-3.13)', () => {
  const draft: PolicyDocument = { subject: 'bridge', state: 'DRAFT', draftedBy: 'a@1', reviewedBy: null, approvedBy: null, secondApprovedBy: null };
  const operator = (officer: string) => ({ officer, institution: 'operator' }) as const;
  const council = (officer: string) => ({ officer, institution: 'prefecture' }) as const;
  const reviewed: PolicyDocument = { ...draft, state: 'REVIEWED', reviewedBy: 'b@1' };

  it('need another officer for the review and two of the policy authority for the approval', () => {
    expect(stepDocument(draft, 'REVIEW', operator('a@1'))).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepDocument(draft, 'REVIEW', operator('b@1'))).toEqual({ changes: { state: 'REVIEWED', reviewedBy: 'b@1' } });
    expect(stepDocument(reviewed, 'APPROVE', operator('c@1'))).toEqual({ refusal: 'NOT_POLICY_AUTHORITY' });
    expect(stepDocument({ ...reviewed, subject: 'sign' }, 'APPROVE', council('c@13'))).toEqual({ refusal: 'NOT_POLICY_AUTHORITY' });
    expect(stepDocument({ ...reviewed, subject: 'sign' }, 'APPROVE', operator('a@1'))).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepDocument(reviewed, 'APPROVE', council('x@13'))).toEqual({ changes: { approvedBy: 'x@13' } });
    expect(stepDocument({ ...reviewed, approvedBy: 'x@13' }, 'APPROVE', council('x@13'))).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepDocument({ ...reviewed, approvedBy: 'x@13' }, 'APPROVE', council('y@27'))).toEqual({ changes: { state: 'APPROVED', secondApprovedBy: 'y@27' } });
  });

  it('lead back to the draft until the publication, and nowhere after it', () => {
    const approved: PolicyDocument = { ...reviewed, state: 'APPROVED', approvedBy: 'x@13', secondApprovedBy: 'y@27' };
    expect(stepDocument(approved, 'RETURN', operator('c@1'))).toEqual({ changes: { state: 'DRAFT', reviewedBy: null, approvedBy: null, secondApprovedBy: null } });
    for (const state of ['PUBLISHED', 'SUPERSEDED'] as const) for (const step of ['EDIT', 'REVIEW', 'APPROVE', 'RETURN', 'PUBLISH'] as const) expect(stepDocument({ ...approved, state }, step, council('z@1'))).toEqual({ refusal: 'NOT_IN_STATE' });
    expect(stepDocument(reviewed, 'PUBLISH', operator('c@1'))).toEqual({ refusal: 'NOT_IN_STATE' });
  });

  it('count versions by their numbers', () => {
    expect([isLaterVersion('1.10', '1.9'), isLaterVersion('2.0', '1.10'), isLaterVersion('1.1', '1.1'), isLaterVersion('1.9', '2.0')]).toEqual([true, true, false, false]);
  });
});
