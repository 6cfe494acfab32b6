// Plays what a test tells it, in JSON lines: one order on standard input, one answer on standard output.
//
//   {"device": name, "do": order, …}   →   {"ok": result} or {"refused": code, "says": message}
//
// `tamper` and `lose` stand for a road or a server that lies: they touch the answer before the device reads it.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { hex, Refused } from "./bytes.mjs";
import { Device } from "./device.mjs";
import { checkEvidence, readMandates } from "./evidence.mjs";
import { decode, encode, FRAME } from "./frames.mjs";
import { send } from "./request.mjs";
import { checkAll } from "./vectors.mjs";

const [folder] = process.argv.slice(2);
const devices = new Map();
let meddling = {};
let requests = [];

/** The road to the server, which may lose an answer or change one byte of a frame. */
async function road(url, method, headers, body) {
  const answer = await send(url, method, headers, body);
  const nonce = /;nonce=/.test(headers["Signature-Input"] ?? "");
  requests.push({ method, path: new URL(url).pathname, status: answer.status, bytes: answer.body.length, nonce });
  const { lose, tamper } = meddling;
  if (lose) throw new Refused("link.lost");
  if (!tamper || answer.status !== 200) return answer;
  const frames = decode(answer.body);
  const hit = frames.find(([type]) => type === FRAME[tamper.frame]);
  if (!hit) throw new Refused("tamper.missed");
  hit[1] = Buffer.from(hit[1]);
  hit[1][tamper.byte] ^= 1;
  return { ...answer, body: encode(frames) };
}

function find({ device: name, off }) {
  if (!devices.has(name)) {
    const home = join(folder, name);
    mkdirSync(home, { recursive: true });
    devices.set(name, new Device(home, off, road));
  }
  return devices.get(name);
}

function shown(device, record) {
  const found = device.view(record);
  if (!found) return null;
  const fields = Object.entries(found.fields).map(([name, list]) => {
    return [name, list.map(({ value, heads }) => ({ value, author: heads[0].author }))];
  });
  return { ...found, fields: Object.fromEntries(fields), conflicts: Object.keys(found.conflicts) };
}

function standing({ state }) {
  const entries = state.entries.map(({ bytes, sequence, ...said }) => said);
  const receipts = state.batches.map((one) => (one.receipt ? hex(one.receipt.packed) : null));
  const photos = state.photos.map((one) => one.receipt !== null);
  const { epoch, size, cursor, whole, offset, horizon } = state;
  return {
    entries, receipts, photos, epoch, size, cursor, whole, offset,
    device: hex(state.device), checkpoint: hex(state.checkpoint), records: Object.keys(state.mirror),
    custody: state.batches.filter((one) => one.custody).length,
    bounds: state.batches.map(({ receipt }) => receipt && [receipt.epoch, receipt.notBefore, receipt.received]),
    horizon: horizon && [horizon.epoch, horizon.size],
  };
}

const ORDERS = {
  vectors: () => checkAll(),
  evidence: (_, { file, root }) => checkEvidence(Buffer.from(file, "base64"), Buffer.from(root, "hex")),
  mandates: (_, { file, root }) => readMandates(Buffer.from(file, "base64"), Buffer.from(root, "hex")),
  forget: (_, { device }) => devices.delete(device),
  requests: () => requests.splice(0),
  enrol: (device, { code, name, again }) => device.enrol(code, name, again),
  poll: (device) => device.poll(),
  create: (device, { kind, fields }) => device.create(kind, fields),
  create_many: (device, { kind, forms }) => device.createMany(kind, forms),
  move: (device, { url }) => device.move(url),
  open: (device, { record }) => device.open(record),
  edit: (device, { form, fields }) => device.edit(form, fields),
  settle: (device, { form, name, value }) => device.settle(form, name, value),
  command: (device, { record, command, rest }) => device.command(record, command, rest),
  report: (device, { record, report, facts }) => device.report(record, report, facts),
  photo: (device, { parent, bytes, fields }) => device.addPhoto(parent, Buffer.from(bytes, "base64"), fields),
  freeze: (device) => device.freeze(),
  exchange: (device, { options }) => device.exchange(options),
  sync: (device, { options }) => device.sync(options),
  view: (device, { record }) => shown(device, record),
  standing: (device) => standing(device),
};

async function play(order) {
  meddling = { lose: order.lose, tamper: order.tamper };
  try {
    const device = order.device === undefined ? undefined : find(order);
    return { ok: (await ORDERS[order.do](device, order)) ?? null };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.code, says: error.message };
    return { broken: String(error.stack) };
  } finally {
    meddling = {};
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await play(JSON.parse(line)))}\n`);
}
