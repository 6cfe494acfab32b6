// HTTP requests, and the signature that every one of an enrolled device carries.

import { request as connect } from "node:http";
import { Refused, sha256, utf8 } from "./bytes.mjs";

const COVERED = '("@method" "@authority" "@request-target" "content-digest")';

/** An error answer: its code, what it says besides, and whether trying again later may help. */
export class Problem extends Refused {
  constructor(status, said, retryAfter) {
    super(said.code ?? `http.${status}`, said.detail ?? said.title);
    this.status = status;
    this.said = said;
    this.retryAfter = retryAfter;
    this.again = [408, 425, 429].includes(status) || status >= 500;
  }
}

export const contentDigest = (body) => `sha-256=:${sha256(body).toString("base64")}:`;

/** The parameters of a signature; `nonce` is there only where a clock was wrong. */
function parameters({ created, keyid, nonce }) {
  return `${COVERED};created=${created};keyid="${keyid}"${nonce === undefined ? "" : `;nonce="${nonce}"`}`;
}

export function signatureBase({ method, authority, path, body }, said) {
  return [
    `"@method": ${method}`,
    `"@authority": ${authority}`,
    `"@request-target": ${path}`,
    `"content-digest": ${contentDigest(body)}`,
    `"@signature-params": ${parameters(said)}`,
  ].join("\n");
}

export function signedHeaders(target, said, pair) {
  const signature = pair.sign(utf8(signatureBase(target, said))).toString("base64");
  return {
    "Content-Digest": contentDigest(target.body),
    "Signature-Input": `d=${parameters(said)}`,
    Signature: `d=:${signature}:`,
  };
}

/** One request; gives status, headers and body, whatever the status. */
export function send(url, method, headers, body = Buffer.alloc(0)) {
  return new Promise((resolve, reject) => {
    const asked = connect(url, { method, headers: { ...headers, "Content-Length": body.length } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** The answer, or its problem thrown. */
export function good(answer) {
  if (answer.status < 400) return answer;
  const isProblem = (answer.headers["content-type"] ?? "").startsWith("application/problem+json");
  const said = isProblem ? JSON.parse(answer.body.toString("utf8")) : {};
  throw new Problem(answer.status, said, answer.headers["retry-after"]);
}

/** A signed request; where this clock is too wrong, once more under the server's nonce. */
export async function sendSigned({ url, pair, keyid, now, transport = send }, method, path, body, headers = {}) {
  const target = { method, authority: new URL(url).host, path, body };
  const ask = async (said) => {
    const signed = { ...headers, ...signedHeaders(target, { keyid, ...said }, pair) };
    return good(await transport(url + path, method, signed, body));
  };
  try {
    return await ask({ created: Math.floor(now() / 1000) });
  } catch (error) {
    if (error.code !== "signature.stale") throw error;
    const { nonce, server_time: time } = error.said;
    return ask({ created: Math.floor(time / 1000), nonce });
  }
}
