import { describe, expect, it } from 'vitest';
import { stepReport, topicFigures } from './committee-report.js';

describe('reports to the committee (JPKI-3.16)', () => {
  it('are submitted, deliberated and answered, in this order', () => {
    expect([stepReport('DRAFT', 'SUBMIT'), stepReport('SUBMITTED', 'DELIBERATE'), stepReport('DELIBERATED', 'ANSWER')]).toEqual(['SUBMITTED', 'DELIBERATED', 'ANSWERED']);
    expect([stepReport('DRAFT', 'ANSWER'), stepReport('SUBMITTED', 'SUBMIT'), stepReport('ANSWERED', 'DELIBERATE')]).toEqual([undefined, undefined, undefined]);
  });

  it('have every topic, with small counts of persons hidden and incidents told one by one', () => {
    const figures = topicFigures([
      { topic: 'REVOCATIONS', name: 'HOLDER_APPLICATION', count: 30 }, { topic: 'REVOCATIONS', name: 'RECORD_ERROR', count: 1 }, { topic: 'REVOCATIONS', name: 'RESIDENT_CHANGE', count: 900 },
      { topic: 'INCIDENTS', name: 'LIST_FAILED', count: 1 },
    ]);
    expect(figures).toEqual([
      { topic: 'ISSUES', cells: [], total: 0 },
      { topic: 'REVOCATIONS', cells: [{ name: 'HOLDER_APPLICATION', count: null }, { name: 'RECORD_ERROR', count: null }, { name: 'RESIDENT_CHANGE', count: 900 }], total: 931 },
      { topic: 'PROVISION_REQUESTS', cells: [], total: 0 },
      { topic: 'INCIDENTS', cells: [{ name: 'LIST_FAILED', count: 1 }], total: 1 },
      { topic: 'ACCESS_REVIEWS', cells: [], total: 0 },
    ]);
  });
});
