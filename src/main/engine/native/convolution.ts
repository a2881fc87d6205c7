import type { KernelFunc, NamedAttrMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../engine.ts';
import { type Attribute, attributes, type NodeBackend } from './backend.ts';
import { type ConvolutionPrecision, runRounded } from './mixed-precision.ts';

/*
 * TensorFlow has two sets of kernels for the gradients of a convolution on the processor, oneDNN's and its own. It
 * takes oneDNN's wherever it can, which for some shapes is twice as slow. Padding that is spelt out in numbers instead
 * of named `SAME` is what oneDNN's do not take: that leads to the others.
 */

type Shape4D = [number, number, number, number];
type Convolution = ReturnType<TensorFlow['backend_util']['computeConv2DInfo']>;

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: Parameters<TensorFlow['backend_util']['computeConv2DInfo']>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Pairs of channels from which on the filter's gradient is faster without oneDNN; measured for kernels of 3 x 3. */
const manyChannels = 192 * 256;
/** Channels up to which the input's gradient is: the colours of an image. */
const fewChannels = 4;

/** Replaces tfjs-node's kernels where TensorFlow computes on the processor. */
export function registerConvolutions(tf: TensorFlow, precision: ConvolutionPrecision): void {
  replace(tf, 'Conv2D', (original) => (call) => {
    const { x, filter } = call.inputs as { x: Tensor4D; filter: Tensor4D };
    const backend = call.backend as NodeBackend;
    if (!rounds(precision, backend)) return original(call);
    const info = convolution(tf, x.shape, filter.shape, call.attrs);
    if (!gains(info)) return original(call);
    return runRounded(backend, 'Conv2D', sameAttributes(backend, info), [x, filter]);
  });
  replace(tf, 'Conv2DBackpropInput', (original) => (call) => {
    const { dy, filter } = call.inputs as { dy: Tensor4D; filter: Tensor4D };
    const { inputShape } = call.attrs as { inputShape: Shape4D };
    const backend = call.backend as NodeBackend;
    const info = convolution(tf, inputShape, filter.shape, call.attrs);
    if (rounds(precision, backend) && gains(info)) {
      return tf.tidy(() =>
        runRounded(backend, 'Conv2DBackpropInput', sameAttributes(backend, info), [
          tf.tensor1d(inputShape, 'int32'),
          filter,
          dy,
        ]),
      );
    }
    if (backend.binding.isUsingGpuDevice() || info.inChannels > fewChannels) return original(call);
    return run(tf, backend, 'Conv2DBackpropInput', info, (shape) => [shape(inputShape), filter, dy]);
  });
  replace(tf, 'Conv2DBackpropFilter', (original) => (call) => {
    const { x, dy } = call.inputs as { x: Tensor4D; dy: Tensor4D };
    const { filterShape } = call.attrs as { filterShape: Shape4D };
    const backend = call.backend as NodeBackend;
    const info = convolution(tf, x.shape, filterShape, call.attrs);
    if (rounds(precision, backend) && gains(info)) {
      return tf.tidy(() =>
        runRounded(backend, 'Conv2DBackpropFilter', sameAttributes(backend, info), [
          x,
          tf.tensor1d(filterShape, 'int32'),
          dy,
        ]),
      );
    }
    const pairs = info.inChannels * info.outChannels;
    if (backend.binding.isUsingGpuDevice() || pairs < manyChannels) return original(call);
    return run(tf, backend, 'Conv2DBackpropFilter', info, (shape) => [x, shape(filterShape), dy]);
  });
}

function rounds(precision: ConvolutionPrecision, { binding }: NodeBackend): boolean {
  return precision.rounds && !binding.isUsingGpuDevice();
}

/** The layers at an image of three colours have too few products to pay for the rounding. */
function gains({ inChannels, outChannels, padInfo }: Convolution): boolean {
  return Math.min(inChannels, outChannels) > fewChannels && padInfo.type === 'SAME';
}

function replace(tf: TensorFlow, kernelName: string, make: (original: KernelFunc) => KernelFunc): void {
  const original = tf.getKernel(kernelName, 'tensorflow');
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({ ...original, kernelFunc: make(original.kernelFunc) });
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

function run(
  tf: TensorFlow,
  backend: NodeBackend,
  operation: string,
  info: Convolution,
  inputs: (shape: (values: Shape4D) => Tensor) => Tensor[],
): Tensor {
  return tf.tidy(() => {
    const ordered = inputs((values) => tf.tensor1d(values, 'int32'));
    const [result] = backend.executeMultipleOutputs(operation, paddedAttributes(backend, info), ordered, 1);
    return result;
  });
}

/** All but the type. */
function sameAttributes({ binding }: NodeBackend, { strideHeight, strideWidth }: Convolution): Attribute[] {
  const { integers, string } = attributes(binding);
  return [
    integers('strides', [1, strideHeight, strideWidth, 1]),
    string('padding', 'SAME'),
    string('data_format', 'NHWC'),
  ];
}

function paddedAttributes({ binding }: NodeBackend, info: Convolution): Attribute[] {
  const { float32, integers, string } = attributes(binding);
  const { top, bottom, left, right } = info.padInfo;
  return [
    float32('T'),
    integers('strides', [1, info.strideHeight, info.strideWidth, 1]),
    string('padding', 'EXPLICIT'),
    integers('explicit_paddings', [0, 0, top, bottom, left, right, 0, 0]),
    string('data_format', 'NHWC'),
  ];
}
