import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { batchNorm, registerBatchNormGradient } from '../batch-norm.ts';
import type { Engine, EngineInfo, TensorFlow } from '../engine.ts';
import { withPrecision } from '../float32-only.ts';
import { registerGradients } from '../gradients.ts';
import { dropBackend, useBackend } from '../use-backend.ts';
import { createWasmAccumulator } from './accumulator.ts';
import { createWasmAdam } from './adam.ts';
import { registerBatchNormKernels } from './batch-norm.ts';
import { registerConvolutionGradients } from './convolution.ts';
import { registerFlatKernels } from './flat.ts';
import { wasmGram } from './gram.ts';
import { registerMatMul } from './mat-mul.ts';
import { loadWasmBackend } from './module.ts';
import { registerSums } from './sums.ts';

const require = createRequire(import.meta.url);

let kernelsRegistered = false;

export interface WasmOptions {
  /** Default: every core that the process may use. */
  readonly threads?: number;
  /** What the memory may grow to on two threads and more. Default: 4 GB, all that WebAssembly can address. */
  readonly maxMemoryBytes?: number;
}

/** The engine that runs everywhere: WebAssembly with SIMD on all cores. */
export async function openWasmEngine(options: WasmOptions = {}): Promise<Engine> {
  const tf = require('@tensorflow/tfjs-core') as TensorFlow;
  tf.enableProdMode();
  registerKernels(tf);
  const { backend, threads } = await loadWasmBackend(
    options.threads ?? availableParallelism(),
    options.maxMemoryBytes,
  );
  await useBackend(tf, 'wasm', backend);
  return wasmEngine(tf, backend, threads);
}

/** Once a thread: kernels outlive the backend that they were registered for. */
function registerKernels(tf: TensorFlow): void {
  if (kernelsRegistered) return;
  kernelsRegistered = true;
  require('@tensorflow/tfjs-backend-wasm');
  registerGradients(tf);
  registerFlatKernels(tf);
  registerSums(tf);
  registerMatMul(tf);
  registerConvolutionGradients(tf);
  registerBatchNormKernels(tf);
  registerBatchNormGradient(tf);
}

function wasmEngine(tf: TensorFlow, backend: BackendWasm, threads: number): Engine {
  return {
    info: wasmInfo(threads),
    tf,
    batchNorm: (x, scale, offset, epsilon) => batchNorm(tf, x, scale, offset, epsilon),
    adam: (variables, adamOptions) => createWasmAdam(tf, backend, variables, adamOptions),
    withPrecision,
    accumulator: (shape) => createWasmAccumulator(backend, shape),
    gram: (x) => wasmGram(backend, x),
    memory: () => {
      const { numTensors, numBytes } = tf.memory();
      return { tensors: numTensors, bytes: numBytes };
    },
    dispose: async () => {
      dropBackend(tf, 'wasm');
    },
  };
}

export function wasmInfo(threads: number): EngineInfo {
  const { version } = require('@tensorflow/tfjs-backend-wasm/package.json') as { version: string };
  return {
    kind: 'wasm',
    device: 'WebAssembly with SIMD',
    processor: 'cpu',
    version,
    threads,
    memory: { bytes: 2 ** 32, what: 'all that WebAssembly can address' },
  };
}
