/** Little-endian bytes, put together piece by piece: what the writers of tiny models share. */

export class Bytes {
  readonly #parts: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  raw(part: Uint8Array): this {
    this.#parts.push(Buffer.from(part));
    this.#length += part.length;
    return this;
  }

  text(text: string): this {
    return this.raw(Buffer.from(text));
  }

  int32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32LE(value);
    return this.raw(part);
  }

  int64(value: number): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64LE(BigInt(value));
    return this.raw(part);
  }

  float(value: number): this {
    const part = Buffer.alloc(4);
    part.writeFloatLE(value);
    return this.raw(part);
  }

  floats(values: Float32Array): this {
    return this.raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** Zeros up to the next multiple of `size`. */
  align(size: number): this {
    return this.raw(new Uint8Array((size - (this.#length % size)) % size));
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
