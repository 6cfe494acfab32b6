// What somebody wrote and did not send yet stays in this tab: a reload, a lost link or a session that ran out lose none
// of it. It is gone when it was sent, when the tab is closed, and when he signs out.

const words = JSON.parse(document.querySelector('script[src*="/keeping.js"]').dataset.words);
const KEY = "daiban written ";
const FORMS = "main form[method=post]";
const kept = (form) => `${KEY}${location.pathname} ${new URL(form.action).pathname}`;
const ours = (field) =>
  field.name && ((field.tagName === "INPUT" && ["text", "search", "tel", "date", "number", "checkbox", "radio"].includes(field.type)) || field.tagName === "TEXTAREA" || field.tagName === "SELECT") && field.name !== "username" && field.autocomplete !== "one-time-code";

function read(form) {
  try {
    return JSON.parse(sessionStorage.getItem(kept(form)) || "null");
  } catch {
    return null;
  }
}

const fields = (form) => [...form.elements].filter(ours);
const told = (field) => (["checkbox", "radio"].includes(field.type) ? (field.checked ? field.value : null) : field.value);

function keep(form) {
  const values = fields(form).filter((field) => field.type !== "radio" || field.checked).map((field) => [field.name, told(field)]);
  sessionStorage.setItem(kept(form), JSON.stringify({ values, sent: false }));
}

function restore(form, values) {
  let changed = false;
  for (const [name, value] of values) {
    for (const field of fields(form).filter((one) => one.name === name)) {
      if (["checkbox", "radio"].includes(field.type)) {
        const checked = value !== null && field.value === value;
        if (field.type === "radio" && !checked) continue;
        changed ||= field.checked !== checked;
        field.checked = checked;
      } else if (value !== null && field.value === field.defaultValue && field.value !== value) {
        field.value = value;
        changed = true;
      }
    }
  }
  return changed;
}

// A desk is shared: what one person wrote is shown to nobody else.
const PERSON = "daiban person";
if (sessionStorage.getItem(PERSON) !== document.body.dataset.person) {
  sessionStorage.clear();
  sessionStorage.setItem(PERSON, document.body.dataset.person);
}

// A page of ours that says what was done, or another page, means that what was sent arrived. After signing in anew it
// does not: the session was over, and nothing was taken.
const failed = document.querySelector(".errors") !== null;
const fromDoor = document.referrer !== "" && new URL(document.referrer).pathname.startsWith("/sign-in");
if (!failed && !fromDoor) {
  for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith(KEY))) {
    const elsewhere = key.slice(KEY.length).split(" ")[0] !== location.pathname;
    if ((elsewhere || document.querySelector(".said")) && JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
  }
}
for (const form of document.querySelectorAll(FORMS)) {
  const held = read(form);
  if (held && !failed && restore(form, held.values)) {
    for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    const line = Object.assign(document.createElement("p"), { className: "kept-line quiet", textContent: words.kept });
    line.setAttribute("role", "status");
    form.prepend(line);
  }
}

// Asked of the page, not of its forms: a part that follows what happens is put in its place anew.
function writing(event) {
  const form = event.target.form;
  if (form?.matches?.(FORMS)) keep(form);
}
document.addEventListener("input", writing);
document.addEventListener("change", writing);
document.addEventListener("submit", (event) => {
  const now = event.target.matches(FORMS) && read(event.target);
  if (now) sessionStorage.setItem(kept(event.target), JSON.stringify({ ...now, sent: true }));
});
document.querySelector("form.who")?.addEventListener("submit", () => sessionStorage.clear());
