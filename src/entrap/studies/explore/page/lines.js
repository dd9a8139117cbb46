// A figure of curves over any axis, with a cursor of its own that pointer and keys move.

import { Figure, extent } from "./plots.js";
import { scaledUnit, shown, typeset } from "./words.js";

const STYLES = ["mixed", "plain", "bare", "normal", "trapped", "expansion"];
const DECADES = 12; // that a logarithmic axis shows at most

/** Value of a curve at a place of its rising axis. */
function between(x, y, place) {
  let low = 0, high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= place) low = middle;
    else high = middle;
  }
  const share = (place - x[low]) / (x[high] - x[low] || 1);
  if (share <= 0) return y[low];
  return share >= 1 ? y[high] : y[low] + share * (y[high] - y[low]);
}

export class Lines extends Figure {
  /**
   * @param {string} name Of the file in which it is saved.
   * @param {object} axes `x` and `y`, each with a label, the SI unit of its numbers and whether it is
   *   logarithmic; `limits` of x and y, where they are not those of the curves.
   */
  constructor(name, caption, { x, y, limits = {}, wide = false, height = 230 }) {
    super(name, "", height, { wide, top: 20 });
    this.caption.append(typeset(caption));
    Object.assign(this, { of: { x, y }, limits });
    this.onMove((place) => { this.moved = true; this.at(place); }, () => {});
    const node = this.svg.attr("role", "slider").attr("tabindex", 0).attr("aria-label", caption).node();
    node.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Curves, each `{ name, x, y }` in SI, `style` at will; dots `[x, y]` and stretches `[from, to]` of x. */
  draw(curves, { dots = [], stretches = [] } = {}) {
    const known = curves.filter((each) => each.y.some(Number.isFinite));
    const [unitX, scaleX] = this.#scale("x", known.map((each) => each.x));
    const [unitY, scaleY] = this.#scale("y", known.map((each) => each.y));
    this.units = [unitX, unitY];
    this.list = known.map((each, i) => ({
      style: STYLES[i % STYLES.length], ...each, x: Float64Array.from(each.x, scaleX), y: Float64Array.from(each.y, scaleY),
    }));
    this.marks = dots.map(([x, y]) => [scaleX(x), scaleY(y)]).filter((dot) => dot.every(Number.isFinite));
    this.stretches = stretches.map((pair) => pair.map(scaleX));
    this.redraw();
  }

  redraw() {
    if (!this.list) return;
    const x = this.#ends("x", [...this.list.map((each) => each.x), this.marks.map(([at]) => at)], 0);
    const within = this.list.map((each) => each.y.filter((_, i) => each.x[i] >= x[0] && each.x[i] <= x[1]));
    const y = this.#ends("y", [...within, this.marks.map(([, at]) => at)], 0.05);
    const { of } = this;
    this.frame(x, y, label(of.x.label, this.units[0]), { logX: of.x.log, logY: of.y.log });
    this.title(label(of.y.label, this.units[1]));
    this.regimes(this.stretches.map(([from, to]) => ({ name: "released", from, to })));
    this.curves(this.list);
    const kept = this.moved && this.place >= x[0] && this.place <= x[1]; // else the cursor is on the first mark
    this.at(kept ? this.place : this.marks[0]?.[0] ?? (x[0] + x[1]) / 2);
  }

  /** The cursor at a place of the axis. */
  at(place) {
    const [low, high] = this.x.domain(), { of } = this;
    this.place = Math.min(Math.max(place, low), high);
    const back = (axis, value) => (of[axis].log ? 10 ** value : value);
    const values = this.list.map((each) => [each, between(each.x, each.y, this.place)]);
    this.point(this.place, values.map(([each, value]) => [value, each.style]));
    this.mark(this.marks);
    this.read(values.map(([each, value]) => [each.style, back("y", value), each.name]), this.units[1]);
    const here = label(`${of.x.label} ${shown(back("x", this.place), 3)}`, this.units[0]);
    this.svg.attr("aria-valuemin", low).attr("aria-valuemax", high).attr("aria-valuenow", this.place)
      .attr("aria-valuetext", `${here}: ${values.map(([each, value]) => `${each.name} ${shown(back("y", value), 3)}`).join(", ")}`);
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const [low, high] = this.x.domain();
    const wanted = { Home: low, End: high }[event.key] ?? (step && this.place + (step * (high - low)) / (event.shiftKey ? 1000 : 100));
    if (wanted === undefined) return;
    event.preventDefault();
    this.moved = true;
    this.at(wanted);
  }

  /** The unit that suits numbers, and what makes a place on the axis of one. */
  #scale(axis, columns) {
    const { unit, log } = this.of[axis];
    const [, largest] = extent(columns.map((column) => Array.from(column, Math.abs)));
    const [text, factor] = scaledUnit(unit, largest);
    return [text, (value) => (log ? (value > 0 ? Math.log10(value * factor) : NaN) : value * factor)];
  }

  #ends(axis, columns, room) {
    const { log } = this.of[axis], given = this.limits[axis];
    if (given) return log ? given.map(Math.log10) : given;
    let [low, high] = extent(columns);
    if (!(high >= low)) [low, high] = [0, 1];
    if (log && axis === "y") low = Math.max(low, high - DECADES);
    if (!log && axis === "y" && low > 0 && low < 0.7 * high) low = 0;
    const more = room * (high - low || Math.abs(high) || 1);
    return [low === 0 ? 0 : low - more, high + more];
  }
}

const label = (text, unit) => (unit ? `${text} (${unit})` : text);
