// Checks an evidence file, from the page sync/EVIDENCE.md alone: eleven steps, the first that fails ends it.

import { demand, hex, Reader, Refused, sha256, utf8 } from "./bytes.mjs";
import { usable } from "./curve.mjs";
import { readEntry } from "./entry.mjs";
import { readForm, written } from "./evidence_form.mjs";
import { keyId, TYPES, verified, verifiedDsse } from "./keys.mjs";
import { checkpointNote, leafHash, logName, nodeHash } from "./log.mjs";
import { photoPayload, receiptPayload, restoredPayload } from "./statements.mjs";

const EPOCH = 2 ** 40;
const b64 = (text) => Buffer.from(text, "base64");
const json = (bytes) => JSON.parse(bytes.toString("utf8"));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function opened(envelope, type, key) {
  const payload = b64(envelope.payload);
  const [{ keyid, sig }] = envelope.signatures;
  demand(envelope.payloadType === type && key && keyid === hex(keyId(key)), "no", "another type or key");
  demand(verifiedDsse(key, type, payload, b64(sig)), "no", "the signature does not verify");
  return payload;
}

const byReceiptKey = (found, envelope) => found.receiptKeys.find((key) => hex(keyId(key)) === envelope.signatures[0].keyid);
const centres = (found, envelope, type) => opened(envelope, type, byReceiptKey(found, envelope));

