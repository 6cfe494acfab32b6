// Holds this client against the golden vectors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { verifiedAnswer, readOutcomes } from "./answer.mjs";
import * as batches from "./batch.mjs";
import { hex, NO_DIGEST, Refused, sha256 } from "./bytes.mjs";
import { usable } from "./curve.mjs";
import { DICTIONARIES } from "./dictionary.mjs";
import { readEntry } from "./entry.mjs";
import { checkEvidence } from "./evidence.mjs";
import { decode, encode, inflate } from "./frames.mjs";
import { Keyring, readCode } from "./keyring.mjs";
import * as keys from "./keys.mjs";
import * as log from "./log.mjs";
import { lay, view } from "./merge.mjs";
import { readOwn, readRecord } from "./records.mjs";
import { signatureBase, signedHeaders } from "./request.mjs";
import * as sealed from "./sealed.mjs";
import * as signed from "./statements.mjs";

const read = (name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));
const bytes = (text) => Buffer.from(text, "hex");
const many = (list) => list.map(bytes);
const pairs = () =>
  Object.fromEntries(
    Object.entries(read("keys").pairs).map(([name, one]) => [name, new keys.KeyPair(bytes(one.seed))]),
  );

function refusedAs(code, attempt, why) {
  assert.throws(attempt, (error) => error instanceof Refused && (code === undefined || error.code === code), why);
}

/** A sealed batch that is handed in under another id. */
function checkAnew(check) {
  const { seed, anew } = read("sealed");
  const key = new sealed.SealKey(bytes(seed));
  const pair = new keys.KeyPair(bytes(anew.seed));
  const header = { device: bytes(anew.device), sequence: anew.sequence, previous: bytes(anew.previous) };
  const made = batches.signedAnew(bytes(anew.kept_payload), header, pair);
  check([hex(made.payload), hex(made.digest)], [anew.payload, anew.digest]);
  check(hex(made.head) + anew.sealed, anew.frame);
  const { origin } = batches.readBatch(bytes(read("batch").first.packed), pairs().device.public);
  const open = (held) => sealed.opened(held, key, sealed.info("batch", origin, Buffer.alloc(16)));
  const batch = batches.unsealed(bytes(anew.frame), open);
  check(hex(batch), anew.opened);
  check(hex(batches.readBatch(batch, pair.public).digest), anew.digest);
  check(hex(batches.unsealed(bytes(anew.sealed), open)), read("batch").first.packed);
  refusedAs("batch.malformed", () => batches.unsealed(bytes(anew.frame.slice(2)), open), "cut");
}

