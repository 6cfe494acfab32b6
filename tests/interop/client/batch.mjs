// Batches: entries that are handed in together, chained, salted, hashed and signed once.

import { hkdfSync } from "node:crypto";
import { demand, NO_DIGEST, Reader, sha256, u16, u32, u64 } from "./bytes.mjs";
import { readEntry } from "./entry.mjs";
import { signDsse, TYPES, verifiedDsse } from "./keys.mjs";

export const MOST_ENTRIES = 500;
export const MOST_BYTES = 2_097_152;
const LARGEST_ENTRY = 262_144;
const SEALED = Buffer.from("daiban sealed 1\n", "utf8");

export function headerBytes(header) {
  return Buffer.concat([
    u16(1), u16(0), header.origin, header.centre, header.device, u64(header.sequence), header.previous,
    u64(header.checkpointSize), header.checkpoint, u64(header.first), u32(header.count),
  ]);
}

export function salts(secret, count) {
  const bytes = Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), "daiban salts 1", 16 * count));
  return Array.from({ length: count }, (_, index) => bytes.subarray(16 * index, 16 * index + 16));
}

export function entryHashes(secret, entries) {
  const each = salts(secret, entries.length);
  return entries.map((entry, index) => sha256(each[index], entry));
}

function finished(header, secret, entries, signature) {
  const payload = Buffer.concat([headerBytes(header), ...entryHashes(secret, entries)]);
  return { ...header, secret, entries, payload, digest: sha256(payload), signature };
}

/** A signed batch; `header` lacks only the count. */
export function sealBatch(header, secret, entries, pair) {
  const batch = finished({ ...header, count: entries.length }, secret, entries);
  return { ...batch, signature: signDsse(pair, TYPES.batch, batch.payload) };
}

/**
 * What stands before sealed bytes that a device hands in under another id: header and signature over the hashes that it
 * kept, `payload`. `header` has the new chain's device, sequence and previous.
 */
export function signedAnew(payload, header, pair) {
  const before = readHeader(new Reader(payload, "batch.malformed"));
  const signed = Buffer.concat([headerBytes({ ...before, ...header }), payload.subarray(144)]);
  const head = Buffer.concat([signed.subarray(0, 144), signDsse(pair, TYPES.batch, signed)]);
  return { head, payload: signed, digest: sha256(signed) };
}

/** The batch as it travels, of a SEALED frame; `open` opens what was sealed. */
export function unsealed(frame, open) {
  const begins = frame.indexOf(SEALED);
  demand(begins === 0 || begins === 208, "batch.malformed", "neither sealed nor signed anew");
  return Buffer.concat([frame.subarray(0, begins), open(frame.subarray(begins)).subarray(begins)]);
}

/** The batch as it travels. */
export function packBatch(batch) {
  const entries = batch.entries.flatMap((entry) => [u32(entry.length), entry]);
  return Buffer.concat([headerBytes(batch), batch.signature, batch.secret, ...entries]);
}

function readHeader(reader) {
  demand(reader.u16() === 1 && reader.u16() === 0, "protocol.unsupported");
  const [origin, centre, device] = [reader.take(16), reader.take(16), reader.take(16)];
  const [sequence, previous] = [reader.u64(), reader.take(32)];
  const [checkpointSize, checkpoint] = [reader.u64(), reader.take(32)];
  const [first, count] = [reader.u64(), reader.u32()];
  return { origin, centre, device, sequence, previous, checkpointSize, checkpoint, first, count };
}

/** The batch in these bytes, whose device has the public key `key`. */
export function readBatch(bytes, key) {
  const reader = new Reader(bytes, "batch.malformed");
  demand(reader.left >= 240, "batch.malformed", "shorter than its header");
  const header = readHeader(reader);
  demand(header.count <= MOST_ENTRIES, "batch.too_large");
  demand(header.count >= 1 && header.sequence >= 1 && header.first >= 1, "batch.malformed");
  const [signature, secret] = [reader.take(64), reader.take(32)];
  const entries = Array.from({ length: header.count }, () => {
    const length = reader.u32();
    demand(length <= LARGEST_ENTRY, "entry.too_large");
    return reader.take(length);
  });
  reader.end();
  const batch = finished(header, secret, entries, signature);
  demand(verifiedDsse(key, TYPES.batch, batch.payload, signature), "batch.signature");
  entries.forEach(readEntry);
  return batch;
}

/** What a server makes of a batch's place in the chain; `stored` is the digest that it has at this sequence. */
export function judge(chain, stored, batch) {
  if (batch.sequence <= chain.sequence) return stored?.equals(batch.digest) ? "replay" : "equivocation";
  if (batch.sequence > chain.sequence + 1) return "gap";
  return batch.previous.equals(chain.digest) && batch.first === chain.number + 1 ? "next" : "equivocation";
}

export const EMPTY_CHAIN = { sequence: 0, digest: NO_DIGEST, number: 0 };
