import { execFile } from 'node:child_process'
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

export type Chromium = {
  executablePath: string
  /** What it needs besides the environment that it is started in. */
  environment: Record<string, string>
}

/**
 * The browser of this machine: `CHROMIUM_PATH`, else Chrome, Edge or Chromium in the usual places, else the
 * Chromium that npm installed, unpacked on first use (2 s, 260 MB). Throws when there is none.
 */
export async function findChromium(): Promise<Chromium> {
  const { CHROMIUM_PATH: asked } = process.env
  if (asked) {
    if (!(await exists(asked))) throw new Error(`CHROMIUM_PATH names no file: ${asked}`)
    return { executablePath: asked, environment: {} }
  }
  for (const executablePath of usualPlaces) {
    if (await exists(executablePath)) return { executablePath, environment: {} }
  }
  if (process.platform === 'linux' && process.arch === 'x64') return unpackedChromium()
  throw new Error('No browser found: install Chrome or Chromium, or set CHROMIUM_PATH to one')
}

const usualPlaces = [
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/usr/bin/microsoft-edge',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
]

/**
 * The package unpacks itself into the folder for temporary files, shared by every program and never cleaned;
 * so it is given one of its own, under `node_modules`, which appears whole or not at all.
 */
async function unpackedChromium(): Promise<Chromium> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const packageFolder = join(dirname(entry), '..')
  const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'))
  const cache = join(packageFolder, '..', '..', '.cache')
  const folder = join(cache, `chromium-${manifest.version}`)
  if (!(await exists(folder))) await unpack(entry, cache, folder)
  return {
    executablePath: join(folder, 'chromium'),
    // The libraries are those that a bare machine lacks (NSS, expat).
    environment: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: folder },
  }
}

async function unpack(entry: string, cache: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const beside = await mkdtemp(join(cache, 'unpacking-'))
  try {
    const script = `import chromium from ${JSON.stringify(pathToFileURL(entry).href)}
      await chromium.executablePath()`
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      // Taken for this cloud function, it unpacks the libraries as well.
      env: { ...process.env, TMPDIR: beside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
    })
    await writeFile(join(beside, 'fonts.conf'), fontConfiguration)
    await chmod(join(beside, 'chromium'), 0o755)
    await chmod(beside, 0o755)
    await rename(beside, folder)
  } catch (error) {
    // Another process may have been first; then its folder is as good.
    if (!(await exists(folder))) throw error
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
