// The keyboard: ? opens and closes the help beside a page, and on Today 1 to 9 open a line of what waits, j and k move.
// Everything is there without this file, for the hand.

const help = document.querySelector(".help details");
const handle = help.querySelector("summary");
let before = null;
document.body.classList.add("has-keys");

// Keys belong to whoever writes, and to the browser and the system where another key is held with them.
function taken(event) {
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  return field || event.isComposing || event.ctrlKey || event.altKey || event.metaKey;
}

function close() {
  const held = help.contains(document.activeElement);
  help.open = false;
  if (held) (before?.isConnected ? before : handle).focus({ preventScroll: true });
}

function open() {
  before = document.activeElement;
  help.open = true;
  handle.focus({ preventScroll: true });
}

const waiting = () => [...document.querySelectorAll("#now .now-act")];

function move(by) {
  const acts = waiting();
  const at = acts.indexOf(document.activeElement);
  acts.at(at < 0 ? (by > 0 ? 0 : -1) : Math.min(Math.max(at + by, 0), acts.length - 1))?.focus();
}

// Arrows scroll the page until somebody has gone into the list.
function step(event) {
  if (event.key === "j") return 1;
  if (event.key === "k") return -1;
  if (!document.activeElement.closest("#now")) return 0;
  return { ArrowDown: 1, ArrowUp: -1 }[event.key] || 0;
}

document.addEventListener("keydown", (event) => {
  if (taken(event)) return;
  const by = step(event);
  const act = /^[1-9]$/.test(event.key) && waiting()[event.key - 1];
  if (event.key === "?" || event.key === "\uff1f") (help.open ? close : open)();
  else if (event.key === "Escape" && help.open) close();
  else if (act) act.click();
  else if (by && waiting().length) move(by);
  else return;
  event.preventDefault();
});

// A line that is settled further down on the same page leads to its first choice.
window.addEventListener("hashchange", () => {
  const there = document.getElementById(location.hash.slice(1));
  if (there?.matches("form.dispute")) there.querySelector("input[type=radio]").focus({ preventScroll: true });
});