/** RFC 9162 §2.1.3.2. */
function leadsTo(leaf, size, hash, path, root) {
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
function noted(found, text, epoch) {
  const name = logName(found.self, epoch);
  const [origin, size, root, time] = text.split("\n");
  const told = { size: Number(size), root: b64(root ?? ""), time: Number((time ?? "").slice(5)) };
  const signature = b64(text.trimEnd().split(" ").at(-1)).subarray(4);
  const key = found.receiptKeys.find((one) => checkpointNote({ ...told, key: one, signature }, name) === text);
  demand(origin === name && key, "no", "not a checkpoint of this log");
  demand(verified(key, utf8(`${text.split("\n\n")[0]}\n`), signature), "no", "the note's signature");
  return told;
}

function keys(found) {
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

function devices(found) {
  const { origin, centre } = found.file;
  const desk = hex(sha256("daiban desk 1\n", found.self.origin, found.self.centre).subarray(0, 16));
  for (const { device, key, vouched, enrolment } of found.file.devices) {
    demand(/^[0-9a-f]{32}$/.test(device) && /^[0-9a-f]{64}$/.test(key) && !found.devices.has(device), "no");
    const bytes = Buffer.from(key, "hex");
    demand(usable(bytes), "no", "an unusable key");
    if (device === desk) demand(found.deskKeys.includes(key) && !vouched && !enrolment, "no", "not the desk's");
    else {
      demand(vouched, "no", "nobody vouches");
      const said = json(centres(found, vouched, TYPES.device));
      demand(same([said.origin, said.centre, said.device, said.key], [origin, centre, device, key]), "no");
      const asked = enrolment ? json(opened(enrolment, TYPES.enrolment, bytes)) : { key, origin };
      demand(asked.key === key && asked.origin === origin, "no", "another key was enrolled");
    }
    found.devices.set(device, bytes);
  }
}

function readRestored(payload) {
  const reader = new Reader(payload);
  reader.take(36);
  const told = { epoch: reader.u32(), forkedAt: reader.u64(), size: reader.u64(), root: reader.take(32) };
  Object.assign(told, { photosUntil: reader.i64(), at: reader.i64() });
  reader.end();
  return told;
}

function logs(found) {
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

function readHeader(payload) {
  const reader = new Reader(payload);
  demand(reader.u16() === 1 && reader.u16() === 0, "no", "another version");
  const header = { origin: reader.take(16), centre: reader.take(16), device: reader.take(16), sequence: reader.u64() };
  Object.assign(header, { previous: reader.take(32), checkpointSize: reader.u64(), checkpoint: reader.take(32) });
  Object.assign(header, { first: reader.u64(), count: reader.u32() });
  header.hashes = Array.from({ length: header.count }, () => reader.take(32));
  reader.end();
  return header;
}

function batches(found) {
  const last = new Map();
  for (const { envelope } of found.file.batches) {
    const payload = b64(envelope.payload);
    const header = readHeader(payload);
    const device = hex(header.device);
    opened(envelope, TYPES.batch, found.devices.get(device));
    demand(header.origin.equals(found.self.origin) && header.centre.equals(found.self.centre), "no", "elsewhere");
    const before = last.get(device);
    if (before) {
      demand(header.sequence > before.sequence && header.first >= before.first + before.count, "no", "out of order");
      demand(header.sequence > before.sequence + 1 || header.previous.equals(before.digest), "no", "another chain");
    }
    const batch = { ...header, payload, digest: sha256(payload) };
    last.set(device, batch);
    found.batches.push(batch);
  }
}

function entries(found) {
  found.file.batches.forEach((shown, number) => {
    const { device, first, hashes } = found.batches[number];
    let after = -1;
    for (const { index, salt, entry } of shown.entries) {
      demand(index > after && index < hashes.length && b64(salt).length === 16, "no", "out of order");
      demand(sha256(b64(salt), utf8(entry)).equals(hashes[index]), "no", "not what was signed");
      after = index;
      found.entries.push({ device: hex(device), number: first + index, ...readEntry(utf8(entry)) });
    }
    demand(after >= 0, "no", "nothing of the case");
  });
  const members = new Set([found.file.case]);
  const joins = ({ record, fields = {} }) =>
    !members.has(record) && (members.has(fields.application) || members.has(fields.parent));
  for (let more = found.entries.find(joins); more; more = found.entries.find(joins)) members.add(more.record);
  demand(found.entries.every(({ record }) => members.has(record)), "no", "of another case");
}

function receipts(found) {
  found.file.batches.forEach(({ receipt, named }, number) => {
    const batch = found.batches[number];
    const payload = centres(found, receipt, TYPES.receipt);
    const reader = new Reader(payload);
    reader.take(92);
    const told = { epoch: reader.u32(), leaf: reader.u64(), notBefore: reader.i64(), received: reader.i64() };
    demand(receiptPayload(told, batch).equals(payload) && told.notBefore <= told.received, "no", "another batch's");
    if (named !== undefined) {
      demand(sha256(named).equals(batch.checkpoint), "no", "not the checkpoint that it names");
      const epoch = Number(named.split("\n")[0].split("/")[3] ?? 0);
      const { size, time } = noted(found, named, epoch);
      demand(size === batch.checkpointSize && told.notBefore === Math.min(time, told.received), "no", "the bound");
    }
    found.kept.push(told);
  });
}

function inclusion(found) {
  found.file.batches.forEach(({ path = [] }, number) => {
    const { epoch, leaf } = found.kept[number];
    const ends = found.logs.get(epoch);
    demand(ends, "no", "its log is not here");
    leadsTo(leaf, ends.size, leafHash(found.batches[number].payload), path.map(b64), ends.root);
  });
}

function photos(found) {
  for (const { receipt, content } of found.file.photos) {
    const payload = centres(found, receipt, TYPES["photo-receipt"]);
    const reader = new Reader(payload);
    reader.take(36);
    const told = { device: reader.take(16), record: reader.take(16), digest: reader.take(32), size: reader.u64() };
    told.received = reader.i64();
    demand(photoPayload(told, { ...found.self, device: told.device }).equals(payload), "no", "elsewhere");
    const names = ({ kind, record, fields }) =>
      kind === "photo" && record === hex(told.record) && fields?.sha256 === hex(told.digest);
    demand(found.entries.some(names), "no", "no entry names it");
    if (content === undefined) continue;
    demand(sha256(b64(content)).equals(told.digest) && b64(content).length === told.size, "no", "other bytes");
  }
}

function texts(found) {
  for (const { kind, version, text } of found.file.texts) {
    const digest = hex(sha256(utf8(text)));
    const states = ({ kind: of, fields }) =>
      of === "mandate" && fields?.text_version === version && fields.text_sha256 === digest;
    demand(kind === "mandate" && found.entries.some(states), "no", "not the text that was signed");
  }
}

function whole(found) {
  const { stated, ...rest } = found.file;
  demand(stated, "no", "nothing is said of the whole");
  const said = json(centres(found, stated, TYPES.evidence));
  demand(same([said.origin, said.centre, said.case], [rest.origin, rest.centre, rest.case]), "no", "another case");
  demand(said.contents === hex(sha256(written(rest))), "no", "another file");
  const pairs = (list) => list.map(({ device, number }) => [device, number]);
  demand(same(pairs(said.entries), pairs(found.entries)), "no", "other entries");
}

const STEPS = { keys, devices, logs, batches, entries, receipts, inclusion, photos, texts, whole };

/** The code of the first step that fails, or an empty text if the file holds under the root key. */
export function checkEvidence(bytes, root) {
  let found;
  try {
    const file = readForm(bytes);
    const [origin, centre] = [file.origin, file.centre].map((text) => Buffer.from(text, "hex"));
    const lists = { receiptKeys: [], deskKeys: [], batches: [], entries: [], kept: [] };
    found = { file, root, self: { origin, centre }, devices: new Map(), logs: new Map(), ...lists };
  } catch {
    return "evidence.form";
  }
  for (const [name, step] of Object.entries(STEPS)) {
    try {
      step(found);
    } catch (error) {
      if (error instanceof Refused || error instanceof SyntaxError) return `evidence.${name}`;
      throw error;
    }
  }
  return "";
}
