// One entry: what a person did, once. It is checked before it is saved, since a server refuses bad ones whole.

import { demand, LARGEST } from "./bytes.mjs";
import { large, parse, plain } from "./strict.mjs";

const NAME = /^[a-z][a-z0-9_.]{0,63}$/;
const ID = /^[0-9a-f]{32}$/;
const FIELDS = 256;
const POSITIONS = 64;
const LARGEST_ENTRY = 262_144;

const check = (fact, why) => demand(fact, "entry.malformed", why);
const whole = (value, least) => Number.isSafeInteger(value) && value >= least;
const named = (value) => typeof value === "string" && NAME.test(value);

const MEMBERS = {
  record: (value) => typeof value === "string" && ID.test(value),
  kind: named,
  fields: (value) => value instanceof Map && value.size >= 1 && value.size <= FIELDS && [...value.keys()].every(named),
  seen: (value) => whole(value, 0),
  over: (value) => value instanceof Map && value.size <= FIELDS && [...value].every(listed),
  command: named,
  arguments: (value) => value instanceof Map,
  expected: (value) => whole(value, 0),
  report: named,
  facts: (value) => value instanceof Map,
  at: (value) => whole(value, -LARGEST),
  by: (value) => typeof value === "string" && ID.test(value),
};

function listed([name, positions]) {
  const list = Array.isArray(positions) && positions.length <= POSITIONS;
  return named(name) && list && positions.every((one) => whole(one, 0));
}

/** The entry in these bytes, as ordinary values; `entry.malformed` or `value.too_large` if it is not one. */
export function readEntry(bytes) {
  demand(bytes.length <= LARGEST_ENTRY, "entry.too_large");
  const said = parse(bytes);
  check(said instanceof Map, "no object");
  check(said.has("record") && said.has("kind"), "no record or no kind");
  for (const [name, value] of said) {
    check(!Object.hasOwn(MEMBERS, name) || MEMBERS[name](value), name);
    check(name === "fields" || !large(value), `${name} is too large`);
  }
  check(["fields", "command", "report"].filter((one) => said.has(one)).length === 1, "not exactly one action");
  demand(!large(said.get("fields")), "value.too_large");
  return plain(said);
}

/** The bytes of an entry that is good to save. */
export function writeEntry(entry) {
  const bytes = Buffer.from(JSON.stringify(entry), "utf8");
  readEntry(bytes);
  return bytes;
}
