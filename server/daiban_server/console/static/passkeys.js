// Passkeys at the console: makes one, shows one at the door, signs 32 bytes. Everything else on these pages works
// without a script.

const words = JSON.parse(document.querySelector('script[src*="/passkeys.js"]').dataset.words);
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** Ask the server; gives its answer, or throws what it says is wrong. */
async function ask(path, csrf, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, "Accept-Language": document.documentElement.lang },
    body: JSON.stringify(body ?? {}),
  });
  const told = await answer.json();
  if (!answer.ok) {
    const which = told.numbers ? words.which.replace("{0}", told.numbers.join(words.between)) : "";
    const said = words.problem.replace("{0}", told.title).replace("{1}", told.advice);
    throw Object.assign(new Error(said + which), { code: told.code });
  }
  if (told.csrf) {
    // The session was made anew: the forms that stand on this page go with the new one.
    document.querySelectorAll("input[name=csrf]").forEach((field) => (field.value = told.csrf));
    document.querySelectorAll("[data-csrf]").forEach((part) => (part.dataset.csrf = told.csrf));
  }
  return told;
}

/** A new passkey for the options that the server gave, as it takes it back. */
async function made(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
  };
  const one = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = one.response;
  return {
    id: one.id,
    rawId: text(one.rawId),
    type: one.type,
    response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) },
  };
}

/** A passkey's answer to the options that the server gave, as it takes it back. */
async function shown(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: described(options.allowCredentials),
  };
  const one = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature } = one.response;
  return {
    id: one.id,
    rawId: text(one.rawId),
    type: one.type,
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
    },
  };
}

/**
 * This person's own signature over 32 bytes (64 hexadecimal digits), for a purpose. Whoever asked for it sends it to a
 * route of its own.
 */
export async function sign(purpose, digest, csrf) {
  return shown(await ask("/v1/passkeys/signing", csrf, { purpose, digest }));
}

function showCodes(part, codes, onward) {
  const list = document.createElement("ol");
  list.className = "recovery";
  for (const code of codes) {
    list.append(Object.assign(document.createElement("li"), { textContent: code }));
  }
  const on = Object.assign(document.createElement("a"), { className: "button", href: onward, textContent: words.onward });
  const act = Object.assign(document.createElement("p"), { className: "act" });
  act.append(on);
  part.replaceChildren(Object.assign(document.createElement("p"), { textContent: words.codes }), list, act);
  on.focus();
}

const ACTS = {
  async register(part, { csrf, onward }) {
    const credential = await made(await ask("/v1/passkeys/registration", csrf));
    const name = part.querySelector("input").value;
    const { codes } = await ask("/v1/passkeys", csrf, { credential, name });
    if (codes.length) {
      showCodes(part, codes, onward);
    } else {
      location.assign(onward);
    }
    return "";
  },
  async second(part, { csrf, onward }) {
    const credential = await shown(await ask("/v1/session/passkey/options", csrf));
    await ask("/v1/session/passkey", csrf, { credential });
    location.assign(onward);
    return "";
  },
  /** Adopt the ticked entries of a batch that stands apart: the clerk signs exactly these, then sends them. */
  async adopt(part, { csrf, onward, path }) {
    const form = part.closest("form");
    const numbers = Array.from(form.querySelectorAll("input[name=number]:checked"), (box) => Number(box.value));
    const reason = form.querySelector("[name=reason]").value.trim();
    if (!numbers.length || !reason) {
      throw Object.assign(new Error(numbers.length ? words.reason : words.none), { code: "form" });
    }
    const told = await ask(`/v1${path}/signing`, csrf, { reason, numbers });
    const credential = await sign(told.purpose, told.digest, csrf);
    await ask(`/v1${path}/decision`, csrf, { reason, numbers, credential });
    location.assign(onward);
    return "";
  },
  async try(part, { csrf }) {
    const random = crypto.getRandomValues(new Uint8Array(32));
    const digest = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const credential = await sign("account.try", digest, csrf);
    await ask("/v1/passkeys/signing/try", csrf, { digest, credential });
    return words.signed;
  },
};

function say(part, text, failed = false) {
  const said = part.querySelector(".passkey-said");
  if (said) {
    said.textContent = text;
    said.classList.toggle("failed", failed);
  }
}

function reason(error) {
  return words[error.name] ?? (error.code ? error.message : words.failed);
}

function offer(part) {
  const button = part.querySelector("button");
  if (!window.PublicKeyCredential) {
    say(part, words.unknown);
    return;
  }
  button.disabled = false;
  say(part, "");
  button.addEventListener("click", async () => {
    button.disabled = true;
    say(part, words.follow);
    try {
      say(part, await ACTS[part.dataset.passkey](part, part.dataset));
    } catch (error) {
      if (error.code === "session.stale") {
        location.assign("/account/proof");
        return;
      }
      say(part, reason(error), true);
    }
    button.disabled = false;
  });
}

const offered = (root) => root.querySelectorAll("[data-passkey]").forEach(offer);
offered(document);
document.addEventListener("placed", (event) => offered(event.target));
