// How the console becomes files: hashed, split by page, compressed beforehand, with nothing inline, so that the strict policy holds.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { compileTexts } from './compile-texts.ts';

const root = import.meta.dirname;
const output = join(root, 'dist');

export default defineConfig({
  root,
  base: '/',
  plugins: [compileTexts(), react(), tailwindcss(), compress()],
  build: {
    outDir: output,
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    // Browsers that run this target preload by themselves.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:5080', '/auth': 'http://127.0.0.1:5080' } },
});

/** Writes each text file again as .br and .gz, so that serving compresses nothing. */
function compress(): Plugin {
  return {
    name: 'syncline-compress',
    apply: 'build',
    writeBundle({ dir: directory = output }) {
      for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:js|css|svg|html)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const content = readFileSync(path);
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
        writeFileSync(`${path}.br`, brotliCompressSync(content, quality));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
