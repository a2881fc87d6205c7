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
    return gradientOfInput(tf, backend as BackendWasm, dy, filter, info);
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

/** Every pixel of dy times the filter is a patch of the input's gradient. */
function gradientOfInput(
  tf: TensorFlow,
  backend: BackendWasm,
  dy: Tensor4D,
  filter: Tensor4D,
  info: Convolution,
): TensorInfo {
  const patches = tf.tidy(() =>
    tf.matMul(asMatrix(tf, dy, info.outChannels), asMatrix(tf, filter, info.outChannels), false, true),
  );
  const gradient = scatterPatches(backend, patches, info);
  patches.dispose();
  return gradient;
}

/** dy' times the patches; the factors in this order, because dy is the smaller one to transpose. */
function gradientOfFilter(
  tf: TensorFlow,
  backend: BackendWasm,
  x: Tensor4D,
  dy: Tensor4D,
  info: Convolution,
): Tensor {
  const patches = engineInternals(tf).makeTensorFromTensorInfo(gatherPatches(backend, x, info)) as Tensor2D;
  const gradient = tf.transpose(tf.matMul(asMatrix(tf, dy, info.outChannels), patches, true, false));
  return tf.reshape(gradient, info.filterShape);
}

function asMatrix(tf: TensorFlow, x: Tensor, columns: number): Tensor2D {
  return tf.reshape(x, [x.size / columns, columns]) as Tensor2D;
}
