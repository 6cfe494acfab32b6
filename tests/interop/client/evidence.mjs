// Checks an evidence file, from the page sync/EVIDENCE.md alone: twelve steps, the first that fails ends it.

import { demand, hex, Reader, Refused, sha256, u64, utf8 } from "./bytes.mjs";
import { readEntry } from "./entry.mjs";
import { mandates } from "./evidence_facts.mjs";
import { readForm, written } from "./evidence_form.mjs";
import { b64, centres, devices, json, keyOf, keys, leadsTo, logs, noted, opened, same } from "./evidence_trust.mjs";
import { TYPES } from "./keys.mjs";
import { leafHash } from "./log.mjs";
import { checkPasskey } from "./passkey.mjs";
import { sealedAgain } from "./sealed.mjs";
import { photoPayload, receiptPayload } from "./statements.mjs";

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

/** A batch for this centre, which its device signed under the key that it had then. */
function batchOf(found, envelope) {
  const payload = b64(envelope.payload);
  const header = readHeader(payload);
  opened(envelope, TYPES.batch, keyOf(found, hex(header.device), envelope, header.sequence, "last"));
  demand(header.origin.equals(found.self.origin) && header.centre.equals(found.self.centre), "no", "elsewhere");
  return { ...header, payload, digest: sha256(payload) };
}

function readSpooled(payload) {
  const reader = new Reader(payload);
  demand(reader.take(15).equals(utf8("daiban spool 1\n")), "no", "not a save");
  const said = { origin: reader.take(16), centre: reader.take(16), device: reader.take(16), number: reader.u64() };
  said.digest = reader.take(32);
  reader.end();
  return said;
}

/** A save for this centre, which its phone signed singly under the key that it had then. */
function saveOf(found, envelope) {
  const said = readSpooled(b64(envelope.payload));
  const device = hex(said.device);
  demand(device !== found.desk, "no", "a desk has no spool");
  opened(envelope, TYPES.spooled, keyOf(found, device, envelope, said.number, "number"));
  demand(said.origin.equals(found.self.origin) && said.centre.equals(found.self.centre), "no", "elsewhere");
  return said;
}

function batches(found) {
  const last = new Map();
  for (const { envelope } of found.file.batches) {
    const batch = batchOf(found, envelope);
    const device = hex(batch.device);
    const before = last.get(device);
    if (before) {
      demand(batch.sequence > before.sequence && batch.first >= before.first + before.count, "no", "out of order");
      demand(batch.sequence > before.sequence + 1 || batch.previous.equals(before.digest), "no", "another chain");
    }
    last.set(device, batch);
    found.batches.push(batch);
  }
  for (const { envelope } of found.file.spooled ?? []) {
    const said = saveOf(found, envelope);
    const before = found.spooled.at(-1);
    const order = before ? Buffer.compare(said.device, before.device) || said.number - before.number : 1;
    demand(order > 0, "no", "out of order");
    found.spooled.push(said);
  }
}

/** An entry whose hash was signed at its place. */
function disclosed({ first, hashes, device }, { index, salt, entry }) {
  demand(index >= 0 && index < hashes.length && b64(salt).length === 16, "no", "no such entry");
  demand(sha256(b64(salt), utf8(entry)).equals(hashes[index]), "no", "not what was signed");
  return { device: hex(device), number: first + index, text: entry, ...readEntry(utf8(entry)) };
}

