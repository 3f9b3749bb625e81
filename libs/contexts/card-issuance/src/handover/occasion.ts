import type { Schedule } from '#platform';

/** Occasions every `seconds`; missed ones are not made up for, because each looks at all that is waiting. */
export function occasionEvery(seconds: number): Schedule['due'] {
  return (last, now) => {
    const at = now.getTime();
    const occasion = new Date(at - (at % (seconds * 1_000))).toISOString();
    return last !== undefined && last >= occasion ? undefined : occasion;
  };
}
