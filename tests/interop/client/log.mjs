// The centre's log: a Merkle tree that only grows, its checkpoints, and the proof that joins two of them.

import { demand, hex, i64, Reader, sha256, u64 } from "./bytes.mjs";
import { verified } from "./keys.mjs";

export const leafHash = (data) => sha256(Buffer.of(0), data);
export const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/** The roots of the perfect subtrees of a log of `size` leaves, the largest first. */
export class Frontier {
  constructor(size = 0, hashes = []) {
    this.size = size;
    this.hashes = hashes;
  }

  /** The frontier with the next perfect subtree of 2^level leaves, whose root is `hash`. */
  with(level, hash) {
    const hashes = [...this.hashes];
    let root = hash;
    for (let rest = Math.floor(this.size / 2 ** level); rest % 2 === 1; rest = (rest - 1) / 2) {
      root = nodeHash(hashes.pop(), root);
    }
    hashes.push(root);
    return new Frontier(this.size + 2 ** level, hashes);
  }

  root() {
    if (this.size === 0) return sha256();
    return this.hashes.slice(0, -1).reduceRight((root, hash) => nodeHash(hash, root), this.hashes.at(-1));
  }
}

/** The fewest perfect subtrees that cover leaves from `start` to `end`, as [level, index]. */
export function cover(start, end) {
  const found = [];
  for (let at = start; at < end; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && 2 ** (level + 1) <= end - at) level += 1;
    found.push([level, at / 2 ** level]);
    at += 2 ** level;
  }
  return found;
}

/** The subtrees that lead from `start` to `end` leaves; `own` has leaf numbers as keys. */
export function subtrees(start, end, own) {
  const list = [];
  let at = start;
  for (const leaf of [...own.keys()].sort((one, other) => one - other)) {
    list.push(...cover(at, leaf).map((node) => ({ node, own: false })), { node: [0, leaf], own: true });
    at = leaf + 1;
  }
  return [...list, ...cover(at, end).map((node) => ({ node, own: false }))];
}

/** The frontier at `size` leaves, if `proof` and one's `own` leaf hashes lead there and to `root`. */
export function extend(frontier, size, root, own, proof) {
  demand(size >= frontier.size, "log.shrunk");
  const rest = [...proof];
  let reached = frontier;
  for (const step of subtrees(frontier.size, size, own)) {
    const hash = step.own ? own.get(step.node[1]) : rest.shift();
    demand(hash, "log.proof", "too short");
    reached = reached.with(step.node[0], hash);
  }
  demand(rest.length === 0, "log.proof", "too long");
  demand(reached.size === size && reached.root().equals(root), "log.forked");
  return reached;
}

export function logName({ origin, centre }, epoch) {
  return `daiban/${hex(origin)}/${hex(centre)}${epoch ? `/${epoch}` : ""}`;
}

export function readCheckpoint(packed) {
  const reader = new Reader(packed);
  const checkpoint = { packed, size: reader.u64(), root: reader.take(32), time: reader.i64() };
  Object.assign(checkpoint, { key: reader.take(32), signature: reader.take(64) });
  reader.end();
  return checkpoint;
}

export function packCheckpoint({ size, root, time, key, signature }) {
  return Buffer.concat([u64(size), root, i64(time), key, signature]);
}

export const checkpointText = ({ size, root, time }, log) =>
  `${log}\n${size}\n${root.toString("base64")}\ntime ${time}\n`;

const hint = (log, key) => sha256(`${log}\n`, Buffer.of(1), key).subarray(0, 4);

export const verifierKey = (log, key) =>
  `${log}+${hex(hint(log, key))}+${Buffer.concat([Buffer.of(1), key]).toString("base64")}`;

/** The whole signed note; its SHA-256 is the checkpoint's digest. */
export function checkpointNote(checkpoint, log) {
  const signature = Buffer.concat([hint(log, checkpoint.key), checkpoint.signature]).toString("base64");
  return `${checkpointText(checkpoint, log)}\n\u2014 ${log} ${signature}\n`;
}

export const checkpointDigest = (checkpoint, log) => sha256(checkpointNote(checkpoint, log));

export function checkCheckpoint(checkpoint, self, epoch, keyring) {
  demand(keyring.has(self.centre, checkpoint.key), "checkpoint.key");
  const text = Buffer.from(checkpointText(checkpoint, logName(self, epoch)), "utf8");
  demand(verified(checkpoint.key, text, checkpoint.signature), "checkpoint.signature");
  return checkpoint;
}
