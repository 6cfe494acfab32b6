// A person's own signature by passkey (Web Authentication), from the page sync/EVIDENCE.md alone.

import { createPublicKey, verify } from "node:crypto";
import { demand, Reader, sha256, utf8 } from "./bytes.mjs";
import { verified } from "./keys.mjs";

const url = (bytes) => bytes.toString("base64url");

/** The argument of a CBOR head: in the head itself, or in the one or two bytes behind it. */
function head(reader) {
  const first = reader.u8();
  const short = first & 0x1f;
  demand(short < 26, "no", "too long");
  return [first >> 5, short < 24 ? short : short === 24 ? reader.u8() : reader.u16()];
}

function item(reader) {
  const [kind, value] = head(reader);
  demand(kind < 3, "no", "neither an integer nor bytes");
  return kind === 0 ? value : kind === 1 ? -1 - value : reader.take(value);
}

/** The labels of a COSE key: a map of integers to integers and byte strings. */
function cose(bytes) {
  const reader = new Reader(bytes, "no");
  const [kind, size] = head(reader);
  demand(kind === 5, "no", "no map");
  const found = new Map();
  for (let n = 0; n < size; n += 1) {
    const label = item(reader);
    found.set(label, item(reader));
  }
  reader.end();
  return found;
}

function holds(key, message, signature) {
  const [kind, algorithm, curve, x, y] = [1, 3, -1, -2, -3].map((label) => cose(key).get(label));
  if (kind === 1 && algorithm === -8 && curve === 6) return verified(x, message, signature);
  demand(kind === 2 && algorithm === -7 && curve === 1 && x.length === 32 && y.length === 32, "no", "another key");
  let point;
  try {
    point = createPublicKey({ key: { kty: "EC", crv: "P-256", x: url(x), y: url(y) }, format: "jwk" });
  } catch {
    return false;
  }
  return verify("sha256", message, { key: point, dsaEncoding: "der" }, signature);
}

/** Refuses unless the passkey's owner signed `digest` for `purpose` on a page of `origin`. */
export function checkPasskey({ key, data, client, signature }, purpose, digest, origin) {
  const told = JSON.parse(client.toString("utf8"));
  const wanted = url(sha256(utf8(`daiban passkey 1\n${purpose}\n`), digest));
  demand(told.type === "webauthn.get" && told.challenge === wanted && told.origin === origin, "no", "another question");
  demand(!told.crossOrigin && data.length >= 37 && data.length <= 4096 && client.length <= 4096, "no", "another page");
  demand(data.subarray(0, 32).equals(sha256(utf8(new URL(origin).hostname))), "no", "another host");
  demand((data[32] & 5) === 5, "no", "nobody was verified");
  demand(holds(key, Buffer.concat([data, sha256(client)]), signature), "no", "the signature does not hold");
}
