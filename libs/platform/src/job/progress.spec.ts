import { describe, expect, it } from 'vitest';
import { progressOf } from './progress.js';

const [start, now] = [new Date('2016-01-20T01:00:00Z'), new Date('2016-01-20T01:00:08Z')];

describe('progress of a job', () => {
  it.each([
    ['half done', { state: 'RUNNING', done: 4_000, total: 10_000, started_at: start, ended_at: null }, { ratePerSecond: 500, remainingSeconds: 12 }],
    ['slow', { state: 'RUNNING', done: 1, total: 3, started_at: start, ended_at: null }, { ratePerSecond: 0.125, remainingSeconds: 16 }],
    ['of unknown length', { state: 'RUNNING', done: 80, total: null, started_at: start, ended_at: null }, { ratePerSecond: 10, remainingSeconds: null }],
    ['more done than was told', { state: 'RUNNING', done: 80, total: 70, started_at: start, ended_at: null }, { ratePerSecond: 10, remainingSeconds: 0 }],
    ['ended before now', { state: 'SUCCEEDED', done: 80, total: 80, started_at: start, ended_at: new Date('2016-01-20T01:00:04Z') }, { ratePerSecond: 20, remainingSeconds: null }],
    ['failed in the middle', { state: 'FAILED', done: 80, total: 800, started_at: start, ended_at: now }, { ratePerSecond: 10, remainingSeconds: null }],
    ['queued', { state: 'QUEUED', done: 0, total: null, started_at: null, ended_at: null }, { ratePerSecond: null, remainingSeconds: null }],
    ['begun just now', { state: 'RUNNING', done: 5, total: 10, started_at: now, ended_at: null }, { ratePerSecond: null, remainingSeconds: null }],
    ['nothing done yet', { state: 'RUNNING', done: 0, total: 10, started_at: start, ended_at: null }, { ratePerSecond: null, remainingSeconds: null }],
  ] as const)('%s', (_name, job, progress) => {
    expect(progressOf(job, now)).toEqual(progress);
  });
});
