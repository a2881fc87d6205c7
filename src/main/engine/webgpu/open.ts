import { createRequire } from 'node:module';
import { FusiformError } from '../../../shared/errors.ts';
import { gram } from '../../math/matrix.ts';
import { composedAccumulator } from '../accumulator.ts';
import { batchNorm, registerBatchNormGradient } from '../batch-norm.ts';
import type { Engine, EngineInfo, TensorFlow } from '../engine.ts';
import { withPrecision } from '../float32-only.ts';
import { registerGradients } from '../gradients.ts';
import { dropBackend, useBackend } from '../use-backend.ts';
import { createWebGpuAdam } from './adam.ts';
import { chooseAdapter, describeAdapter, processorOf } from './adapter.ts';
import type { WebGpuBackend } from './backend.ts';
import { registerBatchNormKernels } from './batch-norm.ts';
import { type GpuAdapter, type GpuAdapterInfo, type GpuDevice, limitNames, startDawn } from './dawn.ts';
import { watchFaults } from './faults.ts';
import { registerMatMul } from './mat-mul.ts';

const require = createRequire(import.meta.url);

let kernelsRegistered = false;

/**
 * A GPU of any vendor through WebGPU (Dawn), in a main thread or in a worker.
 *
 * A worker that computes on it must never be terminated: that ends the process. Let it close the engine and end by
 * itself.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE if there is no adapter but in software, or it does not open
 */
export async function openWebGpuEngine(): Promise<Engine> {
  const adapter = await startDawn().then(chooseAdapter, (cause: unknown) => {
    throw new FusiformError('ENGINE_UNAVAILABLE', `The WebGPU library did not load: ${messageOf(cause)}`, {
      cause,
    });
  });
  const device = await adapter.requestDevice(deviceDescriptor(adapter)).catch((cause: unknown) => {
    const name = describeAdapter(adapter.info);
    throw new FusiformError(
      'ENGINE_UNAVAILABLE',
      `The graphics adapter (${name}) did not open: ${messageOf(cause)}`,
      { cause },
    );
  });
  const tf = require('@tensorflow/tfjs-core') as TensorFlow;
  tf.enableProdMode();
  const { WebGPUBackend } = require('@tensorflow/tfjs-backend-webgpu') as {
    WebGPUBackend: new (device: GpuDevice, info: GpuAdapterInfo) => WebGpuBackend;
  };
  registerKernels(tf);
  const backend = new WebGPUBackend(device, adapter.info);
  const faults = watchFaults(backend);
  await useBackend(tf, 'webgpu', backend);
  return {
    info: engineInfo(adapter),
    tf,
    batchNorm: (x, scale, offset, epsilon) => batchNorm(tf, x, scale, offset, epsilon),
    adam: (variables, adamOptions) => createWebGpuAdam(tf, backend, variables, adamOptions),
    withPrecision,
    accumulator: () => composedAccumulator(tf),
    gram,
    memory: () => {
      const { numTensors, numBytes } = tf.memory();
      return { tensors: numTensors, bytes: numBytes };
    },
    dispose: async () => {
      faults.close();
      dropBackend(tf, 'webgpu');
      device.destroy();
    },
  };
}

function engineInfo({ info, limits }: GpuAdapter): EngineInfo {
  const { version } = require('@tensorflow/tfjs-backend-webgpu/package.json') as { version: string };
  const { vendor, architecture, device, description } = info;
  return {
    kind: 'webgpu',
    device: describeAdapter(info),
    processor: processorOf(info),
    version,
    threads: null,
    memory: {
      bytes: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
      what: 'the largest tensor',
    },
    details: {
      adapter: { vendor, architecture, device, description },
      limits: Object.fromEntries(limitNames.map((name) => [name, limits[name]])),
    },
  };
}

function deviceDescriptor({ limits }: GpuAdapter): Parameters<GpuAdapter['requestDevice']>[0] {
  return {
    requiredFeatures: [],
    requiredLimits: Object.fromEntries(limitNames.map((name) => [name, limits[name]])),
  };
}

/** Once a thread: kernels outlive the backend that they were registered for. */
function registerKernels(tf: TensorFlow): void {
  if (kernelsRegistered) return;
  kernelsRegistered = true;
  registerGradients(tf);
  registerMatMul(tf);
  registerBatchNormKernels(tf);
  registerBatchNormGradient(tf);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
}
