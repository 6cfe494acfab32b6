// The one form of an evidence file: members in the page's order, written again to the same bytes.

import { demand, utf8 } from "./bytes.mjs";

const text = (value) => (demand(typeof value === "string", "no", "no text"), value);
const number = (value) => (demand(Number.isSafeInteger(value), "no", "no number"), value);

function id(value) {
  demand(/^[0-9a-f]{32}$/.test(text(value)), "no", "no id");
  return value;
}

/** Base64 in its only spelling. */
function octets(value) {
  demand(Buffer.from(text(value), "base64").toString("base64") === value, "no", "no base64");
  return value;
}

const list = (of, length) => (value) => {
  demand(Array.isArray(value) && (length === undefined || value.length === length), "no", "no list");
  return value.map(of);
};

/** An object of these members in this order; a name that ends in ? may be absent, and then is not empty. */
const object = (members) => (value) => {
  demand(value !== null && typeof value === "object" && !Array.isArray(value), "no", "no object");
  const found = {};
  for (const [said, read] of Object.entries(members)) {
    const name = said.replace("?", "");
    const absent = !Object.hasOwn(value, name);
    demand(!absent || said !== name, "no", `no ${name}`);
    if (absent) continue;
    found[name] = read(value[name]);
    demand(said === name || !Array.isArray(found[name]) || found[name].length > 0, "no", "an empty list");
  }
  demand(Object.keys(value).length === Object.keys(found).length, "no", "a member that nobody knows");
  return found;
};

const envelope = object({
  payload: octets,
  payloadType: text,
  signatures: list(object({ keyid: text, sig: octets }), 1),
});
const disclosed = object({ index: number, salt: octets, entry: text });
const assertion = object({
  credential: octets,
  key: octets,
  authenticator_data: octets,
  client_data: octets,
  signature: octets,
  vouched: envelope,
});
const FILE = object({
  format: (value) => (demand(value === "daiban evidence 1", "no", "another format"), value),
  origin: id,
  centre: id,
  case: id,
  keyrings: list(envelope),
  devices: list(
    object({
      device: text,
      key: text,
      "vouched?": envelope,
      "enrolment?": envelope,
      "former?": list(object({ key: text, taken: envelope, "given?": envelope })),
    }),
  ),
  logs: list(object({ epoch: number, checkpoint: text, "restored?": envelope, "path?": list(octets) })),
  batches: list(
    object({
      envelope,
      entries: list(disclosed),
      receipt: envelope,
      "path?": list(octets),
      "named?": text,
    }),
  ),
  photos: list(
    object({ receipt: envelope, "content?": octets, "seal?": object({ header: octets, key: octets }) }),
  ),
  texts: list(object({ kind: text, version: text, text })),
  further: list(object({ kind: text, statement: envelope })),
  "spooled?": list(object({ envelope, entry: text, epoch: number, leaf: number, "path?": list(octets) })),
  "adopted?": list(object({ envelope, numbers: list(number), entries: list(disclosed), signed: assertion })),
  "adopted_saves?": list(
    object({
      device: text,
      digest: text,
      numbers: list(number),
      saves: list(object({ envelope, entry: text })),
      signed: assertion,
    }),
  ),
  "stated?": envelope,
});

export const written = (file) => utf8(`${JSON.stringify(file, null, 1)}\n`);

/** The file in these bytes; refused if they are not its one form. */
export function readForm(bytes) {
  demand(bytes.length <= 256 * 2 ** 20, "no", "too large");
  const file = FILE(JSON.parse(bytes.toString("utf8")));
  demand(written(file).equals(bytes), "no", "not the one form");
  return file;
}
