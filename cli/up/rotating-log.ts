import { renameSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'

const largestBytes = 10 * 1024 * 1024

/** Appends to `file`; when that grows too large it becomes `file.1`, and what `file.1` held goes. */
export class RotatingLog extends Writable {
  readonly #file: string
  #handle: FileHandle | undefined
  #sizeBytes = 0

  constructor(file: string) {
    super()
    this.#file = file
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#append(chunk).then(
      () => done(),
      () => done(), // a full disk must not end what is being logged
    )
  }

  override _final(done: () => void): void {
    void (this.#handle?.close() ?? Promise.resolve()).finally(done)
  }

  async #append(chunk: Buffer): Promise<void> {
    if (this.#sizeBytes > largestBytes) {
      await this.#handle?.close()
      this.#handle = undefined
      renameSync(this.#file, `${this.#file}.1`)
    }
    this.#handle ??= await this.#open()
    await this.#handle.appendFile(chunk)
    this.#sizeBytes += chunk.length
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#file, 'a', 0o600)
    this.#sizeBytes = (await handle.stat()).size
    return handle
  }
}
