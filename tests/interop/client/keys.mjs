// Ed25519 keys, and signatures over DSSE's pre-authentication encoding.

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { demand, hex, sha256, utf8 } from "./bytes.mjs";
import { usable } from "./curve.mjs";

// DER of RFC 8410 around the 32 raw bytes.
const PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC = Buffer.from("302a300506032b6570032100", "hex");

export const TYPES = Object.fromEntries(
  [
    "batch.v1", "receipt.v1", "photo-receipt.v1", "horizon.v1", "restored.v1", "keyring.v1+json", "enrolment.v1+json",
    "device.v1+json", "evidence.v1+json", "answer.v1", "bundle.v1+json", "new-key.v1+json", "spooled.v1",
    "passkey.v1+json",
  ].map(
    (name) => [name.split(".")[0], `application/vnd.daiban.${name}`],
  ),
);

/** A key pair of one's own. */
export class KeyPair {
  constructor(seed) {
    this.seed = seed;
    this.key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: "der", type: "pkcs8" });
    this.public = createPublicKey(this.key).export({ format: "der", type: "spki" }).subarray(PUBLIC.length);
  }

  static fresh() {
    const made = generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" });
    return new KeyPair(made.subarray(PRIVATE.length));
  }

  sign(message) {
    return sign(null, message, this.key);
  }
}

export function verified(key, message, signature) {
  const spki = createPublicKey({ key: Buffer.concat([PUBLIC, key]), format: "der", type: "spki" });
  return usable(key) && signature.length === 64 && verify(null, message, spki, signature);
}

export const keyId = (key) => sha256(key).subarray(0, 8);

/** Six groups of four digits that two people compare aloud. */
export function fingerprint(key) {
  const number = BigInt(`0x${hex(sha256("daiban fingerprint 1\n", key).subarray(0, 10))}`) % 10n ** 24n;
  return number.toString().padStart(24, "0").match(/.{4}/g).join(" ");
}

export function encoding(type, payload) {
  const head = `DSSEv1 ${utf8(type).length} ${type} ${payload.length} `;
  return Buffer.concat([utf8(head), payload]);
}

export const signDsse = (pair, type, payload) => pair.sign(encoding(type, payload));

export const verifiedDsse = (key, type, payload, signature) => verified(key, encoding(type, payload), signature);

/** The JSON form of an envelope, for what travels as JSON. */
export function seal(pair, type, payload) {
  const signature = { keyid: hex(keyId(pair.public)), sig: signDsse(pair, type, payload).toString("base64") };
  return JSON.stringify({ payload: payload.toString("base64"), payloadType: type, signatures: [signature] });
}

/** The payload of an envelope that `key` signed as `type`; anything else is refused with `code`. */
export function open(text, key, type, code) {
  const envelope = JSON.parse(text);
  demand(envelope.payloadType === type, code, "another payload type");
  const payload = Buffer.from(envelope.payload, "base64");
  const signature = Buffer.from(envelope.signatures?.[0]?.sig ?? "", "base64");
  demand(verifiedDsse(key, type, payload, signature), code, "the signature does not verify");
  return payload;
}
