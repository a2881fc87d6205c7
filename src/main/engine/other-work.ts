/**
 * Lets what waits for this thread have its turn, a request to cancel among it: engines compute while they are called, and
 * awaiting them alone lets nothing in.
 *
 * @throws the signal's reason, where it was aborted
 */
export async function otherWork(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
