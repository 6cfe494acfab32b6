// Which 32 bytes are an Ed25519 key at all: libraries let some pass under which anything verifies.

const PRIME = 2n ** 255n - 19n;

const modulo = (number) => ((number % PRIME) + PRIME) % PRIME;

function power(base, exponent) {
  let result = 1n;
  for (let square = modulo(base); exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

const inverse = (number) => power(number, PRIME - 2n);
const D = modulo(-121665n * inverse(121666n));

/** x² of the point with this y, from -x² + y² = 1 + d x² y². */
const xSquared = (y) => modulo((y * y - 1n) * inverse(D * y * y + 1n));

function squareRoot(square) {
  const root = power(square, (PRIME + 3n) / 8n);
  for (const candidate of [root, modulo(root * power(2n, (PRIME - 1n) / 4n))]) {
    if (modulo(candidate * candidate) === square) return candidate;
  }
  return undefined;
}

function double([x, y]) {
  const both = modulo(D * x * x * y * y);
  return [modulo(2n * x * y * inverse(1n + both)), modulo((y * y + x * x) * inverse(1n - both))];
}

const judged = new Map();

/** Whether these bytes are the canonical encoding of a point that is not of small order. */
export function usable(key) {
  const name = Buffer.from(key).toString("hex");
  if (!judged.has(name)) judged.set(name, isPoint(key));
  return judged.get(name);
}

function isPoint(key) {
  if (key.length !== 32) return false;
  let y = BigInt(`0x${Buffer.from(key).reverse().toString("hex")}`);
  y &= 2n ** 255n - 1n; // the highest bit is the sign of x
  if (y >= PRIME) return false;
  const x = squareRoot(xSquared(y));
  if (x === undefined) return false;
  const [eightfold, other] = double(double(double([x, y])));
  return !(eightfold === 0n && other === 1n);
}
