import type { Benchmark } from '../benchmark.ts';
import { measureEncoding } from '../encoding.ts';

export const benchmark: Benchmark = {
  name: 'encode-10000',
  description: 'ten thousand pictures encoded by preset small from their files, and where the time goes',
  run: () => measureEncoding('encode-10000', ['wasm', 'native'], 10_000, 1),
};