const CHECKS = {
  keys(check) {
    const told = read("keys");
    const all = pairs();
    for (const [name, one] of Object.entries(told.pairs)) {
      check(hex(all[name].public), one.public);
      check(hex(keys.keyId(all[name].public)), one.id);
      check(keys.fingerprint(all[name].public), one.fingerprint);
      check(usable(all[name].public), true);
    }
    for (const one of told.unusable) check(usable(bytes(one.key)), false, one.why);
    const { payload_type: type, payload, encoding, signature, envelope } = told.dsse;
    check(hex(keys.encoding(type, bytes(payload))), encoding);
    check(hex(keys.signDsse(all.device, type, bytes(payload))), signature);
    check(JSON.parse(keys.seal(all.device, type, bytes(payload))), JSON.parse(envelope));
    check(hex(keys.open(envelope, all.device.public, type, "x")), payload);
    refusedAs("x", () => keys.open(envelope, all.root.public, type, "x"));
    refusedAs("x", () => keys.open(envelope, all.device.public, "text/html", "x"));
    check(Object.values(keys.TYPES).toSorted(), told.payload_types.toSorted());
  },

  keyring(check) {
    const told = read("keyring");
    const ring = new Keyring(told.envelope, bytes(told.root), bytes(told.origin));
    check(ring.edition, JSON.parse(told.payload).edition);
    check(ring.has(NO_DIGEST, pairs().receipt.public), true);
    check(ring.has(NO_DIGEST, pairs().desk.public), false);
    refusedAs(undefined, () => new Keyring(told.envelope, bytes(told.root), NO_DIGEST.subarray(16)));
  },

  enrolment(check) {
    const told = read("enrolment");
    const said = readCode(told.code);
    const stated = JSON.parse(told.stated);
    check([said.url, hex(said.origin), hex(said.root), said.secret], [stated.u, stated.o, stated.r, stated.c]);
    const envelope = keys.seal(pairs().device, keys.TYPES.enrolment, Buffer.from(told.payload));
    check(JSON.parse(envelope), JSON.parse(told.request));
    check(keys.fingerprint(bytes(JSON.parse(told.payload).key)), told.answer.fingerprint);
  },

  request(check) {
    for (const name of ["plain", "nonce", "empty"]) {
      const one = read("request")[name];
      const found = /created=(\d+);keyid="(\w+)"(?:;nonce="(.*)")?$/.exec(one.base);
      const said = { created: found[1], keyid: found[2], nonce: found[3] };
      const target = { ...one, body: bytes(one.body) };
      check(signatureBase(target, said), one.base);
      const headers = Object.entries(signedHeaders(target, said, pairs().device));
      check(headers.map(([header, value]) => `${header}: ${value}`).join("\n"), one.headers.trimEnd());
    }
  },

  entries(check) {
    const told = read("entries");
    for (const one of told.accepted) check(readEntry(bytes(one.entry)), one.value, one.why);
    for (const one of told.refused) refusedAs("entry.malformed", () => readEntry(bytes(one.entry)), one.why);
  },

  batch(check) {
    const told = read("batch");
    const { device } = pairs();
    for (const one of [told.first, told.second]) {
      const header = { sequence: one.header.sequence, first: one.header.first };
      for (const name of ["origin", "centre", "device", "previous", "checkpoint"]) header[name] = bytes(one.header[name]);
      header.checkpointSize = one.header.checkpoint_size;
      const entries = one.entries.map((entry) => Buffer.from(entry, "utf8"));
      check(batches.salts(bytes(one.secret), entries.length).map(hex), one.salts);
      check(batches.entryHashes(bytes(one.secret), entries).map(hex), one.hashes);
      const made = batches.sealBatch(header, bytes(one.secret), entries, device);
      check(hex(batches.headerBytes(made)), one.header_bytes);
      check(hex(made.payload), one.payload);
      check(hex(made.digest), one.digest);
      check(hex(made.signature), one.signature);
      check(hex(batches.packBatch(made)), one.packed);
      check(hex(batches.readBatch(bytes(one.packed), device.public).digest), one.digest);
    }
    for (const one of told.refused) {
      refusedAs(one.code, () => batches.readBatch(bytes(one.packed), device.public), one.why);
    }
    for (const { chain, stored, batch, verdict } of told.judged) {
      const place = { ...batch, previous: bytes(batch.previous), digest: bytes(batch.digest) };
      const end = { ...chain, digest: bytes(chain.digest) };
      check(batches.judge(end, stored ? bytes(stored) : undefined, place), verdict);
    }
  },

  receipt(check) {
    const told = read("receipt");
    const first = read("batch").first;
    const batch = batches.readBatch(bytes(first.packed), pairs().device.public);
    const ring = new Keyring(read("keyring").envelope, pairs().root.public, batch.origin);
    const receipt = signed.readReceipt(bytes(told.batch.packed));
    check([receipt.epoch, receipt.leaf], [told.batch.epoch, told.batch.leaf]);
    check([receipt.notBefore, receipt.received], [told.batch.earliest, told.batch.latest]);
    check(hex(signed.receiptPayload(receipt, batch)), told.batch.payload);
    check(hex(receipt.signature), told.batch.signature);
    signed.checkReceipt(receipt, batch, ring);
    refusedAs("receipt.signature", () => signed.checkReceipt({ ...receipt, leaf: 6 }, batch, ring));
    const photo = signed.readPhotoReceipt(bytes(told.photo.packed));
    check(hex(photo.digest), hex(sha256(bytes(told.photo.bytes))));
    check(hex(signed.photoPayload(photo, batch)), told.photo.payload);
    signed.checkPhotoReceipt(photo, batch, ring);
    refusedAs("receipt.signature", () => signed.checkPhotoReceipt({ ...photo, size: 1 }, batch, ring));
    for (const { at, effective } of told.effective) {
      check(Math.max(receipt.notBefore, Math.min(at, receipt.received)), effective);
    }
  },

  outcomes(check) {
    const told = read("outcomes");
    check(readOutcomes(told.packed), told.outcomes);
    for (const odd of told.malformed) refusedAs("body.malformed", () => readOutcomes(odd));
  },

  frames(check) {
    const { dictionaries } = read("dictionary");
    for (const [number, one] of Object.entries(dictionaries)) check(hex(DICTIONARIES[number]), one.bytes);
    const told = [read("frames").hello, read("frames").unknown, read("exchange").request, read("exchange").answer];
    for (const one of told) {
      const frames = one.frames.map(({ type, payload }) => [type, bytes(payload)]);
      check(decode(bytes(one.body)), frames);
      check(decode(encode(frames)), frames);
      if (one.inflated) check(hex(inflate(bytes(one.body))), one.inflated);
      refusedAs("body.malformed", () => decode(bytes(`${one.body}00`)), "a byte behind");
      refusedAs("body.malformed", () => decode(bytes(one.body.slice(0, -2))), "cut off");
      refusedAs("dictionary.unknown", () => decode(bytes(`ff${one.body.slice(2)}`)));
    }
  },

  hashing(check) {
    const told = read("hashing");
    const leaves = told.leaves.map((leaf, number) => {
      check(hex(log.leafHash(Buffer.from(`leaf ${number}`))), leaf);
      return bytes(leaf);
    });
    let frontier = new log.Frontier();
    for (const { size, root, frontier: hashes } of told.roots) {
      if (size > 0) frontier = frontier.with(0, leaves[size - 1]);
      check([frontier.size, hex(frontier.root()), frontier.hashes.map(hex)], [size, root, hashes]);
    }
  },

  extension(check) {
    const told = read("extension");
    const own = (one) => new Map(Object.entries(one.own).map(([leaf, hash]) => [Number(leaf), bytes(hash)]));
    const before = (one) => new log.Frontier(one.start, many(one.frontier));
    for (const one of told.cases) {
      const steps = log.subtrees(one.start, one.end, own(one)).filter((step) => !step.own);
      check(steps.map((step) => step.node), one.nodes);
      const reached = log.extend(before(one), one.end, bytes(one.root), own(one), many(one.proof));
      check(reached.hashes.map(hex), one.reached);
    }
    for (const one of told.refused) {
      const attempt = () => log.extend(before(one), one.end, bytes(one.root), own(one), many(one.proof));
      refusedAs(one.code, attempt, one.why);
    }
  },

  checkpoint(check) {
    const told = read("checkpoint");
    const checkpoint = log.readCheckpoint(bytes(told.packed));
    check(log.checkpointText(checkpoint, told.log), told.text);
    check(log.checkpointNote(checkpoint, told.log), told.note);
    check(log.verifierKey(told.log, checkpoint.key), told.verifier_key);
    check(hex(log.checkpointDigest(checkpoint, told.log)), told.digest);
    const { origin, centre } = batches.readBatch(bytes(read("batch").first.packed), pairs().device.public);
    const ring = new Keyring(read("keyring").envelope, pairs().root.public, origin);
    check(log.logName({ origin, centre }, 0), told.log);
    log.checkCheckpoint(checkpoint, { origin, centre }, 0, ring);
    refusedAs("checkpoint.signature", () => log.checkCheckpoint(checkpoint, { origin, centre }, 1, ring));
  },

  pull(check) {
    const told = read("pull");
    for (const [name, one] of Object.entries(told.records)) {
      check(readRecord(bytes(one.packed), told.authors), one.record, name);
    }
    check(readOwn(bytes(told.own.packed)), told.own.runs);
    refusedAs("body.malformed", () => readRecord(bytes(told.records.whole.packed), []), "an author that is missing");
  },

  restored(check) {
    const told = read("restored");
    const { origin, centre } = batches.readBatch(bytes(read("batch").first.packed), pairs().device.public);
    const self = { origin, centre, root: pairs().root.public };
    const ring = new Keyring(read("keyring").envelope, self.root, origin);
    const horizon = signed.readHorizon(bytes(told.horizon.packed));
    check(hex(signed.horizonPayload(horizon, self)), told.horizon.payload);
    signed.checkHorizon(horizon, self, ring);
    const restored = signed.readRestored(bytes(told.restored.packed));
    check(hex(signed.restoredPayload(restored, self)), told.restored.payload);
    check(hex(log.leafHash(bytes(told.restored.payload))), told.restored.first_leaf);
    check(log.logName(self, restored.epoch), told.restored.log);
    signed.checkRestored(restored, self);
    refusedAs("restored.signature", () => signed.checkRestored({ ...restored, epoch: 2 }, self));
    for (const one of told.judged) {
      check([signed.covered(one, horizon), signed.forgotten(one, restored)], [one.covered, one.forgotten]);
    }
  },

  evidence(check) {
    const told = read("evidence");
    const [root, file] = [bytes(told.root), Buffer.from(told.file, "base64")];
    check(checkEvidence(file, root), "");
    for (const { why, text, instead, code } of told.altered) {
      check(checkEvidence(Buffer.from(file.toString("utf8").replace(text, () => instead)), root), code, why);
    }
    for (let at = 0; at < file.length; at += 3) {
      const other = Buffer.from(file);
      other[at] ^= 1 << at % 8;
      check(checkEvidence(other, root) === "", false, `byte ${at}`);
    }
  },

  sealed(check) {
    const told = read("sealed");
    const key = new sealed.SealKey(bytes(told.seed));
    check([hex(key.public), hex(key.id)], [told.public, told.id]);
    const { origin, centre } = batches.readBatch(bytes(read("batch").first.packed), pairs().device.public);
    for (const one of told.cases) {
      const about = sealed.info(one.purpose, origin, one.purpose === "photo" ? centre : Buffer.alloc(16));
      check(hex(about), one.info, one.name);
      check(hex(sealed.opened(bytes(one.sealed), key, about)), one.content, one.name);
      refusedAs("seal.broken", () => sealed.opened(bytes(one.sealed), key, about.subarray(1)), one.name);
      refusedAs("seal.broken", () => sealed.opened(bytes(one.sealed.slice(0, -2)), key, about), one.name);
    }
    checkAnew(check);
  },

  merge(check) {
    for (const story of read("merge").stories) {
      const heads = story.changes.reduce(lay, []);
      const found = view(heads);
      const stand = heads.map(({ position, names }) => ({ position, names: names.toSorted() }));
      check(stand, story.heads.map(({ position, names }) => ({ position, names: names.toSorted() })), story.name);
      check(found.visible, story.visible, story.name);
      const conflicts = Object.entries(found.conflicts).map(([name, list]) => [name, list.map((one) => one.value)]);
      check(Object.fromEntries(conflicts), story.conflicts, story.name);
      check([found.deleted, found.doubted], [story.deleted, story.doubted], story.name);
    }
  },

  exchange(check) {
    const told = read("exchange");
    const self = { origin: bytes(told.origin), centre: bytes(told.centre), device: bytes(told.device) };
    const { size, frontier, keyring } = told.before;
    const state = { ...self, root: bytes(told.root_key), epoch: 0, size, frontier: many(frontier), keyring };
    const frames = told.request.frames.filter((frame) => frame.name === "BATCH");
    const sent = frames.map((frame) => batches.readBatch(bytes(frame.payload), pairs().device.public));
    const found = verifiedAnswer(bytes(told.answer.body), state, sent);
    const { after } = told;
    check([found.frontier.size, found.frontier.hashes.map(hex)], [after.size, after.frontier]);
    check([hex(found.frontier.root()), hex(found.digest)], [after.root, after.checkpoint]);
    check([found.keyring.edition, found.answer.cursor], [after.keyring, after.cursor]);
    refusedAs("receipt.unasked", () => verifiedAnswer(bytes(told.answer.body), state, []));
    const elsewhere = { ...state, size: 2, frontier: many(frontier).slice(0, 1) };
    refusedAs("log.forked", () => verifiedAnswer(bytes(told.answer.body), elsewhere, sent));
  },
};

/** Runs every file's checks; gives for each how many values were compared, or what differed. */
export function checkAll() {
  return Object.fromEntries(
    Object.entries(CHECKS).map(([name, run]) => {
      let compared = 0;
      const check = (found, wanted, why) => {
        compared += 1;
        assert.deepStrictEqual(found, wanted, why && `${why}: ${JSON.stringify(found)} for ${JSON.stringify(wanted)}`);
      };
      try {
        run(check);
        return [name, { compared }];
      } catch (error) {
        return [name, { compared, differs: error.message }];
      }
    }),
  );
}
