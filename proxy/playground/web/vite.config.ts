import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import { fingerprint } from './sources.ts'

// Where `npm run dev` finds a midgate: `midgate demo`, unless told otherwise.
const gate = process.env.MIDGATE ?? 'http://127.0.0.1:8080'

/** The theme is known before the first paint: nothing flashes for whoever chose the other one. */
const renderAfterScript: Plugin = {
  name: 'render-after-script',
  transformIndexHtml: { order: 'post', handler: (html) => html.replace('<script type="module" crossorigin', '<script type="module" blocking="render"').replace(' crossorigin', '') },
}

/** Notes which sources the page was built from; the file's name keeps it out of the binary. */
const noteSources: Plugin = {
  name: 'note-sources',
  apply: 'build',
  writeBundle: ({ dir }) => writeFileSync(join(dir ?? '', '.sources'), fingerprint(import.meta.dirname) + '\n'),
}

/** Compresses what is served, once; midgate hands that out to whoever takes it. */
const compress: Plugin = {
  name: 'compress',
  apply: 'build',
  writeBundle: ({ dir }, files) => {
    for (const name of Object.keys(files)) {
      if (!/\.(js|css|svg)$/.test(name)) continue
      const path = join(dir ?? '', name)
      writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)))
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
    }
  },
}

export default defineConfig({
  base: './', // the page is served at / and /playground/, and below any path of a reverse proxy
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'], // light-dark() and nesting stay as written
    assetsInlineLimit: 0, // the Content-Security-Policy has no exception for inlined files
    modulePreload: false, // its polyfill would be the only unused code
    reportCompressedSize: false,
  },
  plugins: [renderAfterScript, compress, noteSources],
  server: { proxy: Object.fromEntries(['/v1', '/images', '/videos', '/mj', '/healthz', '/readyz'].map((path) => [path, gate])) },
})
