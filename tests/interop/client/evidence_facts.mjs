// What a file that holds says of mandates, from the page sync/EVIDENCE.md: each as it stood when it was first signed.

import { b64, json } from "./evidence_trust.mjs";

const SIGNED = ["application", "principal", "agent", "matter", "powers", "valid_from", "valid_until"];
SIGNED.push("text_version", "text_sha256");

const text = (value) => (value === undefined || value === null ? "" : String(value));

/** Whose device each is, by the centre's word; the desk is nobody's. */
function owners({ file, desk }) {
  const vouched = file.devices.filter((one) => one.vouched);
  const names = vouched.map((one) => [one.device, json(b64(one.vouched.payload)).person_name]);
  return new Map([...names, [desk, ""]]);
}

function signs(entries, whose) {
  const seen = new Map();
  for (const { device, fields } of entries) {
    for (const signer of Array.isArray(fields.signers) ? fields.signers : []) {
      const same = JSON.stringify(Object.entries(signer).sort());
      const { name, mark, witness } = signer;
      if (!seen.has(same)) seen.set(same, [text(name), text(mark), text(witness), whose.get(device) ?? ""]);
    }
  }
  return [...new Set([...seen.values()].map((one) => JSON.stringify(one)))].map((one) => JSON.parse(one));
}

function given(entries, whose) {
  const first = entries.find(({ fields }) => fields.signers?.length);
  const before = entries.filter(
    ({ device, number }) => !first || (device === first.device && number <= first.number),
  );
  const behind = entries.filter((one) => !before.includes(one));
  const says = Object.assign({}, ...before.map(({ fields }) => fields));
  return {
    principal: text(says.principal?.name),
    agent: text(says.agent),
    matter: text(says.matter),
    powers: Array.isArray(says.powers) ? says.powers.map(text) : [],
    term: [text(says.valid_from), text(says.valid_until)],
    signs: signs(entries, whose),
    altered: behind.some(({ fields }) => SIGNED.some((name) => name in fields)),
  };
}

/** The mandates of a file that holds, in the order of the file. */
export function mandates(found) {
  const whose = owners(found);
  const entries = found.entries.filter(({ kind }) => kind === "mandate");
  const told = entries.map((one) => ({ ...one, fields: one.fields ?? {} }));
  const records = [...new Set(told.map(({ record }) => record))];
  return records.map((record) => given(told.filter((one) => one.record === record), whose));
}
