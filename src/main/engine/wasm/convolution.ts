import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { NamedAttrMap, Tensor, Tensor2D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../engine.ts';
import { engineInternals } from '../tfjs-internals.ts';
import { type Convolution, gatherPatches, scatterPatches } from './patches.ts';
import { replaceKernel } from './replace-kernel.ts';

/*
 * The two gradients of a convolution, as matrix products over its patches: the backend has none for the
 * filter, and a slow loop for the input. Layout NHWC, no dilation.
 */

type Shape4D = [number, number, number, number];

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: Parameters<TensorFlow['backend_util']['computeConv2DInfo']>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function registerConvolutionGradients(tf: TensorFlow): void {
  replaceKernel(tf, 'Conv2DBackpropInput', () => ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as { dy: Tensor4D; filter: Tensor4D };
    const { inputShape } = attrs as { inputShape: Shape4D };
    const info = convolution(tf, inputShape, filter.shape, attrs);
    return tf.tidy(() => gradientOfInput(tf, backend as BackendWasm, dy, filter, info));
  });
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as { x: Tensor4D; dy: Tensor4D };
      const { filterShape } = attrs as { filterShape: Shape4D };
      const info = convolution(tf, x.shape, filterShape, attrs);
      return tf.tidy(() => gradientOfFilter(tf, backend as BackendWasm, x, dy, info));
    },
  });
}

function convolution(
  tf: TensorFlow,
  input: Shape4D,
  filter: Shape4D,
  attrs: NamedAttrMap | undefined,
): Convolution {
  const { strides, pad, dimRoundingMode } = attrs as unknown as Attributes;
  return tf.backend_util.computeConv2DInfo(input, filter, strides, 1, pad, dimRoundingMode);
}

/**
 * Patches of so many bytes at a time: they stay in the cache, large images do not need nine times their memory,
 * and a sum of many products is rounded less when it is made in parts.
 */
const patchBytes = 1e6;

/** Calls for a part of the batch after the other, with the convolution of that part. */
function inParts<T>(info: Convolution, run: (start: number, part: Convolution) => T): T[] {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels } = info;
  const imageBytes = outHeight * outWidth * filterHeight * filterWidth * inChannels * 4;
  const step = Math.max(1, Math.floor(patchBytes / imageBytes));
  const starts = Array.from({ length: Math.ceil(batchSize / step) }, (_, i) => i * step);
  return starts.map((start) => run(start, { ...info, batchSize: Math.min(step, batchSize - start) }));
}

function partOf<T extends Tensor4D>(
  tf: TensorFlow,
  x: T,
  start: number,
  { batchSize }: Convolution,
): Tensor4D {
  if (batchSize === x.shape[0]) return x;
  return tf.slice(x, [start, 0, 0, 0], [batchSize, -1, -1, -1]);
}

/** Every pixel of dy times the filter is a patch of the input's gradient. */
function gradientOfInput(
  tf: TensorFlow,
  backend: BackendWasm,
  dy: Tensor4D,
  filter: Tensor4D,
  info: Convolution,
): Tensor {
  const weights = tf.transpose(asMatrix(tf, filter, info.outChannels));
  const parts = inParts(info, (start, part) => {
    const patches = tf.matMul(asMatrix(tf, partOf(tf, dy, start, part), info.outChannels), weights);
    const gradient = tensorOf(tf, scatterPatches(backend, patches, part));
    patches.dispose();
    return gradient;
  });
  return tf.concat(parts, 0);
}

/** dy' times the patches; the factors in this order, because dy is the smaller one to transpose. */
function gradientOfFilter(
  tf: TensorFlow,
  backend: BackendWasm,
  x: Tensor4D,
  dy: Tensor4D,
  info: Convolution,
): Tensor {
  const parts = inParts(info, (start, part) => {
    const patches = tensorOf(tf, gatherPatches(backend, partOf(tf, x, start, part), part)) as Tensor2D;
    const slopes = asMatrix(tf, partOf(tf, dy, start, part), info.outChannels);
    const gradient = tf.matMul(slopes, patches, true, false);
    patches.dispose();
    return gradient;
  });
  return tf.reshape(tf.transpose(parts.reduce((sum, part) => tf.add(sum, part))), info.filterShape);
}

function tensorOf(tf: TensorFlow, info: TensorInfo): Tensor {
  return engineInternals(tf).makeTensorFromTensorInfo(info);
}

function asMatrix(tf: TensorFlow, x: Tensor, columns: number): Tensor2D {
  return tf.reshape(x, [x.size / columns, columns]) as Tensor2D;
}
