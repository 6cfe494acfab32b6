// JSON with nothing left open: what two parsers might read differently is refused.

import { demand, LARGEST } from "./bytes.mjs";

const DEEPEST = 16;
const LONGEST = 20_000;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPED = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** A number that was written with a fraction or an exponent: no whole number where one is demanded. */
export class Fraction {
  constructor(value) {
    this.value = value;
  }
}

/** A text or number that is too large, which inside a field's value refuses its entry alone. */
export class TooLarge {
  constructor(value) {
    this.value = value;
  }
}

class Parser {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  refuse(why) {
    demand(false, "entry.malformed", `${why} at ${this.at}`);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  next() {
    this.match(SPACE);
    return this.text[this.at];
  }

  eat(sign) {
    if (this.next() !== sign) this.refuse(`no ${sign}`);
    this.at += 1;
  }

  value(level) {
    const sign = this.next();
    if (sign === "{") return this.object(level + 1);
    if (sign === "[") return this.array(level + 1);
    if (sign === '"') return this.sized(this.string());
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number() {
    const found = this.match(NUMBER);
    if (!found) this.refuse("no value");
    const value = Number(found[0]);
    if (!Number.isFinite(value)) this.refuse("a number that overflows");
    if (Math.abs(value) > LARGEST) return new TooLarge(value);
    return found[1] || found[2] ? new Fraction(value) : value || 0; // -0 is 0
  }

  string() {
    this.eat('"');
    const parts = [];
    for (;;) {
      parts.push(this.match(PLAIN)[0]);
      const sign = this.text[this.at];
      this.at += 1;
      if (sign === '"') break;
      if (sign !== "\\") this.refuse("a text without end, or a control character");
      parts.push(this.escape());
    }
    const text = parts.join("");
    if (!text.isWellFormed() || text.includes("\0")) this.refuse("a lone surrogate or U+0000");
    return text;
  }

  escape() {
    const sign = this.text[this.at];
    this.at += 1;
    if (sign !== "u") return ESCAPED[sign] ?? this.refuse("an unknown escape");
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse("no four digits");
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  sized(text) {
    return text.length > LONGEST && [...text].length > LONGEST ? new TooLarge(text) : text;
  }

  object(level) {
    if (level > DEEPEST) this.refuse("too deep");
    const members = new Map();
    this.items("{", "}", () => {
      if (this.next() !== '"') this.refuse("no key");
      const key = this.string();
      if (members.has(key)) this.refuse("a key twice");
      if (this.sized(key) instanceof TooLarge) this.refuse("a key that is too long");
      this.eat(":");
      members.set(key, this.value(level));
    });
    return members;
  }

  array(level) {
    if (level > DEEPEST) this.refuse("too deep");
    const list = [];
    this.items("[", "]", () => list.push(this.value(level)));
    return list;
  }

  items(first, last, read) {
    this.eat(first);
    if (this.next() !== last) {
      read();
      while (this.next() === ",") {
        this.at += 1;
        read();
      }
    }
    this.eat(last);
  }
}

/** What the bytes say: objects as Map, numbers with a fraction as Fraction, what is too large as TooLarge. */
export function parse(bytes) {
  const text = new TextDecoder("utf-8", { ignoreBOM: true });
  const decoded = text.decode(bytes);
  demand(Buffer.from(decoded, "utf8").equals(Buffer.from(bytes)), "entry.malformed", "no UTF-8");
  const parser = new Parser(decoded);
  const value = parser.value(0);
  if (parser.next() !== undefined) parser.refuse("something behind the end");
  return value;
}

/** The same as ordinary values. */
export function plain(value) {
  if (value instanceof Fraction || value instanceof TooLarge) return value.value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

/** Whether something too large stands anywhere in a value. */
export function large(value) {
  if (value instanceof TooLarge) return true;
  const inner = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  return inner.some(large);
}
