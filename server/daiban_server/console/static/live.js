// Pages that follow what happens. A part that changed is put in its place, unless somebody is writing or has opened
// something in it: then a line says that there is something new, and it comes when he wants it.

const page = document.querySelector("#page");
const PARTS = "section, .glance, .opening, #found, .lead, .board";
const SLOW = 60_000;
const given = document.querySelector('script[src*="/live.js"]').dataset;
const words = JSON.parse(given.words);
// As it came: this runs before the scripts that make something of it.
let shown = parts(page);
let asking = false;
let missed = false;

function elements(root) {
  const found = new Map();
  for (const one of root.querySelectorAll(PARTS)) {
    if (one.parentElement.closest(PARTS)) continue;
    const key = one.id || one.getAttribute("aria-labelledby") || one.className;
    found.set(found.has(key) ? `${key} ${found.size}` : key, one);
  }
  return found;
}

function parts(root) {
  return new Map([...elements(root)].map(([key, one]) => [key, told(one)]));
}

// A form brings along the id of what it may make: another one on every page, and no news.
function told(element) {
  const copy = element.cloneNode(true);
  for (const field of copy.querySelectorAll("input[data-fresh]")) field.removeAttribute("value");
  return copy.outerHTML;
}

function written(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((one) => one.selected !== one.defaultSelected && (one.selected ? one.index > 0 : true));
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

function busy(element) {
  if (element.contains(document.activeElement) && document.activeElement !== document.body) return true;
  if ([...element.querySelectorAll("input, textarea, select")].some(written)) return true;
  return [...element.querySelectorAll("details[open]")].some((one) => one.dataset.opened === "yes");
}

document.addEventListener("toggle", (event) => {
  if (event.target.tagName === "DETAILS") event.target.dataset.opened = event.target.open ? "yes" : "no";
}, true);

function tell() {
  if (page.querySelector(".newer")) return;
  const line = Object.assign(document.createElement("p"), { className: "newer" });
  line.setAttribute("role", "status");
  const again = Object.assign(document.createElement("a"), { href: location.href, textContent: words.again });
  again.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  line.append(words.newer, " ", again);
  page.prepend(line);
}

// What came has no hands yet: scripts that hold on to elements listen for this.
function placed(element) {
  if (window.htmx) window.htmx.process(element);
  element.dispatchEvent(new Event("placed", { bubbles: true }));
}

function take(fresh) {
  const wanted = parts(fresh);
  const here = elements(page);
  const there = elements(fresh);
  if ([...wanted.keys()].join("\n") !== [...shown.keys()].join("\n")) {
    if (busy(page)) return tell();
    const said = page.querySelector(".said");
    page.replaceChildren(...fresh.childNodes);
    if (said && !page.querySelector(".said")) page.prepend(said);
    placed(page);
    shown = wanted;
    return;
  }
  for (const [key, html] of wanted) {
    if (html === shown.get(key)) continue;
    if (busy(here.get(key))) {
      tell();
      continue;
    }
    const part = there.get(key);
    here.get(key).replaceWith(part);
    placed(part);
    shown.set(key, html);
  }
}

async function ask() {
  if (document.hidden) return;
  // What happens while a page is on its way may not be on it.
  missed = asking;
  if (asking) return;
  asking = true;
  try {
    // The address may have changed since, by a search; what it says was done is not said again.
    const address = new URL(location.href);
    address.searchParams.delete("said");
    const answer = await fetch(address, { headers: { "X-By-Itself": "yes" }, redirect: "error", cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#page");
    if (fresh) take(fresh);
  } catch {
    // The link is cut, or the session is over: the page stays as it is, and the next press says what is the matter.
  } finally {
    asking = false;
    if (missed) ask();
  }
}

let slow = 0;
function follow() {
  if (!("EventSource" in window)) {
    slow ||= setInterval(ask, SLOW);
    return;
  }
  const events = new EventSource("/live");
  let first = true;
  events.addEventListener("changed", (event) => {
    // Something may have happened between the page and its stream. After a cut link the page is older than it says.
    if (!first || event.lastEventId !== given.position) ask();
    first = false;
  });
  events.addEventListener("open", () => {
    clearInterval(slow);
    slow = 0;
  });
  // A proxy that lets no stream through, or a session that is over: look now and then, and try again.
  events.addEventListener("error", () => {
    slow ||= setInterval(ask, SLOW);
  });
}

document.addEventListener("visibilitychange", () => document.hidden || ask());
follow();
