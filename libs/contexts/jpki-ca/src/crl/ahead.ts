/** The same values; the next one is asked for while the present one is used. */
export async function* ahead<T>(source: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  try {
    for (let next = source.next(); ; ) {
      const { done, value } = await next;
      if (done === true) return;
      next = source.next();
      // Its failure is met when it is awaited; who ends before that leaves it unread.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await source.return();
  }
}
