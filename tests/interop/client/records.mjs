// What a pull brings: authors, and records with the changes that still hold something.

import { demand, hex, Reader } from "./bytes.mjs";

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

/** A pulled change as a head for the merge. */
export function headOf(change, authors) {
  const author = authors[change.author];
  const said = JSON.parse(change.body);
  return {
    record: said.record, kind: said.kind, fields: said.fields, seen: said.seen ?? 0, over: said.over ?? {},
    names: change.names ?? Object.keys(said.fields),
    position: change.position, number: change.number, authority: change.authority, effective: change.effective,
    device: author.device, author: author.name, chained: author.chained, pulled: true,
  };
}
