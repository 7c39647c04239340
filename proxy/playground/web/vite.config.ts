import { defineConfig } from 'vite'

// Where `npm run dev` finds a midgate: `midgate demo`, unless told otherwise.
const gate = 'http://127.0.0.1:8080'

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
  plugins: [
    {
      // The theme is known before the first paint: nothing flashes for whoever chose the other one.
      name: 'render-after-script',
      transformIndexHtml: { order: 'post', handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"') },
    },
  ],
  server: { proxy: { '/v1': gate, '/images': gate, '/videos': gate, '/healthz': gate, '/readyz': gate } },
})
