import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type Rollup } from 'vite';

/** The first view may cost this much script, compressed with gzip. */
const FIRST_VIEW_LIMIT = 100 * 1024;

/**
 * Puts a .gz and a .br beside each file, so that the program only hands out
 * bytes, and holds the first view (entry and all it imports at once) to its size.
 */
function shrink(): Plugin {
  return {
    name: 'shrink',
    apply: 'build',
    writeBundle(options, bundle) {
      const size: Record<string, number> = {};
      for (const name of Object.keys(bundle)) {
        const path = join(options.dir!, name);
        const bytes = readFileSync(path);
        const gzip = gzipSync(bytes, { level: 9 });
        const brotli = brotliCompressSync(bytes, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
        });
        size[name] = gzip.length;
        writeFileSync(`${path}.gz`, gzip);
        writeFileSync(`${path}.br`, brotli);
      }
      const first = firstView(bundle).reduce((sum, name) => sum + size[name], 0);
      console.log(
        `first view: ${(first / 1024).toFixed(1)} KB of script (gzip), limit ${FIRST_VIEW_LIMIT / 1024} KB`,
      );
      if (first > FIRST_VIEW_LIMIT) {
        this.error('the first view is over its limit: load something later');
      }
    },
  };
}

/**
 * Two components of bits-ui have a style in their markup, which our content policy
 * forbids: a class does the same.
 */
function styleless(): Plugin {
  return {
    name: 'styleless',
    enforce: 'pre',
    transform: {
      filter: { id: /bits-ui\/dist\/bits\/command\/components\/[\w-]+\.svelte$/ },
      handler: (code) => code.replaceAll('style="display: contents;"', 'class="contents"'),
    },
  };
}

function firstView(bundle: Rollup.OutputBundle): string[] {
  const wanted = Object.values(bundle)
    .filter((part) => part.type === 'chunk' && part.isEntry)
    .map((part) => part.fileName);
  for (const name of wanted) {
    const part = bundle[name];
    if (part.type !== 'chunk') continue;
    wanted.push(...part.imports.filter((other) => !wanted.includes(other)));
  }
  return wanted;
}

export default defineConfig({
  plugins: [styleless(), svelte(), shrink()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // no data: addresses
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
