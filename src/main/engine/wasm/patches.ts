import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { allocate, heapView } from './heap.ts';

/** Geometry of a convolution: kernel, strides, padding, sizes. NHWC, no dilation. */
export type Convolution = backend_util.Conv2DInfo;

/**
 * The input under every position of the kernel, as the rows of a matrix (im2col): `[N H W C]` to
 * `[N outH outW, kernelH kernelW C]`, zeros where the kernel reaches beyond the edge.
 */
export function gatherPatches(backend: BackendWasm, x: TensorInfo, info: Convolution): TensorInfo {
  const rows = info.batchSize * info.outHeight * info.outWidth;
  const output = allocate(backend, [rows, info.filterHeight * info.filterWidth * info.inChannels]);
  const patches = heapView(backend, output);
  const values = heapView(backend, x);
  if (hasPadding(info)) patches.fill(0);
  forEachRun(info, (patch, image, length) => {
    for (let i = 0; i < length; i++) patches[patch + i] = values[image + i];
  });
  return output;
}

/** The adjoint of `gatherPatches` (col2im): adds every patch onto the image that it would be taken from. */
export function scatterPatches(backend: BackendWasm, patchMatrix: TensorInfo, info: Convolution): TensorInfo {
  const output = allocate(backend, [info.batchSize, info.inHeight, info.inWidth, info.inChannels]);
  const values = heapView(backend, output);
  const patches = heapView(backend, patchMatrix);
  values.fill(0);
  forEachRun(info, (patch, image, length) => {
    for (let i = 0; i < length; i++) values[image + i] += patches[patch + i];
  });
  return output;
}

function hasPadding({ padInfo }: Convolution): boolean {
  return padInfo.top + padInfo.bottom + padInfo.left + padInfo.right > 0;
}

/** One row of the kernel at one position covers a run of numbers in both the patch and the image. */
function forEachRun(info: Convolution, visit: (patch: number, image: number, length: number) => void): void {
  const { inHeight, inWidth, inChannels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { top, left } = info.padInfo;
  const kernelRow = filterWidth * inChannels;
  let patch = 0;
  for (let n = 0; n < info.batchSize; n++) {
    for (let outY = 0; outY < info.outHeight; outY++) {
      for (let outX = 0; outX < info.outWidth; outX++) {
        const x = outX * strideWidth - left;
        const from = Math.max(0, x);
        const length = (Math.min(inWidth, x + filterWidth) - from) * inChannels;
        for (let kernelY = 0; kernelY < filterHeight; kernelY++, patch += kernelRow) {
          const y = outY * strideHeight - top + kernelY;
          if (y < 0 || y >= inHeight || length <= 0) continue;
          visit(patch + (from - x) * inChannels, ((n * inHeight + y) * inWidth + from) * inChannels, length);
        }
      }
    }
  }
}
