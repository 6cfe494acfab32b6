// One device: its key, its outbox, its mirror of the centre, and the round trips between them.

import { randomBytes } from "node:crypto";
import { demand, hex, sha256, unhex } from "./bytes.mjs";
import { readEnrolment, verifiedAnswer } from "./answer.mjs";
import { writeEntry } from "./entry.mjs";
import { encode, FRAME } from "./frames.mjs";
import { Keyring, readCode } from "./keyring.mjs";
import { fingerprint, KeyPair, seal, TYPES } from "./keys.mjs";
import { lay, view } from "./merge.mjs";
import { AUTHORITY } from "./records.mjs";
import { freeze, forget, toSend, unreceipted } from "./outbox.mjs";
import { good, send, sendSigned } from "./request.mjs";
import { keep, kept } from "./store.mjs";
import { upload } from "./upload.mjs";

const MOST_PHOTOS = 1000;
const TYPE = "application/vnd.daiban.sync";
const BEYOND = 2 ** 52; // own heads stand at positions that are greater than any pulled one

const START = () => ({
  sequence: 0, number: 0, previous: Buffer.alloc(32), epoch: 0, size: 0, frontier: [], checkpoint: Buffer.alloc(32),
  cursor: "", horizon: null, offset: 0, whole: false, entries: [], batches: [], photos: [], mirror: {},
});

const recordOf = (entry) => JSON.parse(entry.bytes.toString("utf8")).record;

/** A UUIDv7 of now. */
function newId(now) {
  const bytes = Buffer.concat([Buffer.alloc(6), randomBytes(10)]);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return hex(bytes);
}

export class Device {
  /** The device in `folder`; `off` is by how many milliseconds its clock is wrong. */
  constructor(folder, off = 0, transport = send) {
    this.folder = folder;
    this.clock = () => Date.now() + off;
    this.transport = transport;
    this.state = kept(folder);
  }

  /** The time of now as this device believes it. */
  now() {
    return this.clock() + this.state.offset;
  }

