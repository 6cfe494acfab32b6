// The steps of an evidence file from the root key to whoever signed: keyrings, devices, logs. From sync/EVIDENCE.md.

import { demand, hex, Reader, sha256, utf8 } from "./bytes.mjs";
import { usable } from "./curve.mjs";
import { keyId, TYPES, verified, verifiedDsse } from "./keys.mjs";
import { checkpointNote, leafHash, logName, nodeHash } from "./log.mjs";
import { restoredPayload } from "./statements.mjs";

const EPOCH = 2 ** 40;
export const b64 = (text) => Buffer.from(text, "base64");
export const json = (bytes) => JSON.parse(bytes.toString("utf8"));
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export function opened(envelope, type, key) {
  const payload = b64(envelope.payload);
  const [{ keyid, sig }] = envelope.signatures;
  demand(envelope.payloadType === type && key && keyid === hex(keyId(key)), "no", "another type or key");
  demand(verifiedDsse(key, type, payload, b64(sig)), "no", "the signature does not verify");
  return payload;
}

const byReceiptKey = (found, envelope) => found.receiptKeys.find((key) => hex(keyId(key)) === envelope.signatures[0].keyid);
export const centres = (found, envelope, type) => opened(envelope, type, byReceiptKey(found, envelope));

/** RFC 9162 §2.1.3.2. */
export function leadsTo(leaf, size, hash, path, root) {
  demand(leaf < size, "no", "no such leaf");
  let [at, last, digest] = [leaf, size - 1, hash];
  for (const sibling of path) {
    demand(last > 0, "no", "too long");
    if (at % 2 === 1 || at === last) {
      digest = nodeHash(sibling, digest);
      while (at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else digest = nodeHash(digest, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  demand(last === 0 && digest.equals(root), "no", "another root");
}

/** A signed note of this centre's log of an epoch, under any receipt key. */
export function noted(found, text, epoch) {
  const name = logName(found.self, epoch);
  const [origin, size, root, time] = text.split("\n");
  const told = { size: Number(size), root: b64(root ?? ""), time: Number((time ?? "").slice(5)) };
  const signature = b64(text.trimEnd().split(" ").at(-1)).subarray(4);
  const key = found.receiptKeys.find((one) => checkpointNote({ ...told, key: one, signature }, name) === text);
  demand(origin === name && key, "no", "not a checkpoint of this log");
  demand(verified(key, utf8(`${text.split("\n\n")[0]}\n`), signature), "no", "the note's signature");
  return told;
}

export function keys(found) {
  let edition = 0;
  for (const envelope of found.file.keyrings) {
    const ring = json(opened(envelope, TYPES.keyring, found.root));
    demand(ring.origin === found.file.origin && ring.edition > edition, "no", "another origin or order");
    edition = ring.edition;
    for (const { purpose, key, centre } of ring.keys) {
      if (purpose === "receipt") found.receiptKeys.push(Buffer.from(key, "hex"));
      if (purpose === "desk" && (!centre || centre === found.file.centre)) found.deskKeys.push(key);
    }
  }
}

/** The keys that a device gave up, oldest first, with the last batch and entry of each. */
function givenUp(found, { device, key, former = [] }) {
  const chain = [...former.map((one) => one.key), key];
  demand(new Set(chain).size === chain.length && chain.every((one) => /^[0-9a-f]{64}$/.test(one)), "no", "keys");
  const ended = [];
  for (const [number, { taken, given }] of former.entries()) {
    const [old, fresh] = chain.slice(number, number + 2).map((one) => Buffer.from(one, "hex"));
    demand(usable(old) && usable(fresh), "no", "an unusable key");
    const said = json(opened(taken, TYPES["new-key"], fresh));
    demand(same([said.device, said.origin, said.key], [device, found.file.origin, hex(fresh)]), "no", "another key");
    if (given) demand(opened(given, TYPES["new-key"], old).equals(b64(taken.payload)), "no", "another word");
    const before = ended.at(-1) ?? { last: 0, number: 0 };
    demand(said.last >= before.last && said.number >= before.number, "no", "keys out of order");
    ended.push({ key: old, last: said.last, number: said.number });
  }
  return ended;
}

export function devices(found) {
  const { origin, centre } = found.file;
  for (const one of found.file.devices) {
    const { device, key, vouched, enrolment, former = [] } = one;
    demand(/^[0-9a-f]{32}$/.test(device) && /^[0-9a-f]{64}$/.test(key) && !found.devices.has(device), "no");
    demand(usable(Buffer.from(key, "hex")), "no", "an unusable key");
    const ended = givenUp(found, one);
    if (device === found.desk) {
      demand(found.deskKeys.includes(key) && !vouched && !enrolment && !former.length, "no", "not the desk's");
    } else {
      demand(vouched, "no", "nobody vouches");
      const said = json(centres(found, vouched, TYPES.device));
      demand(same([said.origin, said.centre, said.device, said.key], [origin, centre, device, key]), "no");
      demand(same(said.former ?? [], former.map((given) => given.key)), "no", "other keys");
      const first = former[0]?.key ?? key;
      const asked = enrolment ? json(opened(enrolment, TYPES.enrolment, Buffer.from(first, "hex"))) : { key: first, origin };
      demand(asked.key === first && asked.origin === origin, "no", "another key was enrolled");
    }
    found.devices.set(device, { ended, present: Buffer.from(key, "hex") });
  }
}

/** The key that signed a batch, or by `member` "number" an entry; of the desk's keys the one that is named. */
export function keyOf(found, device, envelope, count, member) {
  const keys = found.devices.get(device);
  demand(keys, "no", "of a device that is not here");
  if (device !== found.desk) return keys.ended.find((one) => count <= one[member])?.key ?? keys.present;
  return found.deskKeys.map((key) => Buffer.from(key, "hex")).find((key) => hex(keyId(key)) === envelope.signatures[0].keyid);
}

function readRestored(payload) {
  const reader = new Reader(payload);
  reader.take(36);
  const told = { epoch: reader.u32(), forkedAt: reader.u64(), size: reader.u64(), root: reader.take(32) };
  Object.assign(told, { photosUntil: reader.i64(), at: reader.i64() });
  reader.end();
  return told;
}

export function logs(found) {
  let before = null;
  for (const { epoch, checkpoint, restored, path = [] } of found.file.logs) {
    const ends = { epoch, ...noted(found, checkpoint, epoch) };
    if (!before) demand(!restored && path.length === 0, "no", "a restore of what is not here");
    else {
      demand(restored, "no", "no restore");
      const payload = opened(restored, TYPES.restored, found.root);
      const told = readRestored(payload);
      demand(restoredPayload(told, found.self).equals(payload) && told.epoch === epoch && epoch > before.epoch, "no");
      demand(Math.floor(told.forkedAt / EPOCH) === before.epoch && told.size === before.size, "no", "another fork");
      demand(told.root.equals(before.root), "no", "another root");
      leadsTo(0, ends.size, leafHash(payload), path.map(b64), ends.root);
    }
    found.logs.set(epoch, ends);
    before = ends;
  }
}
