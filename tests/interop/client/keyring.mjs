// What a device learns of the server: by its one-time code, and by editions of the keyring.

import { demand, hex, unhex } from "./bytes.mjs";
import { keyId, open, TYPES } from "./keys.mjs";

/** What a one-time code says: url, origin, root key, pin and secret. */
export function readCode(text) {
  const [name, rest] = text.trim().split(".");
  demand(name === "DAIBAN1" && rest, "code.malformed");
  const said = JSON.parse(Buffer.from(rest, "base64url").toString("utf8"));
  return { url: said.u, origin: unhex(said.o, 16), root: unhex(said.r, 32), pin: said.p, secret: said.c };
}

/** One edition of the server's keys, believed only under the pinned root key. */
export class Keyring {
  constructor(envelope, root, origin) {
    const said = JSON.parse(open(envelope, root, TYPES.keyring, "keyring.signature").toString("utf8"));
    demand(said.origin === hex(origin), "keyring.elsewhere");
    this.envelope = envelope;
    this.edition = said.edition;
    this.keys = said.keys.filter((one) => one.purpose === "receipt");
  }

  /** The receipt key that `fits`, of this centre or of all centres; undefined if there is none. */
  find(centre, fits) {
    return this.keys
      .filter((one) => one.centre === undefined || one.centre === hex(centre))
      .map((one) => unhex(one.key, 32))
      .find(fits);
  }

  byId(centre, id) {
    return this.find(centre, (key) => keyId(key).equals(id));
  }

  has(centre, key) {
    return this.find(centre, (one) => one.equals(key)) !== undefined;
  }
}
