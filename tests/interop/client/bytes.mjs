// Bytes, numbers and hashes as the page writes them: big-endian, hexadecimal in lowercase.

import { createHash } from "node:crypto";

/** A message that is not believed, or an answer that says no; `code` is the protocol's. */
export class Refused extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
  }
}

/** Throws `code` unless `fact` holds. */
export function demand(fact, code, detail) {
  if (!fact) throw new Refused(code, detail);
}

export const LARGEST = Number.MAX_SAFE_INTEGER;
export const NO_DIGEST = Buffer.alloc(32);

export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const utf8 = (text) => Buffer.from(text, "utf8");

/** The bytes of a hexadecimal text of exactly `length` bytes. */
export function unhex(text, length) {
  const fits = typeof text === "string" && /^(?:[0-9a-f]{2})*$/.test(text);
  demand(fits && (length === undefined || text.length === 2 * length), "body.malformed", "no hexadecimal");
  return Buffer.from(text, "hex");
}

export function sha256(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function u16(number) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}

export function u32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

export function u64(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
}

export function i64(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(number));
  return bytes;
}

/** Reads one message from left to right; whatever does not fit is refused with `code`. */
export class Reader {
  constructor(bytes, code = "body.malformed") {
    this.bytes = bytes;
    this.code = code;
    this.at = 0;
  }

  get left() {
    return this.bytes.length - this.at;
  }

  take(length) {
    demand(length <= this.left, this.code, "cut off");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  u8() {
    return this.take(1).readUInt8();
  }

  u16() {
    return this.take(2).readUInt16BE();
  }

  u32() {
    return this.take(4).readUInt32BE();
  }

  u64() {
    return this.#safe(this.take(8).readBigUInt64BE());
  }

  i64() {
    return this.#safe(this.take(8).readBigInt64BE());
  }

  end() {
    demand(this.left === 0, this.code, "bytes behind the end");
  }

  #safe(number) {
    const value = Number(number);
    demand(Math.abs(value) <= LARGEST, this.code, "a number beyond 2^53 - 1");
    return value;
  }
}
