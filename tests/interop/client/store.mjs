// A device's state in one file: replaced as a whole and synced, so all of a step is kept or none of it.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

const BYTES = "base64:";

const written = (key, value) =>
  value?.type === "Buffer" ? BYTES + Buffer.from(value.data).toString("base64") : value;
const read = (key, value) =>
  typeof value === "string" && value.startsWith(BYTES) ? Buffer.from(value.slice(BYTES.length), "base64") : value;

function sync(path, flags, text) {
  const file = openSync(path, flags);
  try {
    if (text !== undefined) writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Keeps `state` in `folder`, durably, before it returns. */
export function keep(folder, state) {
  const path = join(folder, "device.json");
  sync(`${path}.new`, "w", JSON.stringify(state, written));
  renameSync(`${path}.new`, path);
  sync(folder, "r");
}

/** What was kept in `folder`; undefined if nothing was. */
export function kept(folder) {
  const path = join(folder, "device.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8"), read) : undefined;
}
