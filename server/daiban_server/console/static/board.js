// The week board: arrow keys move between visits, and a visit that is dragged to another day is booked anew for that day.
"use strict";

const SHIFT = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function middle(element) {
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

// The nearest visible card in a direction; what lies straight ahead comes before what lies aside.
function next(card, [dx, dy]) {
  const [x, y] = middle(card);
  let best = null;
  let least = Infinity;
  for (const other of document.querySelectorAll(".card")) {
    if (other === card || !other.offsetParent) continue;
    const [ox, oy] = middle(other);
    const ahead = (ox - x) * dx + (oy - y) * dy;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    if (ahead > 4 && ahead + 3 * aside < least) {
      least = ahead + 3 * aside;
      best = other;
    }
  }
  return best;
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".card");
  const found = card && SHIFT[event.key] && !event.altKey && !event.ctrlKey && !event.metaKey && next(card, SHIFT[event.key]);
  if (!found) return;
  event.preventDefault();
  found.focus();
});

let dragged = "";

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".card")?.dataset.visit ?? "";
});
document.addEventListener("dragend", () => {
  dragged = "";
  for (const cell of document.querySelectorAll(".over")) cell.classList.remove("over");
});

// Asked of the page, not of its cells: the board is put in its place anew when a visit moves.
const under = (event) => (dragged ? event.target.closest?.("td[data-day]") : null);

document.addEventListener("dragover", (event) => {
  const cell = under(event);
  if (!cell) return;
  event.preventDefault();
  cell.classList.add("over");
});
document.addEventListener("dragleave", (event) => under(event)?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  const cell = under(event);
  if (!cell) return;
  event.preventDefault();
  location.assign(`/visits/book?visit=${dragged}&day=${cell.dataset.day}`);
});
