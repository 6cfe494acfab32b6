// Sealed content: HPKE's wrapped key, then pieces.

import { createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { demand, hex, Refused, sha256, utf8 } from "./bytes.mjs";

const MAGIC = utf8("daiban sealed 1\n");
const PIECE = 65536 + 16;
// DER of RFC 8410 around the 32 raw bytes of X25519.
const PRIVATE = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC = Buffer.from("302a300506032b656e032100", "hex");
const KEM = Buffer.concat([utf8("KEM"), Buffer.from("0020", "hex")]);
const SUITE = Buffer.concat([utf8("HPKE"), Buffer.from("002000010003", "hex")]);

export class SealKey {
  constructor(seed) {
    this.key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: "der", type: "pkcs8" });
    this.public = createPublicKey(this.key).export({ format: "der", type: "spki" }).subarray(PUBLIC.length);
  }

  get id() {
    return sha256(this.public).subarray(0, 8);
  }

  agreed(other) {
    const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC, other]), format: "der", type: "spki" });
    return diffieHellman({ privateKey: this.key, publicKey });
  }
}

export const info = (purpose, origin, centre) =>
  Buffer.concat([utf8(`daiban seal 1\n${purpose}\n`), origin, centre]);

const hmac = (key, ...parts) => createHmac("sha256", key).update(Buffer.concat(parts)).digest();

// RFC 9180 §4: both with the suite's name in what they take; no length here is above one hash.
const extract = (suite, salt, label, from) => hmac(salt, utf8("HPKE-v1"), suite, utf8(label), from);
const expand = (suite, from, label, about, length) =>
  hmac(from, Buffer.from([0, length]), utf8("HPKE-v1"), suite, utf8(label), about, Buffer.from([1])).subarray(0, length);

const EMPTY = Buffer.alloc(0);

/** The key and nonce of a single shot in base mode (RFC 9180 §5.1). */
function schedule(secret, about) {
  const context = Buffer.concat([
    Buffer.from([0]),
    extract(SUITE, EMPTY, "psk_id_hash", EMPTY),
    extract(SUITE, EMPTY, "info_hash", about),
  ]);
  const from = extract(SUITE, secret, "secret", EMPTY);
  return [expand(SUITE, from, "key", context, 32), expand(SUITE, from, "base_nonce", context, 12)];
}

function decrypt(key, nonce, sealed) {
  demand(sealed.length >= 16, "seal.broken", "cut off");
  const cipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(sealed.subarray(-16));
  const content = cipher.update(sealed.subarray(0, -16));
  try {
    return Buffer.concat([content, cipher.final()]);
  } catch {
    throw new Refused("seal.broken", "it does not open");
  }
}

function unwrapped(wrapped, key, about) {
  const enc = wrapped.subarray(0, 32);
  const from = extract(KEM, EMPTY, "eae_prk", key.agreed(enc));
  const secret = expand(KEM, from, "shared_secret", Buffer.concat([enc, key.public]), 32);
  return decrypt(...schedule(secret, about), wrapped.subarray(32));
}

function nonce(number, last) {
  const made = Buffer.alloc(12);
  made.writeUInt32BE(number, 7);
  made[11] = last ? 1 : 0;
  return made;
}

/** The very bytes that `content` was sealed to, given its own key and the 104 bytes before the pieces. */
export function sealedAgain(content, own, header) {
  const whole = header.length === 104 && own.length === 32 && header.subarray(0, 16).equals(MAGIC);
  demand(whole, "seal.malformed", "no seal");
  const pieces = [header];
  for (let number = 0, at = 0; at < content.length || number === 0; number += 1, at += PIECE - 16) {
    const last = at + PIECE - 16 >= content.length;
    const cipher = createCipheriv("chacha20-poly1305", own, nonce(number, last), { authTagLength: 16 });
    pieces.push(cipher.update(content.subarray(at, at + PIECE - 16)), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(pieces);
}

/** What was sealed to `key` with HPKE's info `about`. */
export function opened(sealed, key, about) {
  demand(sealed.length >= 104 && sealed.subarray(0, 16).equals(MAGIC), "seal.malformed", "no sealed content");
  demand(hex(sealed.subarray(16, 24)) === hex(key.id), "seal.unknown", "another key");
  const own = unwrapped(sealed.subarray(24, 104), key, about);
  const pieces = [];
  for (let at = 104; at < sealed.length || !pieces.length; at += PIECE) {
    const last = at + PIECE >= sealed.length;
    pieces.push(decrypt(own, nonce(pieces.length, last), sealed.subarray(at, at + PIECE)));
  }
  return Buffer.concat(pieces);
}
