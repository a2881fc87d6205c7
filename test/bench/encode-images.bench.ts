import type { Benchmark } from './benchmark.ts';
import { measureEncoding } from './encoding.ts';

export const benchmark: Benchmark = {
  name: 'encode-images',
  description: 'pictures encoded by preset small from their files, and where the time goes',
  run: () => measureEncoding('encode-images', ['wasm', 'native'], 1024, 3),
};
