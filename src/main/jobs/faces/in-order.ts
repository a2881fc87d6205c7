/**
 * Works on several items at once and hands the results out in the order of the items.
 *
 * @param atOnce items in work at any time.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  let next = 0;
  try {
    while (next < items.length || running.length > 0) {
      while (running.length < atOnce && next < items.length) {
        const result = work(items[next++]);
        // A failure is reported when its turn comes.
        result.catch(() => undefined);
        running.push(result);
      }
      const [first] = running;
      const result = await first;
      running.shift();
      yield result;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
