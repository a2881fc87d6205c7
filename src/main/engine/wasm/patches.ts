import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, heapView } from './heap.ts';
import { simdKernels } from './simd.ts';

/** Geometry of a convolution: kernel, strides, padding, sizes. NHWC, no dilation. */
export type Convolution = backend_util.Conv2DInfo;

/**
 * The input under every position of the kernel, as the rows of a matrix (im2col): `[N H W C]` to
 * `[N outH outW, kernelH kernelW C]`, zeros where the kernel reaches beyond the edge.
 */
export function gatherPatches(backend: BackendWasm, x: TensorInfo, info: Convolution): TensorInfo {
  const rows = info.batchSize * info.outHeight * info.outWidth;
  const output = allocate(backend, [rows, info.filterHeight * info.filterWidth * info.inChannels]);
  if (hasPadding(info)) heapView(backend, output).fill(0);
  const { copyRuns } = simdKernels(backend);
  const [patches, image] = [address(backend, output), address(backend, x)];
  forEachRun(info, (patch, pixel, count, length, patchStride, pixelStride) => {
    copyRuns(image + pixel * 4, patches + patch * 4, count, length, pixelStride, patchStride);
  });
  return output;
}

/** The adjoint of `gatherPatches` (col2im): adds every patch onto the image that it would be taken from. */
export function scatterPatches(backend: BackendWasm, patchMatrix: TensorInfo, info: Convolution): TensorInfo {
  const output = allocate(backend, [info.batchSize, info.inHeight, info.inWidth, info.inChannels]);
  heapView(backend, output).fill(0);
  const { addRuns } = simdKernels(backend);
  const [patches, image] = [address(backend, patchMatrix), address(backend, output)];
  forEachRun(info, (patch, pixel, count, length, patchStride, pixelStride) => {
    addRuns(patches + patch * 4, image + pixel * 4, count, length, patchStride, pixelStride);
  });
  return output;
}

function hasPadding({ padInfo }: Convolution): boolean {
  return padInfo.top + padInfo.bottom + padInfo.left + padInfo.right > 0;
}

/**
 * One row of the kernel at one position covers a run of numbers in both the patch and the image. Positions side by
 * side whose runs are whole come together, as `count` runs a stride apart; those cut by the edge come alone.
 */
function forEachRun(
  info: Convolution,
  visit: (
    patch: number,
    pixel: number,
    count: number,
    length: number,
    patchStride: number,
    pixelStride: number,
  ) => void,
): void {
  const { inHeight, inWidth, inChannels, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } =
    info;
  const { top, left } = info.padInfo;
  const kernelRow = filterWidth * inChannels;
  const patchSize = filterHeight * kernelRow;
  const pixelStride = strideWidth * inChannels;
  const firstWhole = Math.min(outWidth, Math.ceil(left / strideWidth));
  const lastWhole = Math.floor((inWidth - filterWidth + left) / strideWidth);
  const endWhole = Math.max(firstWhole, Math.min(outWidth, lastWhole + 1));
  const cut = Array.from({ length: outWidth }, (_, outX) => outX).filter(
    (outX) => outX < firstWhole || outX >= endWhole,
  );
  for (let n = 0; n < info.batchSize; n++) {
    for (let outY = 0; outY < info.outHeight; outY++) {
      for (let kernelY = 0; kernelY < filterHeight; kernelY++) {
        const y = outY * strideHeight - top + kernelY;
        if (y < 0 || y >= inHeight) continue;
        const imageRow = (n * inHeight + y) * inWidth;
        const patchRow = (n * info.outHeight + outY) * outWidth * patchSize + kernelY * kernelRow;
        if (endWhole > firstWhole) {
          const pixel = (imageRow + firstWhole * strideWidth - left) * inChannels;
          const patch = patchRow + firstWhole * patchSize;
          visit(patch, pixel, endWhole - firstWhole, kernelRow, patchSize, pixelStride);
        }
        for (const outX of cut) {
          const x = outX * strideWidth - left;
          const from = Math.max(0, x);
          const pixels = Math.min(inWidth, x + filterWidth) - from;
          if (pixels <= 0) continue;
          const patch = patchRow + outX * patchSize + (from - x) * inChannels;
          visit(patch, (imageRow + from) * inChannels, 1, pixels * inChannels, patchSize, pixelStride);
        }
      }
    }
  }
}
