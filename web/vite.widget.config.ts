/**
 * Builds the web chat: the loader (`--mode loader`, one classic script at a stable
 * address, /widget.js) and then the frame (`--mode frame`, files with hashed names).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin, type Rollup } from 'vite';

/** What every page with the chat loads may cost this much, compressed with gzip. */
const LIMIT = 15 * 1024;

const DIST = new URL('./dist/', import.meta.url).pathname;

/** Puts a .gz and a .br beside each file and holds the parts of the start to their size. */
function shrink(mode: string): Plugin {
  return {
    name: 'shrink-widget',
    apply: 'build',
    writeBundle(options, bundle) {
      const size: Record<string, number> = {};
      for (const name of Object.keys(bundle)) {
        const path = join(options.dir!, name);
        const bytes = readFileSync(path);
        const gzip = gzipSync(bytes, { level: 9 });
        size[name] = gzip.length;
        writeFileSync(`${path}.gz`, gzip);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
      }
      if (mode !== 'frame') return;
      const start = readFileSync(join(DIST, 'widget.js.gz')).length + startOf(bundle).reduce((sum, name) => sum + size[name], 0);
      console.log(`web chat: ${(start / 1024).toFixed(1)} KB before it is opened (gzip), limit ${LIMIT / 1024} KB`);
      if (start > LIMIT) this.error('the start of the web chat is over its limit: load something later');
    },
  };
}

/** The frame's page, its style, its first script and what that imports at once. */
function startOf(bundle: Rollup.OutputBundle): string[] {
  const wanted = Object.values(bundle)
    .filter((part) => part.type === 'asset' || part.isEntry)
    .map((part) => part.fileName);
  for (const name of wanted) {
    const part = bundle[name];
    if (part.type !== 'chunk') continue;
    wanted.push(...part.imports.filter((other) => !wanted.includes(other)));
  }
  return wanted;
}

export default defineConfig(({ mode }) => ({
  plugins: [shrink(mode)],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions:
      mode === 'loader'
        ? { input: 'widget/loader.ts', output: { format: 'iife', entryFileNames: 'widget.js' } }
        : { input: 'widget/index.html', checks: { pluginTimings: false } },
  },
}));
