import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { verifyPage } from './buildVerifyPage.ts'

// `light-dark()` in the tokens needs these versions; written down so that no fallback is generated for older ones.
const browsers = ['chrome123', 'firefox121', 'safari17.5']

export default defineConfig(({ command }) => {
  // A build started by a test runner would take over its `test`, and ship React's development build.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return {
    root: import.meta.dirname,
    plugins: [react(), tailwindcss(), verifyPage()],
    build: {
      target: browsers,
      cssTarget: browsers,
      // Fonts and marks stay files: a data: URL would need a wider Content-Security-Policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  }
})
