import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { ResponseBody } from './response-body.js';
const UNPACKERS = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
    zstd: createZstdDecompress,
};
/** What unpacks a body of that `content-encoding`; null where it is not packed, or in a way that nobody knows. */
export function unpackerOf(encoding) {
    const name = String(encoding ?? '')
        .trim()
        .toLowerCase();
    return (Object.hasOwn(UNPACKERS, name) && UNPACKERS[name]?.()) || null;
}
/** A body that comes compressed although nobody asked for that. */
export class PackedBody extends ResponseBody {
    #unpacker;
    constructor(controller, unpacker) {
        super(controller);
        this.#unpacker = unpacker;
        unpacker.pause();
        unpacker.on('data', (chunk) => super.arrived(chunk));
        unpacker.on('end', () => super.ended());
        unpacker.on('error', (error) => {
            super.failed(error);
            controller.abort(error);
        });
        unpacker.on('drain', () => controller.resume());
        unpacker.on('pause', () => controller.pause());
        unpacker.on('resume', () => controller.resume());
    }
    flow(flows) {
        if (flows)
            this.#unpacker.resume();
        else
            this.#unpacker.pause();
    }
    cut() {
        super.cut();
        this.#unpacker.destroy();
    }
    arrived(chunk) {
        if (!this.#unpacker.destroyed && !this.#unpacker.write(chunk))
            this.controller.pause();
    }
    ended() {
        this.#unpacker.end();
    }
    failed(thrown) {
        super.failed(thrown);
        this.#unpacker.destroy();
    }
}
//# sourceMappingURL=packed-body.js.map