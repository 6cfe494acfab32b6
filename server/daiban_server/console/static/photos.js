// A photo as one holds it: larger by wheel, two fingers or +, moved by dragging, turned by R, the next one by an arrow.
// Without this the links of the page do the same, one look at a time.

const LEAST = 1;
const MOST = 12;
const STEP = 1.4;
const frames = [...document.querySelectorAll(".frame")];
let current = frames[0];

class Held {
  constructor(frame) {
    this.frame = frame;
    this.image = frame.querySelector("img");
    this.turn = Number([...frame.classList].find((one) => one.startsWith("turn-")).slice(5));
    this.pointers = new Map();
    const large = frame.classList.contains("large");
    frame.classList.remove("large");
    frame.classList.add("held");
    this.fit();
    if (large) this.zoom(2);
  }

  fit() {
    [this.scale, this.x, this.y] = [LEAST, 0, 0];
    this.show();
  }

  show() {
    // Nobody pulls a photo out of sight: its middle stays where the frame shows a part of it.
    const { width, height } = this.frame.getBoundingClientRect();
    const far = (this.scale - 1) / 2;
    this.x = Math.max(-width * far, Math.min(width * far, this.x));
    this.y = Math.max(-height * far, Math.min(height * far, this.y));
    for (const [name, value] of [["--zoom", this.scale], ["--x", `${this.x}px`], ["--y", `${this.y}px`]]) {
      this.image.style.setProperty(name, value);
    }
  }

  // Larger or smaller, with what lies under a point of the window staying there.
  zoom(by, at) {
    const box = this.frame.getBoundingClientRect();
    const scale = Math.max(LEAST, Math.min(MOST, this.scale * by));
    const [px, py] = at ? [at.x - box.left - box.width / 2, at.y - box.top - box.height / 2] : [0, 0];
    const ratio = scale / this.scale;
    [this.x, this.y] = [px - (px - this.x) * ratio, py - (py - this.y) * ratio];
    this.scale = scale;
    this.show();
  }

  rotate() {
    this.frame.classList.remove(`turn-${this.turn}`);
    this.turn = (this.turn + 90) % 360;
    this.frame.classList.add(`turn-${this.turn}`);
    this.fit();
    this.remember();
  }

  // The address says how it is turned, as the link would have: a reload and a colleague see the same.
  remember() {
    const address = new URL(location.href);
    address.searchParams.set(this.frame === frames[0] ? "turn" : "beside_turn", this.turn);
    history.replaceState(history.state, "", address);
  }

  moved(pointer) {
    const before = this.pointers.get(pointer.pointerId);
    if (!before) return;
    const others = [...this.pointers.entries()].filter(([id]) => id !== pointer.pointerId).map(([, one]) => one);
    const now = { x: pointer.clientX, y: pointer.clientY };
    if (others.length) {
      const far = (one) => Math.hypot(one.x - others[0].x, one.y - others[0].y) || 1;
      this.zoom(far(now) / far(before), { x: (now.x + others[0].x) / 2, y: (now.y + others[0].y) / 2 });
    } else {
      this.x += now.x - before.x;
      this.y += now.y - before.y;
      this.show();
    }
    this.pointers.set(pointer.pointerId, now);
  }
}

const held = new Map(frames.map((frame) => [frame, new Held(frame)]));
const ACTS = {
  turn: (one) => one.rotate(),
  larger: (one) => one.zoom(STEP),
  smaller: (one) => one.zoom(1 / STEP),
  fit: (one) => one.fit(),
};

for (const [frame, one] of held) {
  const pane = frame.closest(".pane");
  pane.addEventListener("pointerenter", () => (current = frame));
  pane.addEventListener("focusin", () => (current = frame));
  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    one.zoom(event.deltaY < 0 ? STEP : 1 / STEP, { x: event.clientX, y: event.clientY });
  }, { passive: false });
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    one.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  frame.addEventListener("pointermove", (event) => one.moved(event));
  for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => one.pointers.delete(event.pointerId));
  for (const button of pane.querySelectorAll("[data-act]")) {
    button.hidden = false;
    if (button.dataset.act === "larger") button.textContent = button.dataset.said;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      ACTS[button.dataset.act](one);
    });
  }
}
for (const keys of document.querySelectorAll(".keys")) keys.hidden = false;

const KEYS = { "+": "larger", "=": "larger", "-": "smaller", "0": "fit", r: "turn", R: "turn" };
const WAYS = { ArrowLeft: "#before", ArrowRight: "#after", Escape: "#back" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const way = document.querySelector(WAYS[event.key] || "#none");
  if (way) way.click();
  else if (KEYS[event.key] && current) ACTS[KEYS[event.key]](held.get(current));
  else return;
  event.preventDefault();
});
