import { defineConfig } from 'vite';

/** The bridge: a sandboxed preload script can only be CommonJS. */
export default defineConfig({
  build: {
    outDir: 'out/preload',
    emptyOutDir: true,
    target: 'chrome140',
    minify: false,
    lib: { entry: 'src/preload/bridge.ts', formats: ['cjs'], fileName: () => 'bridge.cjs' },
    rollupOptions: { external: ['electron'] },
  },
});
