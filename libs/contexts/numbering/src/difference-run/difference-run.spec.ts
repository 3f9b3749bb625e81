import { describe, expect, it } from 'vitest';
import { readDifferenceLine, SITUATIONS, stateAfter } from './difference-run.js';

const TODAY = '2015-10-20';
const AT = { today: TODAY, realm: undefined };

describe('NDIF (NUM-5.3)', () => {
  it('NUM-5.3 a good line of each situation', () => {
    for (const situation of SITUATIONS) {
      expect(readDifferenceLine(['99000000015', situation, TODAY], 4, AT)).toEqual({ line: 4, residentCode: '99000000015', situation, since: TODAY });
    }
  });

  it.each([
    [['99000000014', 'born', TODAY], 'residentCode', 'CHECK_DIGIT'],
    [['9900000001', 'born', TODAY], 'residentCode', 'CHECK_DIGIT'],
    [['９９００００００015', 'born', TODAY], 'residentCode', 'CHECK_DIGIT'],
    [['99000000015', 'BORN', TODAY], 'situation', 'SITUATION'],
    [['99000000015', '', TODAY], 'situation', 'SITUATION'],
    [['99000000015', 'born', '2015-10-21'], 'since', 'DATE'],
    [['99000000015', 'born', '2015-02-29'], 'since', 'DATE'],
    [['99000000015', 'born', '0001-01-01'], 'since', 'DATE'],
    [['99000000015', 'born', ''], 'since', 'DATE'],
  ])('NUM-7 %j: %s %s', (fields, column, code) => {
    expect(readDifferenceLine(fields, 2, AT)).toEqual([{ pointer: `/lines/2/${column}`, code }]);
  });

  it('NUM-8 a code of the other realm', () => {
    const fault = [{ pointer: '/lines/1/residentCode', code: 'TRAINING_REALM' }];
    expect(readDifferenceLine(['99000000015', 'born', TODAY], 1, { today: TODAY, realm: 'production' })).toEqual(fault);
    expect(readDifferenceLine(['12345678903', 'born', TODAY], 1, { today: TODAY, realm: 'training' })).toEqual(fault);
    expect(readDifferenceLine(['99000000015', 'born', TODAY], 1, { today: TODAY, realm: 'training' })).toMatchObject({ residentCode: '99000000015' });
  });

  it('NUM-5.3 a line of another length', () => {
    expect(readDifferenceLine(['x'], 1, AT)).toEqual([{ pointer: '/lines/1/', code: 'COLUMN_COUNT' }]);
  });

  it('NUM-4.7 repeats until nobody is left', () => {
    const none = { linked: 5, toNumber: 0, waiting: 0, deleted: 2 };
    expect(stateAfter(none)).toBe('DONE');
    expect(stateAfter({ ...none, toNumber: 1 })).toBe('OPEN');
    expect(stateAfter({ ...none, waiting: 1 })).toBe('OPEN');
  });
});
