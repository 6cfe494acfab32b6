// Every field is a register of several values: what was not in view is never replaced.

/** Whether a change replaces a field that a head holds. */
export function replaces(change, head, name) {
  if (head.position > change.seen) {
    return change.chained && head.device === change.device && head.number < change.number;
  }
  const over = change.over ?? {};
  return !Object.hasOwn(over, name) || over[name].includes(head.position);
}

/** The heads after a change was laid over them. */
export function lay(heads, change) {
  const rest = heads
    .map((head) => ({
      ...head,
      names: head.names.filter((name) => !Object.hasOwn(change.fields, name) || !replaces(change, head, name)),
    }))
    .filter((head) => head.names.length > 0);
  return [...rest, { ...change, names: Object.keys(change.fields) }];
}

/** Equal as JSON values. */
export function equal(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && equal(one[name], other[name]));
}

function inFront(one, other) {
  for (const name of ["authority", "effective"]) {
    if (one[name] !== other[name]) return other[name] - one[name];
  }
  // Hexadecimal digits in lowercase sort as the bytes do.
  if (one.device !== other.device) return one.device > other.device ? -1 : 1;
  return other.number - one.number;
}

/** The different values of each field, the visible one first, each with the heads that hold it. */
export function values(heads) {
  const found = {};
  for (const head of [...heads].sort(inFront)) {
    for (const name of head.names) {
      const list = (found[name] ??= []);
      const same = list.find((one) => equal(one.value, head.fields[name]));
      if (same) same.heads.push(head);
      else list.push({ value: head.fields[name], heads: [head] });
    }
  }
  return found;
}

const tombstone = (head) => head.names.includes("deleted") && head.fields.deleted === true;

/** Whether a tombstone stands whose author agreed to everything that stands beside it. */
export function deleted(heads) {
  return heads.filter(tombstone).some((head) =>
    heads
      .filter((other) => other !== head)
      .every((other) =>
        other.names.every((name) => (name === "deleted" && tombstone(other)) || replaces(head, other, name)),
      ),
  );
}

/** What a person sees of a record. */
export function view(heads) {
  const fields = values(heads);
  const gone = deleted(heads);
  const visible = Object.fromEntries(Object.entries(fields).map(([name, list]) => [name, list[0].value]));
  const contested = Object.entries(fields).filter(([name, list]) => list.length > 1 && !(gone && name === "deleted"));
  const conflicts = Object.fromEntries(contested);
  const doubted = visible.deleted === true && !gone && !conflicts.deleted;
  return { fields, visible, conflicts, deleted: gone, doubted };
}
