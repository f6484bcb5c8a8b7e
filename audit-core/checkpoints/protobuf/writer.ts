const encoder = new TextEncoder();

/** Builds one protobuf message, field after field. */
export class MessageWriter {
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** A varint field; negative numbers take ten bytes as `int64` wants. */
  int(number: number, value: number | bigint): this {
    this.#tag(number, 0);
    return this.#varint(BigInt.asUintN(64, BigInt(value)));
  }

  bytes(number: number, value: Uint8Array): this {
    this.#tag(number, 2);
    this.#varint(BigInt(value.length));
    return this.raw(value);
  }

  text(number: number, value: string): this {
    return this.bytes(number, encoder.encode(value));
  }

  message(number: number, value: MessageWriter): this {
    return this.bytes(number, value.finish());
  }

  float(number: number, value: number): this {
    this.#tag(number, 5);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.raw(bytes);
  }

  /** Bytes that are already encoded fields. */
  raw(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }

  #tag(number: number, wire: number): void {
    this.#varint(BigInt(number * 8 + wire));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = value;
    do {
      const part = Number(rest & 127n);
      rest >>= 7n;
      bytes.push(rest > 0n ? part | 128 : part);
    } while (rest > 0n);
    return this.raw(Uint8Array.from(bytes));
  }
}