function entries(found) {
  found.file.batches.forEach((shown, number) => {
    let after = -1;
    for (const one of shown.entries) {
      demand(one.index > after, "no", "out of order");
      after = one.index;
      found.entries.push(disclosed(found.batches[number], one));
    }
    demand(after >= 0, "no", "nothing of the case");
  });
  const batched = new Set(found.entries.map(({ device, number }) => `${device}/${number}`));
  (found.file.spooled ?? []).forEach(({ entry }, at) => {
    const { device, number, digest } = found.spooled[at];
    demand(sha256(utf8(entry)).equals(digest) && !batched.has(`${hex(device)}/${number}`), "no", "not what was signed");
    found.entries.push({ device: hex(device), number, text: entry, ...readEntry(utf8(entry)) });
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

function stands(found, epoch, leaf, payload, path) {
  const ends = found.logs.get(epoch);
  demand(ends && leaf >= 0, "no", "its log is not here");
  leadsTo(leaf, ends.size, leafHash(payload), path.map(b64), ends.root);
}

function inclusion(found) {
  found.file.batches.forEach(({ path = [] }, number) => {
    const { epoch, leaf } = found.kept[number];
    stands(found, epoch, leaf, found.batches[number].payload, path);
  });
  for (const { envelope, epoch, leaf, path = [] } of found.file.spooled ?? []) {
    stands(found, epoch, leaf, b64(envelope.payload), path);
  }
}

const rising = (numbers) => numbers.length > 0 && numbers.every((one, at) => at === 0 || one > numbers[at - 1]);

/** Who signed by passkey for this choice of a batch. */
function adopter(found, { numbers, signed }, { device, digest }) {
  const owned = json(centres(found, signed.vouched, TYPES.passkey));
  const [credential, key] = [signed.credential, signed.key].map((text) => hex(b64(text)));
  const about = [owned.origin, owned.centre, owned.credential, owned.key];
  demand(same(about, [found.file.origin, found.file.centre, credential, key]), "no", "another passkey");
  const choice = sha256(utf8("daiban adopt 1\n"), device, digest, ...numbers.map(u64));
  const [data, client, signature] = [signed.authenticator_data, signed.client_data, signed.signature].map(b64);
  checkPasskey({ key: b64(signed.key), data, client, signature }, "batch.adopt", choice, owned.page);
  return owned.person;
}

/** The desk handed in what was adopted, with who took it on and where it comes from. */
function taken(found, proved, person, { device, digest }, { number, text }) {
  const adopted = `${hex(device)}/${hex(digest)}/${number}`;
  const repeated = JSON.stringify({ ...JSON.parse(text), by: person, adopted });
  const repeats = (other) => other.device === found.desk && JSON.stringify(JSON.parse(other.text)) === repeated;
  demand(!proved.has(adopted) && found.entries.some(repeats), "no", "not what was adopted, or twice");
  proved.add(adopted);
}

function adoptions(found) {
  const proved = new Set();
  for (const one of found.file.adopted ?? []) {
    demand(rising(one.numbers) && rising(one.entries.map(({ index }) => index)), "no", "out of order");
    const batch = batchOf(found, one.envelope);
    demand(one.numbers[0] >= batch.first && one.numbers.at(-1) < batch.first + batch.count, "no", "no such entry");
    const person = adopter(found, one, batch);
    for (const shown of one.entries) {
      const original = disclosed(batch, shown);
      demand(one.numbers.includes(original.number), "no", "not chosen");
      taken(found, proved, person, batch, original);
    }
  }
  for (const one of found.file.adopted_saves ?? []) {
    const of = { device: Buffer.from(one.device, "hex"), digest: Buffer.from(one.digest, "hex") };
    const exact = of.device.length === 16 && of.digest.length === 32;
    demand(exact && same([hex(of.device), hex(of.digest)], [one.device, one.digest]), "no", "not an id");
    const saves = one.saves.map(({ envelope, entry }) => ({ ...saveOf(found, envelope), text: entry }));
    const ordered = rising(one.numbers) && rising(saves.map(({ number }) => number));
    demand(ordered && one.numbers[0] > 0, "no", "out of order");
    const person = adopter(found, one, of);
    for (const save of saves) {
      demand(save.device.equals(of.device) && one.numbers.includes(save.number), "no", "not chosen");
      demand(sha256(utf8(save.text)).equals(save.digest), "no", "not what was signed");
      readEntry(utf8(save.text));
      taken(found, proved, person, of, save);
    }
  }
}

function photos(found) {
  for (const { receipt, content, seal } of found.file.photos) {
    const payload = centres(found, receipt, TYPES["photo-receipt"]);
    const reader = new Reader(payload);
    reader.take(36);
    const told = { device: reader.take(16), record: reader.take(16), digest: reader.take(32), size: reader.u64() };
    told.received = reader.i64();
    demand(photoPayload(told, { ...found.self, device: told.device }).equals(payload), "no", "elsewhere");
    const names = ({ kind, record, fields }) =>
      kind === "photo" && record === hex(told.record) && fields?.sha256 === hex(told.digest);
    const named = found.entries.findLast(names);
    demand(named && (content !== undefined || !seal), "no", "no entry names it");
    if (content === undefined) continue;
    const came = seal ? sealedAgain(b64(content), b64(seal.key), b64(seal.header)) : b64(content);
    demand(sha256(came).equals(told.digest) && came.length === told.size, "no", "other bytes");
    const clear = named.fields.clear_sha256;
    demand(!seal || !clear || hex(sha256(b64(content))) === clear, "no", "another picture");
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

const STEPS = { keys, devices, logs, batches, entries, receipts, inclusion, adoptions, photos, texts, whole };

/** The code of the first step that fails, or an empty text and what was found if the file holds under the root key. */
function judged(bytes, root) {
  let found;
  try {
    const file = readForm(bytes);
    const [origin, centre] = [file.origin, file.centre].map((text) => Buffer.from(text, "hex"));
    const lists = { receiptKeys: [], deskKeys: [], batches: [], spooled: [], entries: [], kept: [] };
    const desk = hex(sha256("daiban desk 1\n", origin, centre).subarray(0, 16));
    found = { file, root, self: { origin, centre }, desk, devices: new Map(), logs: new Map(), ...lists };
  } catch {
    return { code: "evidence.form" };
  }
  for (const [name, step] of Object.entries(STEPS)) {
    try {
      step(found);
    } catch (error) {
      if (error instanceof Refused || error instanceof SyntaxError) return { code: `evidence.${name}` };
      throw error;
    }
  }
  return { code: "", found };
}

export const checkEvidence = (bytes, root) => judged(bytes, root).code;

/** What a file that holds says of its mandates. */
export function readMandates(bytes, root) {
  const { code, found } = judged(bytes, root);
  demand(!code, "no", code);
  return mandates(found);
}
