import { PkiError } from '#pki';
import { platformProblems } from '#platform';

/** What an authority's key gives; refuses UNAVAILABLE while its token is away or has too much to do (JPKI 7), so that who waits asks again. */
export async function keyAnswer<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PkiError && (error.code === 'TOKEN_UNAVAILABLE' || error.code === 'TOKEN_BUSY')) throw platformProblems.refuse('UNAVAILABLE');
    throw error;
  }
}
