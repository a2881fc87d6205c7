import type { KernelBackend } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { GpuDevice } from './dawn.ts';

interface Faults {
  /** From here on the loss of the device is our own doing. */
  close(): void;
}

/**
 * A GPU says elsewhere and later what went wrong with an operation, whose result is then zeros. So every read
 * first asks whether anything went wrong, and throws it.
 *
 * `backend.read` afterwards throws FusiformError ENGINE_DEVICE_LOST, ENGINE_OUT_OF_MEMORY (then the engine can go on
 * with less) or ENGINE_FAILED.
 */
export function watchFaults(backend: KernelBackend & { readonly device: GpuDevice }): Faults {
  const { device } = backend;
  let lost: FusiformError | undefined;
  let failed: FusiformError | undefined;
  let closing = false;
  device.lost.then(({ reason, message }) => {
    if (closing) return;
    lost = new FusiformError(
      'ENGINE_DEVICE_LOST',
      `The graphics device was lost while it computed${message === '' ? '' : `: ${firstLine(message)}`} (${reason}).`,
    );
  });
  device.addEventListener('uncapturederror', ({ error }) => {
    failed ??= fault(error);
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    let values: Awaited<ReturnType<typeof read>>;
    try {
      values = await read(dataId);
    } catch (error) {
      throw lost ?? takeFailed() ?? error;
    }
    const broken = lost ?? takeFailed();
    if (broken !== undefined) throw broken;
    return values;
  };
  const takeFailed = () => {
    const taken = failed;
    failed = undefined;
    return taken;
  };
  return {
    close() {
      closing = true;
    },
  };
}

/** Dawn names the class of an error; a buffer beyond the device's limits is a request that was not valid. */
function fault(error: { readonly message: string }): FusiformError {
  const isMemory =
    error.constructor.name === 'GPUOutOfMemoryError' ||
    /out of memory|max.*size|exceeds/i.test(error.message);
  return isMemory
    ? new FusiformError(
        'ENGINE_OUT_OF_MEMORY',
        `The graphics device has no memory for this: ${firstLine(error.message)}`,
      )
    : new FusiformError(
        'ENGINE_FAILED',
        `The graphics device refused an operation: ${firstLine(error.message)}`,
      );
}

function firstLine(text: string): string {
  return text.split('\n')[0].slice(0, 300);
}
