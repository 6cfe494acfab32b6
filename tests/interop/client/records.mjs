// What a pull brings: authors, and records with the changes that still hold something.

import { demand, hex, Reader } from "./bytes.mjs";

export const AUTHORITY = { agent: 1, cadre: 1, clerk: 2, head: 2, district: 2 };

const ID = /^[0-9a-f]{32}$/;
const GONE = 0x80;
const MANY = 0x7f;

export function readAuthors(payloads) {
  const authors = payloads.flatMap((payload) => JSON.parse(payload.toString("utf8")));
  for (const one of authors) demand(ID.test(one.device), "body.malformed", "an author without an id");
  return authors;
}

function readChange(reader, authors) {
  const index = reader.u16();
  demand(index < authors.length, "body.malformed", "an author that is not listed");
  const change = { author: index, number: reader.u64(), position: reader.u64(), authority: reader.u8() };
  const whole = reader.u8() === 1;
  change.effective = reader.i64();
  const [names, body] = [reader.u16(), reader.u32()];
  const held = reader.take(names).toString("utf8");
  change.names = whole ? null : held.split(",");
  change.body = reader.take(body).toString("utf8");
  return change;
}

/** A record as it travels; a change names its author by index. */
export function readRecord(payload, authors) {
  const reader = new Reader(payload);
  const record = { record: hex(reader.take(16)), position: reader.u64() };
  const flags = reader.u8();
  record.gone = (flags & GONE) !== 0;
  const count = (flags & MANY) === MANY ? reader.u16() : flags & MANY;
  record.changes = Array.from({ length: count }, () => readChange(reader, authors));
  reader.end();
  return record;
}

/** Runs of records that are one whole change each, which this device has just handed in. */
export function readOwn(payload) {
  const reader = new Reader(payload);
  const runs = [];
  while (reader.left) runs.push({ number: reader.u64(), position: reader.u64(), length: reader.u32() });
  return runs;
}

/** An entry of one's own, of which the server sent no copy. */
function ownEntry(state, number) {
  const entry = state.entries.find((one) => one.number === number);
  const said = entry && JSON.parse(entry.bytes.toString("utf8"));
  demand(said?.fields, "body.malformed", "no such change of one's own");
  return { entry, said };
}

/** The records of a run, as RECORD frames would bring them; the receipts of the same answer bound their times. */
export function ownRecords({ number, position, length }, receipts, state) {
  return Array.from({ length }, (_, index) => {
    const { entry, said } = ownEntry(state, number + index);
    const receipt = receipts.find((one) => one.sequence === entry.sequence);
    demand(receipt, "body.malformed", "an own record without a receipt");
    const effective = Math.max(receipt.notBefore, Math.min(said.at ?? 0, receipt.received));
    const author = { device: hex(state.device), name: state.person, chained: true };
    const place = { number: entry.number, position: position + index, authority: AUTHORITY[state.role], effective };
    const heads = [head(said, { ...place, names: null }, author)];
    return { record: said.record, position: position + index, gone: false, heads };
  });
}

/** A pulled change as a head for the merge. */
export function headOf(change, authors, state) {
  const author = authors[change.author];
  demand(change.body || author.device === hex(state.device), "body.malformed", "no body");
  return head(change.body ? JSON.parse(change.body) : ownEntry(state, change.number).said, change, author);
}

function head(said, change, author) {
  return {
    record: said.record, kind: said.kind, fields: said.fields, seen: said.seen ?? 0, over: said.over ?? {},
    names: change.names ?? Object.keys(said.fields),
    position: change.position, number: change.number, authority: change.authority, effective: change.effective,
    device: author.device, author: author.name, chained: author.chained, pulled: true,
  };
}
