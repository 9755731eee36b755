import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const folder = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  root: folder,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The Content-Security-Policy that PET sends allows no data: scripts, fonts or frames.
    assetsInlineLimit: 0,
    // The first versions that know the CSS function light-dark() (2024), so that it need not be lowered.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
  },
  server: { proxy: { '/api': process.env['PET_URL'] ?? 'http://localhost:4400' } },
})
