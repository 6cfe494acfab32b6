// What the server signs in fixed bytes: receipts, the horizon of its backups, and that it was restored.

import { demand, i64, Reader, u16, u32, u64 } from "./bytes.mjs";
import { TYPES, verifiedDsse } from "./keys.mjs";

const HEAD = Buffer.concat([u16(1), u16(0)]);
const EPOCH = 2 ** 40;

function checked(keyring, centre, statement, type, payload) {
  const key = keyring.byId(centre, statement.key);
  demand(key, "receipt.key", "no receipt key of the keyring");
  demand(verifiedDsse(key, type, payload, statement.signature), "receipt.signature");
  return statement;
}

export function readReceipt(packed) {
  const reader = new Reader(packed);
  const receipt = { packed, sequence: reader.u64(), epoch: reader.u32(), leaf: reader.u64() };
  Object.assign(receipt, { notBefore: reader.i64(), received: reader.i64(), key: reader.take(8) });
  receipt.signature = reader.take(64);
  reader.end();
  return receipt;
}

export function receiptPayload(receipt, batch) {
  const { origin, centre, device, sequence, digest } = batch;
  const place = [u32(receipt.epoch), u64(receipt.leaf), i64(receipt.notBefore), i64(receipt.received)];
  return Buffer.concat([HEAD, origin, centre, device, u64(sequence), digest, ...place]);
}

/** The receipt, if it is for this very batch. */
export function checkReceipt(receipt, batch, keyring) {
  return checked(keyring, batch.centre, receipt, TYPES.receipt, receiptPayload(receipt, batch));
}

export function readPhotoReceipt(packed) {
  const reader = new Reader(packed);
  const receipt = { packed, record: reader.take(16), digest: reader.take(32), size: reader.u64() };
  Object.assign(receipt, { received: reader.i64(), key: reader.take(8), signature: reader.take(64) });
  reader.end();
  return receipt;
}

export function photoPayload({ record, digest, size, received }, { origin, centre, device }) {
  return Buffer.concat([HEAD, origin, centre, device, record, digest, u64(size), i64(received)]);
}

export function checkPhotoReceipt(receipt, self, keyring) {
  return checked(keyring, self.centre, receipt, TYPES["photo-receipt"], photoPayload(receipt, self));
}

export function readHorizon(packed) {
  const reader = new Reader(packed);
  const horizon = { packed, epoch: reader.u32(), size: reader.u64(), photosUntil: reader.i64(), at: reader.i64() };
  Object.assign(horizon, { key: reader.take(8), signature: reader.take(64) });
  reader.end();
  return horizon;
}

export function horizonPayload({ epoch, size, photosUntil, at }, { origin, centre }) {
  return Buffer.concat([HEAD, origin, centre, u32(epoch), u64(size), i64(photosUntil), i64(at)]);
}

export function checkHorizon(horizon, self, keyring) {
  return checked(keyring, self.centre, horizon, TYPES.horizon, horizonPayload(horizon, self));
}

export function readRestored(packed) {
  const reader = new Reader(packed);
  const restored = { packed, epoch: reader.u32(), forkedAt: reader.u64(), size: reader.u64(), root: reader.take(32) };
  Object.assign(restored, { photosUntil: reader.i64(), at: reader.i64(), signature: reader.take(64) });
  reader.end();
  return restored;
}

export function restoredPayload(restored, { origin, centre }) {
  const { epoch, forkedAt, size, root, photosUntil, at } = restored;
  return Buffer.concat([HEAD, origin, centre, u32(epoch), u64(forkedAt), u64(size), root, i64(photosUntil), i64(at)]);
}

export function checkRestored(restored, self) {
  const payload = restoredPayload(restored, self);
  demand(verifiedDsse(self.root, TYPES.restored, payload, restored.signature), "restored.signature");
  return restored;
}

const before = (one, epoch, leaf) => one.epoch < epoch || (one.epoch === epoch && one.leaf < leaf);

/** Whether a backup has the batch of this receipt. */
export const covered = (receipt, horizon) => before(receipt, horizon.epoch, horizon.size);

/** Whether a restored server forgot the batch of this receipt. */
export const forgotten = (receipt, restored) => receipt.epoch < restored.epoch &&
  !before(receipt, Math.floor(restored.forkedAt / EPOCH), restored.size);

/** Whether a restored server forgot the photo of this receipt. */
export const photoForgotten = (receipt, restored) =>
  receipt.received > restored.photosUntil && receipt.received <= restored.at;
