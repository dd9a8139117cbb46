// The Sample tab: free energy, electrons, observables and assumptions along the warm-up.

import { Grades } from "./grades.js";
import { Figure, at, extent } from "./plots.js";
import { element, shown, typeset, unitText } from "./words.js";

const CURVES = [
  ["bare", "without a trap"], ["plain", "trap, plain BCS"], ["mixed", "trap and entropy of mixing"],
  ["expansion", "the paper's expansion"],
];
const LEAST = 1e-12; // share of the electrons that is none
const ELECTRONS = [["superconducting", "mixed"], ["normal", "normal"], ["trapped", "trapped"], ["untrapped", "bare"]];

export class Sample {
  /** `find` gives an element of the page by its id; `moved` and `ended` hear of the temperature. */
  constructor(find, { about, moved, ended, grades }) {
    Object.assign(this, { find, about });
    this.picture = null;
    this.kept = null;
    this.moved = moved;
    this.ended = ended;
    this.grades = new Grades(about, grades, "Can the theory be trusted here?");
    this.energy = new Figure("free-energy", "", 270, { wide: true });
    this.electrons = new Figure("electrons", "", 270, { wide: true });
    this.observables = new Map();
    this.energy.caption.replaceChildren(typeset("Free energy F(n_s) - F(0), of n_c k_B T_c"),
      element("small", {}, " by the paper’s functional, its Fig. 3"));
    this.electrons.caption.replaceChildren(typeset("Where the electrons are, of n_c"),
      element("small", {}, " by the paper’s functional"));
    this.electrons.onMove(moved, ended);
    find("key").append(...CURVES.map(([style, text]) => element("span", { class: `swatch ${style}` }, text)),
      element("span", { class: "swatch normal" }, "normal electrons"), element("span", { class: "swatch trapped" }, "in the trap"));
    find("grid").append(this.energy.box, this.electrons.box);
    find("grades").append(this.grades.box);
    find("others").addEventListener("toggle", () => this.draw());
  }

  get ends() {
    return [this.picture.columns.temperature[0], this.picture.columns.temperature.at(-1)];
  }

  show(picture, temperature) {
    this.picture = picture;
    this.temperature = temperature;
    this.draw();
  }

  draw() {
    if (!this.picture) return;
    const { observables, regimes, columns, margins } = this.picture;
    const warm = columns.temperature;
    this.electrons.frame(this.ends, [0, 1], "temperature (K)");
    this.electrons.regimes(regimes);
    this.electrons.curves([...this.#ghosts("electrons"),
      ...ELECTRONS.map(([name, style]) => ({ name, style, x: warm, y: columns[name] }))]);
    for (const each of observables) this.#observable(each, warm, columns, regimes);
    this.grades.draw(margins, columns);
    this.point(this.temperature);
  }

  #observable(each, warm, columns, regimes) {
    let figure = this.observables.get(each.name);
    if (!figure) {
      figure = new Figure(each.name, "", 190);
      this.observables.set(each.name, figure);
      this.find(each.first ? "grid" : "more").append(figure.box);
      figure.onMove(this.moved, this.ended);
    }
    figure.caption.replaceChildren(
      element("button", { class: "name", type: "button", title: "What this is", onclick: () => this.about(each) },
        typeset(each.meaning)), " ", typeset(`${each.symbol} (${unitText(each.unit)})`));
    const lists = CURVES.map(([style]) => ({ name: style, style, x: warm, y: columns[`${each.name}.${style}`] }))
      .filter((curve) => curve.y.some(Number.isFinite));
    const [low, high] = extent(lists.map((curve) => curve.y));
    const top = Number.isFinite(high) ? high : 1;
    figure.frame(this.ends, [Math.min(0, Number.isFinite(low) ? low : 0), top * 1.05 || 1], "temperature (K)");
    figure.regimes(regimes);
    figure.curves([...this.#ghosts(each.name), ...lists]);
  }

  /** Keep the curves as they are to compare others with them, or let go of those that were kept. */
  keep() {
    this.kept = this.kept ? null : this.picture;
    this.draw();
    return Boolean(this.kept);
  }

  #ghosts(name) {
    if (!this.kept) return [];
    const { columns } = this.kept;
    const wanted = name === "electrons" ? [["superconducting", "mixed"], ["untrapped", "bare"]]
      : [[`${name}.mixed`, "mixed"], [`${name}.bare`, "bare"]];
    return wanted.filter(([column]) => columns[column]).map(([column, style]) => ({
      name: `kept ${column}`, style: `${style} kept`, x: columns.temperature, y: columns[column],
    }));
  }

