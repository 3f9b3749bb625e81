import { describe, expect, it } from 'vitest';
import { followerOf } from './former-names.js';

const follow = followerOf([
  { from: '架空県旧町', to: '架空県見本市' }, { from: '架空県見本市', to: '架空県新見本市' }, { from: '架空県遠村', to: '架空県遠町' },
]);

describe('JUKI-4.8 names of municipalities that merged', () => {
  it.each([
    ['架空県旧町大字本郷十二番地', ['架空県見本市本郷12', '架空県新見本市本郷12']],
    ['旧町本郷１２', ['見本市本郷12', '新見本市本郷12']],
    ['架空県見本市1-1', ['架空県新見本市1-1']],
    ['架空県新見本市1-1', []],
    ['東京都旧町1-1', []],
    ['架空県試験市旧町1-1', []],
    ['', []],
  ])('%s has been called since %j', (address, since) => expect(follow(address)).toEqual(since));
});
