import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { FusiformError } from '../../../shared/errors.ts';
import { batchNorm, registerBatchNormGradient } from '../batch-norm.ts';
import type { Engine, TensorFlow } from '../engine.ts';
import { registerGradients } from '../gradients.ts';
import { dropBackend, useBackend } from '../use-backend.ts';
import { createNativeAccumulator } from './accumulator.ts';
import { createNativeAdam } from './adam.ts';
import type { Binding, NodeBackend } from './backend.ts';
import { registerBatchNormKernels } from './batch-norm.ts';
import { registerConvolutions } from './convolution.ts';
import { nativeGram } from './float64.ts';
import { addonPath, type NativeHome, nativeStatus, nodePackage } from './home.ts';
import { ConvolutionPrecision } from './mixed-precision.ts';

const require = createRequire(import.meta.url);

let kernelsRegistered = false;
const precision = new ConvolutionPrecision();

export interface NativeOptions extends NativeHome {
  /** Default: TensorFlow decides. The first engine that a process opens fixes it for the process. */
  readonly threads?: number;
}

/**
 * TensorFlow's own library through the addon of tfjs-node, which is loaded from the user's engine folder;
 * the package's entry point is passed by, because it insists on a binary inside the package.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE if it is not installed or does not load
 */
export async function openNativeEngine(options: NativeOptions = {}): Promise<Engine> {
  const status = nativeStatus(options);
  if (!status.installed) {
    throw new FusiformError('ENGINE_UNAVAILABLE', `The native engine is not available: ${status.reason}.`);
  }
  const tf = require('@tensorflow/tfjs-core') as TensorFlow;
  tf.enableProdMode();
  configureProcess(options.threads);
  const backend = loadBackend(status.folder);
  registerKernels(tf);
  await useBackend(tf, 'tensorflow', backend);
  const { binding } = backend;
  return {
    info: {
      kind: 'native',
      ...(binding.isUsingGpuDevice()
        ? { device: 'TensorFlow on the GPU', processor: 'gpu', memory: null }
        : {
            device: 'TensorFlow on the CPU',
            processor: 'cpu',
            memory: { bytes: totalmem(), what: 'the memory of the machine' },
          }),
      version: binding.TF_Version,
      threads: options.threads ?? null,
    },
    tf,
    batchNorm: (x, scale, offset, epsilon) => batchNorm(tf, x, scale, offset, epsilon),
    adam: (variables, adamOptions) => createNativeAdam(tf, backend, variables, adamOptions),
    withPrecision: (wanted, work) => precision.during(wanted, work),
    accumulator: (shape) => createNativeAccumulator(backend, shape),
    gram: (x) => nativeGram(binding, x),
    memory: () => {
      const { numTensors, numBytes } = tf.memory();
      return { tensors: numTensors, bytes: numBytes };
    },
    dispose: async () => {
      dropBackend(tf, 'tensorflow');
    },
  };
}

/**
 * TensorFlow reads these variables of the process when it is loaded. A worker thread has a copy of the
 * environment, so that only the main thread can set them: whoever starts workers calls this first.
 */
export function configureProcess(threads?: number): void {
  if (!isMainThread) return;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // Otherwise TensorFlow takes all of a graphics card's memory at once, from every other program too.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
}

function loadBackend(folder: string): NodeBackend {
  // Both were taken out of node:util in Node 23, and tfjs-node calls them.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
  try {
    const binding = require(join(folder, addonPath)) as Binding;
    require(`${nodePackage}/dist/register_all_kernels`);
    const { NodeJSKernelBackend } = require(`${nodePackage}/dist/nodejs_kernel_backend`) as {
      NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
    };
    return new NodeJSKernelBackend(binding, nodePackage);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new FusiformError('ENGINE_UNAVAILABLE', `The native engine did not load: ${why}`, {
      file: folder,
      cause,
    });
  }
}

/** Once a thread: kernels outlive the backend that they were registered for. */
function registerKernels(tf: TensorFlow): void {
  if (kernelsRegistered) return;
  kernelsRegistered = true;
  registerGradients(tf);
  registerConvolutions(tf, precision);
  registerBatchNormKernels(tf);
  registerBatchNormGradient(tf);
}
