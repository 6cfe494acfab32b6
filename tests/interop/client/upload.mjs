// Bringing a photo's bytes by tus 1.0.0, through links that break.

import { request as connect } from "node:http";
import { good, Problem, send } from "./request.mjs";

const VERSION = { "Tus-Resumable": "1.0.0" };
const TRIES = 50;
const PAUSE = 20;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends a part and breaks the link a moment later, as a road through a tunnel does. */
async function sendAndCut(url, headers, body, length) {
  const asked = connect(url, { method: "PATCH", headers: { ...headers, "Content-Length": body.length } });
  const gone = new Promise((resolve) => asked.on("error", resolve).on("close", resolve));
  asked.write(body.subarray(0, length));
  await pause(5 * PAUSE);
  asked.destroy();
  await gone;
}

const patchHeaders = (offset) => ({
  ...VERSION,
  "Content-Type": "application/offset+octet-stream",
  "Upload-Offset": String(offset),
});

/** Where the server wants the upload to go on; waits while another connection still holds it. */
async function offsetAt(url) {
  for (let left = TRIES; ; left -= 1) {
    const answer = await send(url, "HEAD", VERSION);
    if (answer.status === 200) return Number(answer.headers["upload-offset"]);
    if (answer.status !== 423 || left === 0) throw new Problem(answer.status, {});
    await pause(PAUSE);
  }
}

/** Uploads `bytes` to a ticket's URL; `cutAfter` breaks the link once. Gives the offsets from which it sent. */
export async function upload(url, bytes, cutAfter) {
  const made = good(await send(url, "POST", { ...VERSION, "Upload-Length": String(bytes.length) }));
  let offset = Number(made.headers["upload-offset"] ?? 0);
  const offsets = [offset];
  for (let left = TRIES; cutAfter && offset === 0 && left > 0; left -= 1) {
    // Again if the link broke before anything had come: the tests want an upload that goes on in the middle.
    await sendAndCut(url, patchHeaders(offset), bytes.subarray(offset), cutAfter);
    offset = await offsetAt(url);
    offsets.push(offset);
  }
  for (let left = TRIES; offset < bytes.length; left -= 1) {
    const answer = await send(url, "PATCH", patchHeaders(offset), bytes.subarray(offset));
    if (answer.status === 423 && left > 0) await pause(PAUSE);
    else if (answer.status === 409 && left > 0) offsets.push((offset = await offsetAt(url)));
    else offset = Number(good(answer).headers["upload-offset"]);
  }
  return offsets;
}
