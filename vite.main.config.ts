import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** How the sources name the scripts of threads and of child processes: as they are on the disk, beside the module that starts them. */
const threadScript = /new URL\('(\.\/[\w-]+)\.ts', import\.meta\.url\)/g;
const childScript = /join\(import\.meta\.dirname, '([\w-]+)\.ts'\)/g;

/** Every such script is an entry of its own. */
const scripts = readdirSync('src/main', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src/main', file))
  .flatMap((file) => {
    const code = readFileSync(file, 'utf8');
    const named = [...code.matchAll(threadScript), ...code.matchAll(childScript)];
    return named.map(([, name]) => join(dirname(file), `${name}.ts`).replaceAll('\\', '/'));
  });

/**
 * In the bundle they end in `.js`. In a package they lie beside the archive, where a thread or another process loads them
 * as plain files (see `asarUnpack` in electron-builder.yml).
 */
const scriptNames: Plugin = {
  name: 'script-names',
  // Before the types are taken out, which writes the quotes anew.
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('/src/main/')) return null;
    const unpacked = (place: string) => `${place}.replace('app.asar/', 'app.asar.unpacked/')`;
    return (
      code
        // The bundle lies one folder deeper than the sources.
        .replace(
          /new URL\('((?:\.\.\/)+package\.json)', import\.meta\.url\)/g,
          "new URL('../$1', import.meta.url)",
        )
        .replace(threadScript, `new URL('$1.js', ${unpacked('import.meta.url')})`)
        .replace(
          childScript,
          `join(import.meta.dirname.replace(/app\\.asar(?=[\\\\/])/, 'app.asar.unpacked'), '$1.js')`,
        )
    );
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
      input: ['src/main/hosts/electron/main.ts', ...new Set(scripts)],
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
