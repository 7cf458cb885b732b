import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { ResponseBody } from './response-body.ts'

const UNPACKERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** What unpacks a body of that `content-encoding`; null where it is not packed, or in a way that nobody knows. */
export function unpackerOf(encoding: string | string[] | undefined): Transform | null {
  const name = String(encoding ?? '')
    .trim()
    .toLowerCase()
  return (Object.hasOwn(UNPACKERS, name) && UNPACKERS[name]?.()) || null
}

/** A body that comes compressed although nobody asked for that. */
export class PackedBody extends ResponseBody {
  readonly #unpacker: Transform

  constructor(controller: Dispatcher.DispatchController, unpacker: Transform) {
    super(controller)
    this.#unpacker = unpacker
    unpacker.pause()
    unpacker.on('data', (chunk: Buffer) => super.arrived(chunk))
    unpacker.on('end', () => super.ended())
    unpacker.on('error', (error) => {
      super.failed(error)
      controller.abort(error)
    })
    unpacker.on('drain', () => controller.resume())
    unpacker.on('pause', () => controller.pause())
    unpacker.on('resume', () => controller.resume())
  }

  protected override flow(flows: boolean): void {
    if (flows) this.#unpacker.resume()
    else this.#unpacker.pause()
  }

  override cut(): void {
    super.cut()
    this.#unpacker.destroy()
  }

  override arrived(chunk: Buffer): void {
    if (!this.#unpacker.destroyed && !this.#unpacker.write(chunk)) this.controller.pause()
  }

  override ended(): void {
    this.#unpacker.end()
  }

  override failed(thrown: Error): void {
    super.failed(thrown)
    this.#unpacker.destroy()
  }
}