  /** What moves with the temperature; nothing is asked for. */
  point(place) {
    this.temperature = place;
    const { columns, regimes, observables } = this.picture, [low, high] = this.ends, { find } = this;
    const share = (place - low) / (high - low || 1);
    find("temperature").value = 1000 * share;
    find("now").textContent = `${shown(place)} K`;
    find("temperature").setAttribute("aria-valuetext", `${shown(place)} kelvin`);
    find("regime").textContent = regimes.find((each) => place <= each.to)?.name ?? regimes.at(-1)?.name ?? "";
    this.#energies(place);
    const value = (name) => at(columns.temperature, columns[name], place);
    const { electrons } = this;
    electrons.point(place, [[value("untrapped"), "bare"], [value("superconducting"), "mixed"]]);
    electrons.describe(`Where the electrons are at ${shown(place)} K: superconducting ` +
      `${shown(value("superconducting"), 3)} of n_c, without a trap ${shown(value("untrapped"), 3)}, normal ` +
      `${shown(value("normal"), 3)}, in the trap ${shown(value("trapped"), 3)}`);
    electrons.read([["superconducting", "mixed"], ["untrapped", "bare"], ["normal", "normal"], ["trapped", "trapped"]]
      .map(([name, style]) => [style, value(name) > LEAST ? value(name) : 0]));
    for (const each of observables) {
      const figure = this.observables.get(each.name), unit = unitText(each.unit);
      const values = CURVES.slice(0, 3).map(([style]) => [style, value(`${each.name}.${style}`)]);
      const known = values.some(([, number]) => Number.isFinite(number));
      const listed = known ? values : [["expansion", value(`${each.name}.expansion`)]];
      figure.point(place, listed.map(([style, number]) => [number, style]));
      figure.read(listed, unit);
      figure.describe(`${each.meaning} in ${unit} at ${shown(place)} K: ` +
        listed.map(([style, number]) => `${CURVES.find(([name]) => name === style)[1]} ${shown(number, 3)}`).join(", "));
    }
    this.grades.point(share);
  }

  /** F(n_s) at the temperature of the cursor, between its two nearest frames. */
  #energies(place) {
    const { columns, extent: limits } = this.picture, { share, frames } = columns, count = share.length;
    const last = frames.length - 1;
    const along = Math.min(Math.max(((place - frames[0]) / (frames[last] - frames[0] || 1)) * last, 0), last);
    const low = Math.min(Math.floor(along), last - 1), rest = along - low;
    const curve = (name) => Float64Array.from(share, (_, i) =>
      columns[name][low * count + i] * (1 - rest) + columns[name][(low + 1) * count + i] * rest);
    const [bare, mixed] = [curve("energy.untrapped"), curve("energy")];
    const figure = this.energy, depth = Math.max(-limits.low, 1e-300);
    figure.frame([0, share.at(-1)], [limits.low - 0.08 * depth, Math.min(limits.high, 0.9 * depth) || depth],
      "superconducting share of the electrons, n_s/n_c");
    figure.curves([{ name: "bare", style: "bare", x: share, y: bare }, { name: "mixed", style: "mixed", x: share, y: mixed }]);
    const dots = [["untrapped", bare, "bare"], ["superconducting", mixed, "mixed"]].map(([name, energy, style]) => {
      const here = at(columns.temperature, columns[name], place);
      return [here, at(share, energy, here), style];
    });
    figure.dot(dots);
    figure.describe(`Free energy against the superconducting share at ${shown(place)} K: the sample is at ` +
      `n_s/n_c = ${shown(dots[1][0], 3)}, without a trap at ${shown(dots[0][0], 3)}`);
  }

  /** The columns along the temperature as CSV. */
  csv() {
    const { columns, observables } = this.picture, count = columns.temperature.length;
    const names = Object.keys(columns).filter((name) => columns[name].length === count && !name.startsWith("margin."));
    const unit = (name) => observables.find((each) => name.startsWith(`${each.name}.`))?.unit;
    const head = names.map((name) => name === "temperature" ? "temperature (K)" : unit(name) ? `${name} (${unit(name)})` : `${name} (1)`);
    const lines = [...columns.temperature].map((_, i) => names.map((name) => columns[name][i]).join());
    return [head.join(), ...lines, ""].join("\n");
  }
}
