/** An allocation that an engine refused, with everything that it held before intact. */
export class EngineOutOfMemory extends Error {
  override readonly name = 'EngineOutOfMemory';
}

/**
 * What the libraries say: TensorFlow (`OOM when allocating tensor`, `ResourceExhausted`), V8 (`Array buffer
 * allocation failed`), Dawn (`Out of memory`, `VK_ERROR_OUT_OF_DEVICE_MEMORY`).
 */
const said =
  /\bOOM\b|out[ _]of[ _](device[ _]|host[ _])?memory|resource[ _]?exhausted|(array buffer|memory) allocation failed|bad_alloc/i;

/** Whether an engine failed for want of memory, so that less work at a time may succeed. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof EngineOutOfMemory || (error instanceof Error && said.test(error.message));
}
