// What a device has saved: frozen into batches, handed in until there is a receipt, kept after that.

import { randomBytes } from "node:crypto";
import { MOST_BYTES, MOST_ENTRIES, packBatch, sealBatch } from "./batch.mjs";
import { KeyPair } from "./keys.mjs";
import { forgotten, photoForgotten } from "./statements.mjs";

const MOST_BATCHES = 64;

/** Puts every entry that is in no batch yet into signed ones. */
export function freeze(state) {
  const waiting = state.entries.filter((one) => one.sequence === 0);
  while (waiting.length > 0) {
    const taken = [waiting.shift()];
    let size = taken[0].bytes.length;
    while (waiting.length > 0 && taken.length < MOST_ENTRIES && size + waiting[0].bytes.length <= MOST_BYTES) {
      size += waiting[0].bytes.length;
      taken.push(waiting.shift());
    }
    freezeOne(state, taken);
  }
}

function freezeOne(state, taken) {
  const { origin, centre, device, previous, checkpoint } = state;
  const header = { origin, centre, device, previous, checkpoint, checkpointSize: state.size };
  Object.assign(header, { sequence: state.sequence + 1, first: taken[0].number });
  const entries = taken.map((one) => one.bytes);
  const batch = sealBatch(header, randomBytes(32), entries, new KeyPair(state.seed));
  const { sequence, digest, payload } = batch;
  for (const entry of taken) entry.sequence = sequence;
  Object.assign(state, { sequence, previous: digest });
  const self = { origin, centre, device };
  state.batches.push({ ...self, sequence, digest, payload, packed: packBatch(batch), receipt: null, custody: null });
}

/** The batches for the next request: those without receipt, in order, as many as are good to send at once. */
export function toSend(state) {
  const list = [];
  let size = 0;
  for (const batch of state.batches.filter((one) => !one.receipt)) {
    size += batch.packed.length;
    if (list.length > 0 && (list.length >= MOST_BATCHES || size > MOST_BYTES)) break;
    list.push(batch);
  }
  return list;
}

export function unreceipted(state, entry) {
  return !state.batches.some((one) => one.sequence === entry.sequence && one.receipt);
}

/** What a restored server forgot is to be handed in again: each batch with its old receipt, each photo anew. */
export function forget(state, restored) {
  for (const batch of state.batches.filter((one) => one.receipt && forgotten(one.receipt, restored))) {
    Object.assign(batch, { custody: batch.receipt.packed, receipt: null });
    for (const entry of state.entries.filter((one) => one.sequence === batch.sequence)) {
      Object.assign(entry, { outcome: null, code: null, fields: [], pulled: false });
    }
  }
  for (const photo of state.photos) {
    if (photo.receipt && photoForgotten(photo.receipt, restored)) photo.receipt = null;
  }
}
