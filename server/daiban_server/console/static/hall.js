// The notice screen (公示屏): turns the slides, asks for newer ones, and says so while the server is away.

const words = JSON.parse(document.querySelector('script[src*="/hall.js"]').dataset.words);
const say = (key, ...given) => words[key].replace(/\{(\d)\}/g, (_, place) => given[place]);
const TURN = 15_000;
const ASK = 60_000;
const slides = document.querySelector("#slides");
const state = document.querySelector("#state");
const dots = document.querySelector(".dots");
const pace = Number(new URLSearchParams(location.search).get("pace")) || 1;
let at = 0;
let newer = null;

function show() {
  const all = [...slides.children];
  if (at >= all.length) {
    at = 0;
    if (newer) take();
  }
  const now = [...slides.children];
  now.forEach((slide, index) => (slide.hidden = index !== at));
  dots.replaceChildren(...now.map((_, index) => Object.assign(document.createElement("i"), { className: index === at ? "on" : "" })));
}

// New slides come in between two rounds, so that nobody's half-read page changes under his eyes.
function take() {
  slides.replaceChildren(...newer.querySelector("#slides").children);
  slides.dataset.asOf = newer.querySelector("#slides").dataset.asOf;
  document.querySelector("h1").textContent = newer.querySelector("h1").textContent;
  newer = null;
}

// Who stands at the screen may turn it himself, and has it to himself for a while.
let turning = 0;
function turn(by) {
  clearTimeout(turning);
  at = by < 0 && at === 0 ? slides.children.length - 1 : at + by;
  show();
  turning = setTimeout(turn, (TURN * (by === 1 && !turn.byHand ? 1 : 3)) / pace, 1);
  turn.byHand = false;
}

// What the clock on the wall there shows, wherever the screen's own clock believes to be.
function clock() {
  const at = new Date(Date.now() + 8 * 3600_000);
  const told = document.querySelector(".when time");
  const day = say("day", words.months[at.getUTCMonth()], at.getUTCDate(), words.weekdays[(at.getUTCDay() + 6) % 7]);
  told.textContent = `${day} ${String(at.getUTCHours()).padStart(2, "0")}:${String(at.getUTCMinutes()).padStart(2, "0")}`;
}

function away() {
  state.textContent = say("away", slides.dataset.asOf);
  state.className = "away";
}

async function ask() {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (answer.headers.get("X-Kept") === "yes") return away();
    newer = new DOMParser().parseFromString(text, "text/html");
    state.textContent = "";
    state.className = "";
  } catch {
    away();
  }
}

document.documentElement.classList.add("turning");
document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (by) {
    turn.byHand = true;
    turn(by);
  }
});
show();
clock();
turning = setTimeout(turn, TURN / pace, 1);
setInterval(clock, 10_000);
setInterval(ask, ASK / pace);

// A screen that is switched on while the server is away shows what it had last: page, style and script are fetched once
// more through the worker, which keeps them.
async function keep() {
  await navigator.serviceWorker.register("/hall-worker.js", { scope: "/hall" });
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  }
  const parts = document.querySelectorAll("link[rel=stylesheet], script[src], link[rel=icon]");
  await Promise.all([ask(), ...[...parts].map((one) => fetch(one.href || one.src))]);
  document.documentElement.dataset.kept = "yes";
}

if ("serviceWorker" in navigator) keep().catch(() => {});
