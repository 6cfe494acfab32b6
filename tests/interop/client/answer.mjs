// Whether an answer is believed: everything is checked before anything is written.

import { demand, unhex } from "./bytes.mjs";
import { all, decode, FRAME, single } from "./frames.mjs";
import { Keyring } from "./keyring.mjs";
import { checkCheckpoint, checkpointDigest, extend, Frontier, leafHash, logName, readCheckpoint } from "./log.mjs";
import { headOf, ownRecords, readAuthors, readOwn, readRecord } from "./records.mjs";
import * as signed from "./statements.mjs";

const json = (payload) => JSON.parse(payload.toString("utf8"));

export const OUTCOMES = ["new", "identical", "merged", "conflict", "parked", "refused"];
const MOST_OUTCOMES = 500;

/** One OUTCOMES frame spelt out. */
export function readOutcomes(said) {
  const malformed = (fact) => demand(fact, "body.malformed", "outcomes");
  malformed(Number.isSafeInteger(said.first) && said.first >= 0 && Array.isArray(said.runs));
  const details = new Map((said.details ?? []).map(([number, code, fields]) => [number, { code, fields }]));
  const found = [];
  for (const [outcome, times] of said.runs) {
    malformed(outcome in OUTCOMES && Number.isSafeInteger(times) && times >= 1);
    malformed(found.length + times <= MOST_OUTCOMES);
    for (let count = 0; count < times; count += 1) {
      const number = said.first + found.length;
      found.push({ number, outcome: OUTCOMES[outcome], code: null, fields: [], ...details.get(number) });
    }
  }
  malformed(found.length > 0);
  return found;
}

/** The frames of an answer, read but not yet believed. */
function readAnswer(body, state) {
  const frames = decode(body);
  const payloads = (type) => all(frames, FRAME[type]);
  const one = (type, read) => {
    const found = single(frames, FRAME[type]);
    return found === undefined ? undefined : read(found);
  };
  const authors = readAuthors(payloads("AUTHORS"));
  const records = payloads("RECORD").map((payload) => {
    const record = readRecord(payload, authors);
    return { ...record, heads: record.changes.map((change) => headOf(change, authors, state)) };
  });
  const answer = one("ANSWER", json);
  demand(Number.isSafeInteger(answer?.time) && typeof answer.cursor === "string", "body.malformed", "no ANSWER");
  const proof = Buffer.concat(payloads("PROOF"));
  demand(proof.length % 32 === 0, "body.malformed", "a proof of broken hashes");
  return {
    ...answer, more: answer.more ?? false, records,
    proof: Array.from({ length: proof.length / 32 }, (_, index) => proof.subarray(32 * index, 32 * index + 32)),
    receipts: payloads("RECEIPT").map(signed.readReceipt),
    own: one("OWN", readOwn) ?? [],
    outcomes: payloads("OUTCOMES").flatMap((payload) => readOutcomes(json(payload))),
    checkpoint: one("CHECKPOINT", readCheckpoint),
    photoReceipts: payloads("PHOTO_RECEIPT").map(signed.readPhotoReceipt),
    tickets: payloads("TICKET").map(json),
    keyring: one("KEYRING", (payload) => payload.toString("utf8")),
    problems: payloads("PROBLEM").map(json),
    restores: payloads("RESTORED").map(signed.readRestored),
    horizon: one("HORIZON", signed.readHorizon),
  };
}

function checkRestores(answer, state) {
  let last = 0;
  for (const restored of answer.restores) {
    signed.checkRestored(restored, state);
    demand(restored.epoch > last, "restored.order");
    last = restored.epoch;
  }
  demand(answer.restores.length === 0 || last > state.epoch, "restored.older");
  const epoch = answer.restores.length === 0 ? state.epoch : last;
  demand(answer.restores.length === 0 || answer.checkpoint, "restored.checkpoint", "a restore without a checkpoint");
  return epoch;
}

function checkReceipts(answer, state, sent, keyring) {
  for (const receipt of answer.receipts) {
    const batch = sent.find((one) => one.sequence === receipt.sequence);
    demand(batch, "receipt.unasked");
    signed.checkReceipt(receipt, batch, keyring);
  }
  demand(answer.receipts.length === 0 || answer.checkpoint, "receipt.checkpoint", "receipts without a checkpoint");
  for (const receipt of answer.photoReceipts) signed.checkPhotoReceipt(receipt, state, keyring);
  if (answer.horizon) signed.checkHorizon(answer.horizon, state, keyring);
}

/** The log as the answer leads it on from what was verified before. */
function checkLog(answer, state, sent, epoch) {
  const own = new Map();
  let frontier = new Frontier(state.size, state.frontier);
  if (answer.restores.length > 0) {
    frontier = new Frontier();
    own.set(0, leafHash(signed.restoredPayload(answer.restores.at(-1), state)));
  }
  for (const receipt of answer.receipts) {
    demand(receipt.epoch <= epoch, "log.epoch");
    if (receipt.epoch < epoch || receipt.leaf < frontier.size) continue;
    demand(!own.has(receipt.leaf) && receipt.leaf < answer.checkpoint.size, "log.leaf");
    own.set(receipt.leaf, leafHash(sent.find((one) => one.sequence === receipt.sequence).payload));
  }
  return extend(frontier, answer.checkpoint.size, answer.checkpoint.root, own, answer.proof);
}

/**
 * An answer that is believed, with what the device knows after it: keyring, epoch, frontier, checkpoint digest.
 * `sent` are the batches of the request. Throws `Refused`, and then nothing of the answer counts.
 */
export function verifiedAnswer(body, state, sent) {
  const answer = readAnswer(body, state);
  let keyring = new Keyring(state.keyring, state.root, state.origin);
  if (answer.keyring !== undefined) {
    const newer = new Keyring(answer.keyring, state.root, state.origin);
    demand(newer.edition >= keyring.edition, "keyring.older");
    keyring = newer;
  }
  const epoch = checkRestores(answer, state);
  checkReceipts(answer, state, sent, keyring);
  for (const run of answer.own) answer.records.push(...ownRecords(run, answer.receipts, state));
  if (!answer.checkpoint) return { answer, keyring, epoch };
  checkCheckpoint(answer.checkpoint, state, epoch, keyring);
  const frontier = checkLog(answer, state, sent, epoch);
  return { answer, keyring, epoch, frontier, digest: checkpointDigest(answer.checkpoint, logName(state, epoch)) };
}

/** An enrolment's answer, as it is kept. */
export function readEnrolment(body) {
  const said = json(body);
  return { said, device: unhex(said.device, 16), centre: unhex(said.centre, 16) };
}
