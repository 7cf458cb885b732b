import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { ResponseBody } from './response-body.ts'

const DECOMPRESSORS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** What decompresses a body of that `content-encoding`; null where it is not compressed, or in a way that nobody knows. */
export function decompressorFor(encoding: string | string[] | undefined): Transform | null {
  const name = String(encoding ?? '')
    .trim()
    .toLowerCase()
  return (Object.hasOwn(DECOMPRESSORS, name) && DECOMPRESSORS[name]?.()) || null
}

/** A body that comes compressed although nobody asked for that. */
export class CompressedBody extends ResponseBody {
  readonly #decompressor: Transform

  constructor(controller: Dispatcher.DispatchController, decompressor: Transform) {
    super(controller)
    this.#decompressor = decompressor
    decompressor.pause()
    decompressor.on('data', (chunk: Buffer) => super.arrived(chunk))
    decompressor.on('end', () => super.ended())
    decompressor.on('error', (error) => {
      super.failed(error)
      controller.abort(error)
    })
    decompressor.on('drain', () => controller.resume())
    decompressor.on('pause', () => controller.pause())
    decompressor.on('resume', () => controller.resume())
  }

  protected override flow(flows: boolean): void {
    if (flows) this.#decompressor.resume()
    else this.#decompressor.pause()
  }

  override cut(): void {
    super.cut()
    this.#decompressor.destroy()
  }

  override arrived(chunk: Buffer): void {
    if (!this.#decompressor.destroyed && !this.#decompressor.write(chunk)) this.controller.pause()
  }

  override ended(): void {
    this.#decompressor.end()
  }

  override failed(thrown: Error): void {
    super.failed(thrown)
    this.#decompressor.destroy()
  }
}
