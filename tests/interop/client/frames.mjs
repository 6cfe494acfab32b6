// A body is one byte, the dictionary's number, and deflated frames.

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { demand, Reader, Refused, u32 } from "./bytes.mjs";
import { DICTIONARIES } from "./dictionary.mjs";

export const FRAME = {
  HELLO: 1, BATCH: 2, CUSTODY: 3, SEALED: 5, ANSWER: 16, RECEIPT: 17, OUTCOMES: 18, CHECKPOINT: 19, PROOF: 20, AUTHORS: 21,
  RECORD: 22, PHOTO_RECEIPT: 23, TICKET: 24, KEYRING: 25, PROBLEM: 26, RESTORED: 27, HORIZON: 28, OWN: 29,
};

const LARGEST_BODY = 4_194_304;
const LARGEST_INFLATED = 16_777_216;
const DICTIONARY = 1;

/** The body of `frames`, a list of [type, payload]. */
export function encode(frames) {
  const parts = frames.flatMap(([type, payload]) => [Buffer.of(type), u32(payload.length), payload]);
  const deflated = deflateRawSync(Buffer.concat(parts), { dictionary: DICTIONARIES[DICTIONARY] });
  return Buffer.concat([Buffer.of(DICTIONARY), deflated]);
}

export function inflate(body) {
  demand(body.length <= LARGEST_BODY, "body.too_large");
  demand(body.length > 0, "body.malformed", "empty");
  const dictionary = DICTIONARIES[body[0]];
  demand(dictionary, "dictionary.unknown");
  const deflated = body.subarray(1);
  try {
    // `engine` tells how much was read: what stands behind the stream's end is not part of it.
    const told = inflateRawSync(deflated, { dictionary, maxOutputLength: LARGEST_INFLATED, info: true });
    demand(told.engine.bytesWritten === deflated.length, "body.malformed", "bytes behind the stream");
    return told.buffer;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(error.code === "ERR_BUFFER_TOO_LARGE" ? "body.too_large" : "body.malformed", error.message);
  }
}

/** The frames of a body as [type, payload], also those of types that nobody knows. */
export function decode(body) {
  const reader = new Reader(inflate(body));
  const frames = [];
  while (reader.left) {
    const type = reader.u8();
    frames.push([type, reader.take(reader.u32())]);
  }
  return frames;
}

/** The payloads of one type, in order. */
export const all = (frames, type) => frames.filter(([one]) => one === type).map(([, payload]) => payload);

/** The payload of a type that comes once at most. */
export function single(frames, type) {
  const found = all(frames, type);
  demand(found.length <= 1, "body.malformed", `frame ${type} twice`);
  return found[0];
}
