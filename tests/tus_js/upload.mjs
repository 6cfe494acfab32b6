// Uploads one file with tus-js-client, as a web page of another system would.
//
//   node upload.mjs ENDPOINT FILE [--cut]
//
// Says what happens in JSON lines: created, progress, cut, retry, and at last done or failed.
// --cut lets go in the middle once, and goes on from there.

import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { Upload } from "tus-js-client";

const [endpoint, file, option] = process.argv.slice(2);
if (!endpoint || !file || (option && option !== "--cut")) {
  console.error("usage: node upload.mjs ENDPOINT FILE [--cut]");
  process.exit(2);
}

const say = (event, facts = {}) => console.log(JSON.stringify({ event, ...facts }));
const size = statSync(file).size;
let tenths = 0;
let stillToCut = option === "--cut";

const upload = new Upload(createReadStream(file), {
  endpoint,
  metadata: { filename: basename(file) },
  retryDelays: [50, 100, 200, 400, 800],
  onUploadUrlAvailable: () => say("created", { url: upload.url }),
  onProgress: (sent) => {
    const reached = Math.floor((10 * sent) / size);
    if (reached !== tenths) say("progress", { sent, size });
    tenths = reached;
    if (stillToCut && sent >= size / 2) letGoOnce();
  },
  onShouldRetry: (error, attempt) => {
    const status = error.originalResponse?.getStatus() ?? 0;
    const again = status < 400 || status >= 500 || status === 409 || status === 423;
    say("retry", { attempt, status, again });
    return again;
  },
  onError: (error) => {
    say("failed", { error: error.message });
    process.exitCode = 1;
  },
  onSuccess: () => say("done", { url: upload.url }),
});

async function letGoOnce() {
  stillToCut = false;
  say("cut");
  await upload.abort();
  upload.start();
}

upload.start();
