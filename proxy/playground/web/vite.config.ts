import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
  plugins: [renderAfterScript, noteSources],
  server: { proxy: Object.fromEntries(['/v1', '/images', '/videos', '/mj', '/healthz', '/readyz'].map((path) => [path, gate])) },
})