  #keep() {
    keep(this.folder, this.state);
  }

  /**
   * Enrols with a one-time code. A key that waits for its answer is used again; `again` keeps the key and the id
   * where a restored server forgot the device.
   */
  async enrol(text, name, again = false) {
    const code = readCode(text);
    if (!again && (!this.state || this.state.device)) this.state = { ...START(), seed: KeyPair.fresh().seed };
    Object.assign(this.state, { url: code.url, origin: code.origin, root: code.root });
    this.#keep();
    const pair = new KeyPair(this.state.seed);
    const said = { code: code.secret, key: hex(pair.public), origin: hex(code.origin), name, at: this.clock() };
    if (again) said.device = hex(this.state.device);
    const envelope = Buffer.from(seal(pair, TYPES.enrolment, Buffer.from(JSON.stringify(said))), "utf8");
    const headers = { "Content-Type": "application/json" };
    const answer = good(await this.transport(`${code.url}/v1/enrolments`, "POST", headers, envelope));
    const { said: told, device, centre } = readEnrolment(answer.body);
    new Keyring(told.keyring, code.root, code.origin);
    demand(told.fingerprint === fingerprint(pair.public), "fingerprint.mismatch");
    Object.assign(this.state, { device, centre, keyring: told.keyring, role: told.role, person: told.person_name });
    this.#keep();
    return { device: hex(device), state: told.state, fingerprint: fingerprint(pair.public) };
  }

  #signed(method, path, body, headers) {
    const { url, device, seed } = this.state;
    const self = { url, keyid: hex(device), pair: new KeyPair(seed), now: () => this.now(), transport: this.transport };
    return sendSigned(self, method, path, body, headers);
  }

  /** Puts what was saved into signed batches, on disk before any of it leaves; gives the last one's sequence. */
  freeze() {
    freeze(this.state);
    this.#keep();
    return this.state.sequence;
  }

  async poll() {
    const answer = await this.#signed("GET", "/v1/enrolment", Buffer.alloc(0));
    return JSON.parse(answer.body.toString("utf8")).state;
  }

  /** Saves entries: they are in the outbox, on disk, before this returns; gives the last one's number. */
  save(...entries) {
    const at = this.now();
    for (const bytes of entries.map((entry) => writeEntry({ ...entry, at }))) {
      const number = ++this.state.number;
      this.state.entries.push({ number, bytes, outcome: null, code: null, fields: [], sequence: 0, pulled: false });
    }
    this.#keep();
    return this.state.number;
  }

  create(kind, fields) {
    const record = newId(this.now());
    this.save({ record, kind, fields });
    return record;
  }

  /** As many records of one kind as there are `forms`; gives their ids. */
  createMany(kind, forms) {
    const made = forms.map((fields) => ({ record: newId(this.now()), kind, fields }));
    this.save(...made);
    return made.map((one) => one.record);
  }

  /** Everything that a form needs to show a record, and to write a change of it later. */
  open(record) {
    const shown = this.view(record);
    const positions = (one) => one.heads.filter((head) => head.pulled).map((head) => head.position);
    const contested = Object.entries(shown.conflicts).map(([name, list]) => {
      return [name, { visible: positions(list[0]), all: list.flatMap(positions) }];
    });
    return { record, kind: shown.kind, seen: shown.position, contested: Object.fromEntries(contested) };
  }

  /** An ordinary edit: of a field in conflict it replaces the value that was shown. */
  edit(form, fields) {
    return this.#change(form, fields, "visible");
  }

  /** A settlement by somebody who saw all values of the field: it replaces them all. */
  settle(form, name, value) {
    return this.#change(form, { [name]: value }, "all");
  }

  #change({ record, kind, seen, contested }, fields, which) {
    const names = Object.keys(fields).filter((name) => Object.hasOwn(contested, name));
    const over = Object.fromEntries(names.map((name) => [name, contested[name][which]]));
    return this.save({ record, kind, fields, seen, ...(names.length > 0 ? { over } : {}) });
  }

  command(record, command, rest = {}) {
    return this.save({ record, kind: this.view(record).kind, command, ...rest });
  }

  report(record, report, facts) {
    return this.save({ record, kind: this.view(record).kind, report, facts });
  }

  addPhoto(parent, bytes, fields = {}) {
    const [digest, size] = [sha256(bytes), bytes.length];
    const record = this.create("photo", { parent, sha256: hex(digest), size, ...fields });
    this.state.photos.push({ record, digest, size, bytes, receipt: null });
    this.#keep();
    return record;
  }

  /** A record with one's own unsent work laid over what was pulled; undefined if there is neither. */
  view(record) {
    const pulled = this.state.mirror[record];
    let heads = pulled ? pulled.heads : [];
    for (const entry of this.state.entries.filter((one) => this.#stands(one))) {
      const said = JSON.parse(entry.bytes.toString("utf8"));
      if (said.record === record && said.fields) heads = this.#laid(heads, entry.number, said);
    }
    if (heads.length === 0) return undefined;
    return { record, kind: heads[0].kind, position: pulled?.position ?? 0, ...view(heads) };
  }

  /** Whether an own entry is not yet in the mirror and may still come to be. */
  #stands(entry) {
    return entry.outcome !== "refused" && !entry.pulled;
  }

  #laid(heads, number, said) {
    const device = hex(this.state.device);
    if (heads.some((head) => head.device === device && head.number === number)) return heads; // came back already
    const author = { device, author: this.state.person, authority: AUTHORITY[this.state.role], chained: true };
    const over = said.over ?? {};
    const place = { number, position: BEYOND + number, effective: said.at, seen: said.seen ?? 0 };
    return lay(heads, { ...said, ...author, ...place, over });
  }

  /** One round trip. `only` hands in these batches, whatever their receipts say. */
  async exchange({ only, fresh = false, own = true } = {}) {
    this.freeze();
    const state = this.state;
    const sent = only ? state.batches.filter((one) => only.includes(one.sequence)) : toSend(state);
    const wanted = state.photos.filter((one) => !one.receipt).slice(0, MOST_PHOTOS);
    const frames = [[FRAME.HELLO, Buffer.from(JSON.stringify(this.#hello({ fresh, own, left: this.#left(sent, wanted) }, wanted)), "utf8")]];
    for (const batch of sent) frames.push([FRAME.BATCH, batch.packed]);
    for (const batch of sent.filter((one) => one.custody)) frames.push([FRAME.CUSTODY, batch.custody]);
    const began = this.clock();
    const answer = await this.#signed("POST", "/v1/sync", encode(frames), { "Content-Type": TYPE });
    if (answer.status === 204) return this.#pullEnded({ status: 204, more: false, problems: [], tickets: [] });
    const believed = verifiedAnswer(answer.body, state, sent);
    return this.#take(believed, sent, began, answer.body.length);
  }

  /** What has no receipt and is neither brought nor listed by a request. */
  #left(sent, wanted) {
    const brought = new Set(sent.map((one) => one.sequence));
    const entries = this.state.entries.filter((one) => unreceipted(this.state, one) && !brought.has(one.sequence));
    return entries.length + this.state.photos.filter((one) => !one.receipt).length - wanted.length;
  }

  #hello(wishes, photos) {
    const { cursor, epoch, size, horizon, keyring, root, origin } = this.state;
    return {
      cursor, epoch, size, horizon: horizon?.at ?? 0, ...wishes, client: "interop/1",
      keyring: new Keyring(keyring, root, origin).edition,
      photos: photos.map((one) => ({ record: one.record, sha256: hex(one.digest), size: one.size })),
    };
  }

  /** What was receipted and judged is in the mirror once a pull is complete. */
  #pullEnded(result) {
    for (const entry of this.state.entries) {
      entry.pulled ||= ![null, "parked"].includes(entry.outcome) && !unreceipted(this.state, entry);
    }
    // What left this device's scope goes once one's own work on it came back.
    const open = new Set(this.state.entries.filter((one) => !one.pulled).map(recordOf));
    for (const [record, { gone }] of Object.entries(this.state.mirror)) {
      if (gone && !open.has(record)) delete this.state.mirror[record];
    }
    this.state.whole = true;
    this.#keep();
    return result;
  }

  /** Writes everything that an answer says, in one step. */
  #take({ answer, keyring, epoch, frontier, digest }, sent, began, bytes) {
    const state = this.state;
    this.freeze();
    for (const restored of answer.restores) forget(state, restored);
    if (answer.restores.length > 0) Object.assign(state, { mirror: {}, whole: false });
    for (const receipt of answer.receipts) {
      Object.assign(sent.find((one) => one.sequence === receipt.sequence), { receipt, custody: null });
    }
    for (const { number, ...said } of answer.outcomes) {
      Object.assign(state.entries.find((one) => one.number === number) ?? {}, said);
    }
    for (const receipt of answer.photoReceipts) {
      const photo = state.photos.find((one) => one.record === hex(receipt.record) && one.digest.equals(receipt.digest));
      if (photo) photo.receipt = receipt;
    }
    for (const record of answer.records) this.#pull(record);
    Object.assign(state, { keyring: keyring.envelope, epoch, cursor: answer.cursor });
    if (frontier) Object.assign(state, { size: frontier.size, frontier: frontier.hashes, checkpoint: digest });
    if (answer.horizon) state.horizon = answer.horizon;
    state.offset = answer.time - Math.round((began + this.clock()) / 2);
    const { more, problems, tickets, restores, outcomes, receipts } = answer;
    const result = { status: 200, bytes, more, problems, tickets, outcomes, restored: restores.length };
    result.receipts = receipts.map((one) => hex(one.packed));
    if (more) {
      this.#keep();
      return result;
    }
    return this.#pullEnded(result);
  }

  #pull({ record, position, gone, heads }) {
    if (!gone) this.state.mirror[record] = { position, heads };
    else if (this.state.mirror[record]) this.state.mirror[record].gone = true;
  }

  /** The server answers at another address now. */
  move(url) {
    this.state.url = url;
    this.#keep();
  }

  /** Round trips until everything is handed in and everything was pulled; uploads photos for which it has tickets. */
  async sync({ cutAfter, ...options } = {}) {
    const trips = [];
    const uploads = [];
    for (;;) {
      const before = toSend(this.state).length;
      const result = await this.exchange(options);
      trips.push(result);
      for (const ticket of result.tickets) uploads.push(await this.#bring(ticket, cutAfter));
      const progress = toSend(this.state).length < before || result.restored > 0;
      demand(progress || result.problems.length === 0, result.problems[0]?.code);
      if (!result.more && result.tickets.length === 0 && toSend(this.state).length === 0) return { trips, uploads };
    }
  }

  async #bring(ticket, cutAfter) {
    const photo = this.state.photos.find((one) => one.record === ticket.record);
    demand(photo && photo.digest.equals(unhex(ticket.sha256, 32)), "ticket.unasked");
    return upload(this.state.url + ticket.url, photo.bytes, cutAfter);
  }
}
