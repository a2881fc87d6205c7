import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The screens: one page for every host. */
export default defineConfig({
  root: 'src/renderer',
  plugins: [react()],
  build: {
    outDir: '../../out/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    // A picture inside a style sheet would need `data:` for fonts and styles too.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Read from the disk or over a tunnel, once: one script is no burden.
    chunkSizeWarningLimit: 2000,
  },
});
