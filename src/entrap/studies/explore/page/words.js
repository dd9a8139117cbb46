// Text on the page: letters with subscripts, numbers with few digits.

/** Nodes of a text in which "T_c" has a subscript. */
export function typeset(text) {
  const parts = document.createDocumentFragment();
  let last = 0;
  for (const match of text.matchAll(/(?<![A-Za-z])([A-Za-zα-ωΑ-Ωħ]\u0303?)_([A-Za-z0-9]+)/gu)) {
    parts.append(text.slice(last, match.index), match[1]);
    const sub = document.createElement("sub");
    sub.textContent = match[2];
    parts.append(sub);
    last = match.index + match[0].length;
  }
  parts.append(text.slice(last));
  return parts;
}

/** A unit as print has it. */
export function unitText(unit) {
  return unit.replaceAll("ohm", "Ω").replace(/\bu(?=[msA])/g, "µ").replaceAll("*", " ")
    .replace(/\^([2-6])/g, (_, digit) => "²³⁴⁵⁶"[digit - 2]);
}

const PREFIXES = [["p", 1e-12], ["n", 1e-9], ["µ", 1e-6], ["m", 1e-3], ["", 1], ["k", 1e3], ["M", 1e6], ["G", 1e9]];
const PREFIXED = { m: ["p", "n", "µ", "m", ""], s: ["p", "n", "µ", "m", ""], K: ["µ", "m", ""], T: ["µ", "m", ""], W: ["p", "n", "µ", "m", ""] };
const ELECTRONVOLT = 1.602176634e-19; // J, exact: the SI defines it

/** The unit that suits numbers of an SI unit up to a largest one, and the factor to it. */
export function scaledUnit(unit, largest) {
  if (unit === "1" || !unit) return ["", 1];
  if (unit === "J") {
    const [text, factor] = scaledUnit("s", largest / ELECTRONVOLT);
    return [text.replace("s", "eV"), factor / ELECTRONVOLT];
  }
  const known = PREFIXED[unit];
  if (!known || !(largest > 0) || !Number.isFinite(largest)) return [unitText(unit), 1];
  const fit = PREFIXES.filter(([prefix]) => known.includes(prefix)).findLast(([, size]) => largest >= 0.9995 * size);
  const [prefix, size] = fit ?? PREFIXES.find(([first]) => first === known[0]);
  return [prefix + unit, 1 / size];
}

/** A number with so many digits, and a power of ten where it is large or small, as the reports have it. */
export function shown(value, digits = 4) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "none" : value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const [first, exponent] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return value.toLocaleString("en", { maximumSignificantDigits: digits });
  const number = Number(first);
  return Math.abs(number) === 1 ? `${number < 0 ? "-" : ""}${tenTo(power)}` : `${number} × ${tenTo(power)}`;
}

/** A power of ten. */
export const tenTo = (power) => `10${[...String(power)].map((digit) => digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;

/** A number as one types it into a field. */
export const typed = (value) => Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace("e+", "e") : shown(value);

/** An element with attributes and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** What is refused: `problems`, each with the key that it is about and its text. */
export class Refusal extends Error {
  constructor(problems, status = 0) {
    super(problems.map((each) => each.text).join("\n"));
    this.problems = problems;
    this.status = status;
  }
}
