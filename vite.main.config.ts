import { readdirSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Scripts that threads and child processes are started with: each is an entry of its own, beside the module that starts it. */
const scripts = readdirSync('src/main', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) =>
    [
      'jobs/worker.ts',
      'jobs/series-reader-thread.ts',
      'jobs/warm-model/thread.ts',
      'jobs/decoders/product-thread.ts',
      'jobs/faces/face-columns-thread.ts',
      'engine/trial/child.ts',
      'engine/native/install/trial.ts',
    ].includes(file),
  )
  .map((file) => `src/main/${file}`);

/** The sources name such scripts as they are on the disk, `./worker.ts`; in the bundle they end in `.js`. */
const scriptNames: Plugin = {
  name: 'script-names',
  transform(code, id) {
    if (!id.includes('/src/main/')) return null;
    return code
      .replace(/new URL\('(\.\/[\w-]+)\.ts', import\.meta\.url\)/g, "new URL('$1.js', import.meta.url)")
      .replace(/join\(import\.meta\.dirname, '([\w-]+)\.ts'\)/g, "join(import.meta.dirname, '$1.js')");
  },
};

/** What runs on the Node side, module by module; packages stay in node_modules. For packaging alone: a clone runs its sources. */
export default defineConfig({
  plugins: [scriptNames],
  build: {
    ssr: true,
    outDir: 'out/main',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rollupOptions: {
      input: ['src/main/hosts/electron/main.ts', ...scripts],
      external: ['electron'],
      output: {
        format: 'es',
        preserveModules: true,
        preserveModulesRoot: 'src',
        entryFileNames: '[name].js',
      },
    },
  },
});
