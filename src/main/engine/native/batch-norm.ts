import type { NamedAttrMap, NamedTensorInfoMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { batchNormGradKernel, batchNormKernel } from '../batch-norm.ts';
import type { TensorFlow } from '../engine.ts';
import { type Attribute, attributes, type NodeBackend } from './backend.ts';

type Named<K extends string> = Record<K, Tensor>;

/** TensorFlow's fused kernels; composed of single operations a training step takes twice as long. */
export function registerBatchNormKernels(tf: TensorFlow): void {
  const register = (
    kernelName: string,
    run: (backend: NodeBackend, inputs: NamedTensorInfoMap, epsilon: number) => Tensor[],
  ) => {
    tf.registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs, attrs, backend }) =>
        tf.tidy(() =>
          run(backend as NodeBackend, inputs, (attrs as NamedAttrMap & { epsilon: number }).epsilon),
        ),
    });
  };
  register(batchNormKernel, (backend, inputs, epsilon) => forward(tf, backend, inputs, epsilon));
  register(batchNormGradKernel, (backend, inputs, epsilon) => backward(tf, backend, inputs, epsilon));
}

function forward(
  tf: TensorFlow,
  backend: NodeBackend,
  inputs: NamedTensorInfoMap,
  epsilon: number,
): Tensor[] {
  const { x, scale, offset } = inputs as Named<'x' | 'scale' | 'offset'>;
  const unused = tf.tensor1d([], 'float32');
  const [y, mean, unbiased, ...reserved] = backend.executeMultipleOutputs(
    'FusedBatchNormV3',
    operationAttributes(backend, epsilon),
    [asImages(tf, x), scale, offset, unused, unused],
    6,
  );
  const rows = x.size / scale.size;
  // The kernel corrects the variance for the lost degree of freedom; the moving average here does not.
  return [tf.reshape(y, x.shape), mean, tf.mul(unbiased, (rows - 1) / rows || 0), ...reserved];
}

function backward(
  tf: TensorFlow,
  backend: NodeBackend,
  inputs: NamedTensorInfoMap,
  epsilon: number,
): Tensor[] {
  const { dy, x, scale, r2, r3, r4 } = inputs as Named<'dy' | 'x' | 'scale' | 'r2' | 'r3' | 'r4'>;
  const [dx, dScale, dOffset] = backend.executeMultipleOutputs(
    'FusedBatchNormGradV3',
    operationAttributes(backend, epsilon),
    [asImages(tf, dy), asImages(tf, x), scale, r2, r3, r4],
    5,
  );
  return [tf.reshape(dx, x.shape), dScale, dOffset];
}

function operationAttributes({ binding }: NodeBackend, epsilon: number): Attribute[] {
  const { float32, float, string, bool } = attributes(binding);
  return [
    float32('T'),
    float32('U'),
    float('epsilon', epsilon),
    string('data_format', 'NHWC'),
    bool('is_training', true),
  ];
}

/** The fused kernels take `[N, H, W, C]` alone. */
function asImages(tf: TensorFlow, x: Tensor): Tensor4D {
  if (x.rank === 4) return x as Tensor4D;
  const channels = x.shape[x.rank - 1];
  return tf.reshape(x, [x.size / channels, 1, 1, channels]);
}
