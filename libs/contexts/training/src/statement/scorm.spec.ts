import { describe, expect, it } from 'vitest';
import { scormOutcome, verbsOf, type RuntimeData } from './scorm.js';

const nothing: RuntimeData = { lessonStatus: '', completionStatus: '', successStatus: '', scoreRaw: '', scoreMin: '', scoreMax: '', scoreScaled: '' };
const silent = { isCompleted: false, isPassed: false, isFailed: false };

describe('SCORM 1.2 (TRN-4.6)', () => {
  it.each([
    ['passed', 'completed passed'], ['completed', 'completed'], ['failed', 'failed'], ['incomplete', ''], ['browsed', ''], ['not attempted', ''],
  ])('lesson_status %s -> %s', (lessonStatus, verbs) => {
    expect(verbsOf(scormOutcome('SCORM_12', { ...nothing, lessonStatus }, undefined), silent, true).join(' ')).toBe(`${verbs} terminated`.trim());
  });

  it('the mastery score of the package decides where a score came: 16 of 20 are passed at 0.8, 15 are not', () => {
    const success = (scoreRaw: string, lessonStatus: string) => scormOutcome('SCORM_12', { ...nothing, lessonStatus, scoreRaw, scoreMax: '20' }, 0.8).success;
    expect([success('16', 'failed'), success('16', 'completed'), success('15', 'passed'), success('16', 'incomplete'), success('', 'passed')]).toEqual(['passed', 'passed', 'failed', undefined, 'passed']);
  });
});

describe('SCORM 2004 (TRN-4.6)', () => {
  it.each([
    ['completed', 'unknown', 'completed'], ['incomplete', 'passed', 'passed'], ['completed', 'passed', 'completed passed'], ['unknown', 'failed', 'failed'], ['not attempted', 'unknown', ''],
  ])('%s, %s -> %s', (completionStatus, successStatus, verbs) => {
    expect(verbsOf(scormOutcome('SCORM_2004', { ...nothing, completionStatus, successStatus }, undefined), silent, true).join(' ')).toBe(`${verbs} terminated`.trim());
  });
});

describe('scores (TRN-4.6)', () => {
  it.each([
    [{ scoreRaw: '16', scoreMin: '0', scoreMax: '20' }, 0.8], [{ scoreRaw: '60', scoreMin: '20', scoreMax: '100' }, 0.5], [{ scoreRaw: '80' }, 0.8], [{ scoreScaled: '0.25', scoreRaw: '80' }, 0.25],
    [{ scoreRaw: '120' }, undefined], [{ scoreRaw: 'x' }, undefined], [{ scoreScaled: '-1' }, undefined], [{}, undefined],
  ])('%o -> %s', (score, scaled) => expect(scormOutcome('SCORM_2004', { ...nothing, ...score }, undefined).scaled).toBe(scaled));
});

describe('verbs of a session that is not over', () => {
  const outcome = (lessonStatus: string) => scormOutcome('SCORM_12', { ...nothing, lessonStatus }, undefined);

  it('Completed and Passed at once and once, Failed at the end only, and never after Passed', () => {
    expect(verbsOf(outcome('passed'), silent, false)).toEqual(['completed', 'passed']);
    expect(verbsOf(outcome('passed'), { ...silent, isCompleted: true, isPassed: true }, false)).toEqual([]);
    expect(verbsOf(outcome('failed'), silent, false)).toEqual([]);
    expect(verbsOf(outcome('failed'), { ...silent, isPassed: true }, true)).toEqual(['terminated']);
  });
});
