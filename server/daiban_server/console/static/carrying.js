// Hands in each chosen file by itself, says how it fared, and saves its receipts beside it.

const words = JSON.parse(document.querySelector('script[src*="/carrying.js"]').dataset.words);
const say = (key, ...given) => words[key].replace(/\{(\d)\}/g, (_, place) => given[place]);
const form = document.querySelector("form.hand-in");
const input = form.querySelector("input[type=file]");
const list = document.querySelector(".carried");
const sum = document.querySelector(".carried-sum");
const ATTEMPTS = 5;
let waiting = 0;
const count = { done: 0, failed: 0 };

// The browser's own button speaks the computer's language, which may be any; files go as soon as they are chosen.
input.multiple = true;
input.classList.add("unseen");
document.querySelector(".pick").hidden = false;
form.querySelector("button").hidden = true;

function line(file) {
  const part = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name });
  const said = Object.assign(document.createElement("span"), { className: "second", textContent: words.waiting });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  part.append(name, bar, said);
  list.append(part);
  return { part, said, bar };
}

/** Send one file; gives the answer, or throws with what the server says is wrong and when to try again. */
function send(file, bar) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/bundles");
    request.responseType = "arraybuffer";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.upload.onprogress = (event) => (bar.value = event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => failed(Object.assign(new Error(words.unreachable), { again: 3 }));
    request.onload = () => {
      if (request.status === 200) {
        done(request.response);
        return;
      }
      let told = {};
      try {
        told = JSON.parse(new TextDecoder().decode(request.response));
      } catch {
        // Something between here and the server answered in its own way.
      }
      const again = request.status === 429 || request.status >= 502 ? Number(request.getResponseHeader("Retry-After")) || 3 : 0;
      const why = told.title ? say("problem", told.title, told.advice) : say("refused", request.status);
      failed(Object.assign(new Error(why), { again }));
    };
    request.send(file);
  });
}

function save(answer, name) {
  const address = URL.createObjectURL(new Blob([answer], { type: "application/octet-stream" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name, textContent: words.save });
  link.className = "reveal";
  link.click();
  return link;
}

async function handIn(file, { part, said, bar }) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      said.textContent = words.sending;
      const answer = await send(file, bar);
      bar.remove();
      said.textContent = say("kept", `${file.name}.answer`);
      part.classList.add("done");
      part.append(save(answer, file.name + ".answer"));
      count.done += 1;
      return;
    } catch (error) {
      if (!error.again || attempt === ATTEMPTS) {
        bar.remove();
        said.textContent = say(error.again ? "later" : "failed", error.message);
        part.classList.add("failed");
        count.failed += 1;
        return;
      }
      said.textContent = say("again", error.message, error.again);
      await new Promise((next) => setTimeout(next, error.again * 1000));
    }
  }
}

let chain = Promise.resolve();

function take(files) {
  for (const file of files) {
    const shown = line(file);
    waiting += 1;
    chain = chain.then(() => handIn(file, shown)).then(() => {
      waiting -= 1;
      const done = say(count.failed ? "partly" : "done", count.done, count.failed);
      sum.textContent = waiting ? say("left", waiting) : done;
    });
  }
  sum.textContent = waiting ? say("left", waiting) : "";
}

input.addEventListener("change", () => {
  take(input.files);
  form.reset();
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files);
});
window.addEventListener("beforeunload", (event) => {
  if (waiting) {
    event.preventDefault();
  }
});
