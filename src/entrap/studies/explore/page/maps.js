// Maps on a canvas, with a place that pointer and keys move: a sweep's grid, a film's mesh.

import { axisBottom, axisLeft, scaleLinear, select } from "./vendor/d3.js";
import { download, extent, ticked, written } from "./plots.js";
import { element, shown } from "./words.js";

const MARGIN = { left: 58, right: 8, top: 22, bottom: 36 };
const STOPS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"]
  .map((text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16))); // matplotlib's viridis
const INFINITE = [150, 150, 150];

/** The colour of a share of the scale. */
function colour(share) {
  const place = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1), low = Math.min(Math.floor(place), STOPS.length - 2);
  return STOPS[low].map((from, i) => from + (place - low) * (STOPS[low + 1][i] - from));
}

/** A map of a field over x and y; a subclass says what lies where. */
class FieldMap {
  constructor(name, caption, { moved = () => {} } = {}) {
    this.name = name;
    this.moved = moved;
    this.readout = element("output", { class: "readout", "aria-live": "polite" });
    this.caption = element("span", {}, caption);
    const png = element("button", { class: "small", type: "button", "aria-label": `Save ${name} as PNG`, onclick: () => this.save() }, "PNG");
    this.canvas = element("canvas", {});
    this.stage = element("div", { class: "stage", tabindex: 0, role: "application", "aria-roledescription": "map", "aria-label": `${caption}: the arrow keys move the place` }, this.canvas);
    this.svg = select(this.stage).append("svg").attr("aria-hidden", "true");
    this.axes = { x: this.svg.append("g"), y: this.svg.append("g") };
    this.labels = { x: this.svg.append("text").attr("text-anchor", "end"), y: this.svg.append("text") };
    this.cross = [this.svg.append("line").attr("class", "cross"), this.svg.append("line").attr("class", "cross")];
    this.scale = element("div", { class: "scale", "aria-hidden": "true" });
    this.box = element("figure", { class: "full", "data-figure": name },
      element("figcaption", {}, this.caption, element("span", { class: "saves" }, png), this.readout), this.stage, this.scale);
    this.#listen();
  }

  #listen() {
    let pressed = false;
    const place = (event) => {
      const box = this.stage.getBoundingClientRect();
      this.at(this.x.invert(event.clientX - box.left), this.y.invert(event.clientY - box.top));
    };
    this.stage.addEventListener("pointerdown", (event) => { pressed = true; this.stage.setPointerCapture(event.pointerId); place(event); });
    this.stage.addEventListener("pointermove", (event) => (pressed || this.follows) && this.x && place(event));
    for (const end of ["pointerup", "pointercancel"]) this.stage.addEventListener(end, () => (pressed = false));
    this.stage.addEventListener("keydown", (event) => {
      const [x, y] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
      if (!x && !y) return;
      event.preventDefault();
      this.step(x, y, event.shiftKey);
    });
  }

  /** Axes of this size; `x` and `y` are ends, `ticks` how logarithmic ones are told. */
  frame(width, height, { x, y, labels, log = [false, false] }) {
    Object.assign(this, { width, height });
    const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
    this.inner = inner;
    this.stage.style.height = `${height}px`;
    this.x = scaleLinear(x, [MARGIN.left, MARGIN.left + inner.width]);
    this.y = scaleLinear(y, [MARGIN.top + inner.height, MARGIN.top]);
    this.svg.attr("width", width).attr("height", height);
    this.axes.x.attr("transform", `translate(0,${height - MARGIN.bottom})`).call(ticked(axisBottom(this.x), x, Math.max(2, width / 90), log[0]));
    this.axes.y.attr("transform", `translate(${MARGIN.left},0)`).call(ticked(axisLeft(this.y), y, Math.max(2, height / 45), log[1]));
    written(this.labels.x.attr("x", width - MARGIN.right).attr("y", height - 3), labels[0]);
    written(this.labels.y.attr("x", MARGIN.left).attr("y", 13), labels[1]);
    const density = Math.min(devicePixelRatio || 1, 2);
    Object.assign(this.canvas, { width: Math.round(inner.width * density), height: Math.round(inner.height * density) });
    Object.assign(this.canvas.style, { left: `${MARGIN.left}px`, top: `${MARGIN.top}px`, width: `${inner.width}px`, height: `${inner.height}px` });
  }

  /** What makes a share of the scale of a value, linear or by decades, and the scale itself. */
  coloured(values, words) {
    const finite = values.filter(Number.isFinite).sort();
    let [low, high] = finite.length ? [finite[0], finite.at(-1)] : [0, 1];
    const robust = [finite[Math.floor(0.005 * finite.length)], finite[Math.floor(0.995 * (finite.length - 1))]];
    if (high - low > 2 * (robust[1] - robust[0]) && robust[1] > robust[0]) [low, high] = robust; // not for few points alone
    const decades = low > 0 && high > 30 * low;
    const of = decades ? Math.log10 : (value) => value;
    const [from, to] = [of(low), of(high)];
    const bar = element("canvas", { width: 128, height: 1 });
    const strip = bar.getContext("2d");
    for (let i = 0; i < 128; i++) {
      strip.fillStyle = `rgb(${colour(i / 127).map(Math.round)})`;
      strip.fillRect(i, 0, 1, 1);
    }
    this.scale.replaceChildren(element("span", {}, words(low)), bar, element("span", {}, words(high)), element("small", {}, decades ? "logarithmic colours" : ""));
    return (value) => (to > from ? (of(value) - from) / (to - from) : 0.5);
  }

  /** Fill the canvas: `value(i, j)` of a pixel, NaN where there is nothing. */
  paint(value, share) {
    const { width, height } = this.canvas, context = this.canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let j = 0, at = 0; j < height; j++) {
      for (let i = 0; i < width; i++, at += 4) {
        const here = value(i, j);
        if (Number.isNaN(here)) continue;
        const [r, g, b] = Number.isFinite(here) ? colour(share(here)) : INFINITE;
        image.data[at] = r;
        image.data[at + 1] = g;
        image.data[at + 2] = b;
        image.data[at + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
  }

  crossAt(x, y) {
    const [px, py] = [this.x(x), this.y(y)], { inner } = this;
    this.cross[0].attr("x1", px).attr("x2", px).attr("y1", MARGIN.top).attr("y2", MARGIN.top + inner.height);
    this.cross[1].attr("y1", py).attr("y2", py).attr("x1", MARGIN.left).attr("x2", MARGIN.left + inner.width);
  }

  save() {
    this.canvas.toBlob((blob) => download(`${this.name}.png`, blob));
  }
}

/** A grid of cells, even on its axes or on their logarithms. */
export class GridMap extends FieldMap {
  /** Axes `{ label, values, log }`, the values rising; `value(i, j)`; `words(value)`; a first cell. */
  show(axes, value, words, cell) {
    Object.assign(this, { of: axes, value, words });
    this.ends = axes.map(({ values, log }) => {
      const at = log ? Math.log10 : (x) => x, last = values.length - 1;
      const half = (at(values[last]) - at(values[0])) / last / 2 || 0.5;
      return [at(values[0]) - half, at(values[last]) + half];
    });
    this.redraw();
    this.choose(...cell);
  }

  redraw() {
    if (!this.of) return;
    const width = Math.max(this.box.clientWidth, 280), [x, y] = this.of, counts = this.of.map((each) => each.values.length);
    this.frame(width, Math.min(0.6 * width, 460), { x: this.ends[0], y: this.ends[1], labels: [x.label, y.label], log: [x.log, y.log] });
    const all = Float64Array.from({ length: counts[0] * counts[1] }, (_, k) => this.value(k % counts[0], Math.floor(k / counts[0])));
    const share = this.coloured(all, this.words), { canvas } = this;
    this.paint((i, j) => this.value(Math.floor((i / canvas.width) * counts[0]), Math.floor((1 - (j + 0.5) / canvas.height) * counts[1])), share);
    if (this.cell) this.choose(...this.cell);
  }

  at(x, y) {
    const index = [x, y].map((place, k) => {
      const [low, high] = this.ends[k];
      return Math.floor(((place - low) / (high - low)) * this.of[k].values.length);
    });
    this.choose(...index);
  }

  step(x, y, far) {
    this.choose(this.cell[0] + x * (far ? 10 : 1), this.cell[1] + y * (far ? 10 : 1));
  }

  choose(i, j) {
    this.cell = [i, j].map((index, k) => Math.min(Math.max(index, 0), this.of[k].values.length - 1));
    const values = this.of.map(({ values, log }, k) => (log ? Math.log10(values[this.cell[k]]) : values[this.cell[k]]));
    this.crossAt(...values);
    this.moved(this.cell);
  }
}

/** A field on a mesh of triangles. */
export class MeshMap extends FieldMap {
  follows = true; // the probe goes where the pointer is

  /** `mesh` as read, `scale` from metres to the unit of the axes, `words(value)` of the field. */
  show(mesh, values, { unit, factor }, words) {
    Object.assign(this, { mesh, values, unit, factor, words });
    this.redraw();
  }

  redraw() {
    if (!this.mesh) return;
    const { points, triangles } = this.mesh, count = points.length / 3;
    const x = extent([Float64Array.from({ length: count }, (_, i) => points[3 * i] * this.factor)]);
    const y = extent([Float64Array.from({ length: count }, (_, i) => points[3 * i + 1] * this.factor)]);
    const width = Math.max(this.box.clientWidth, 280), room = width - MARGIN.left - MARGIN.right;
    const ratio = (y[1] - y[0]) / (x[1] - x[0] || 1);
    const inner = Math.min(Math.max(room * ratio, 90), 440); // equal scales, where there is room
    const span = Math.max(x[1] - x[0], (room * (y[1] - y[0])) / inner), middle = (x[0] + x[1]) / 2;
    this.frame(width, inner + MARGIN.top + MARGIN.bottom, { x: [middle - span / 2, middle + span / 2], y, labels: [`x (${this.unit})`, `y (${this.unit})`] });
    const { canvas } = this, [left, right] = this.x.domain(), [low, high] = this.y.domain();
    const toX = (value) => ((value * this.factor - left) / (right - left)) * canvas.width;
    const toY = (value) => ((high - value * this.factor) / (high - low)) * canvas.height;
    this.field = new Float64Array(canvas.width * canvas.height).fill(NaN);
    for (let k = 0; k < triangles.length; k += 3) this.#triangle([0, 1, 2].map((c) => triangles[k + c]), points, toX, toY);
    const share = this.coloured(Float64Array.from(this.values), this.words);
    this.paint((i, j) => this.field[j * canvas.width + i], share);
    if (!this.place) this.place = [middle, (low + high) / 2];
    this.at(...this.place);
  }

  /** The values of the pixels whose middle lies in a triangle: linear between its corners. */
  #triangle(corners, points, toX, toY) {
    const { width, height } = this.canvas;
    const [[ax, ay], [bx, by], [cx, cy]] = corners.map((i) => [toX(points[3 * i]) - 0.5, toY(points[3 * i + 1]) - 0.5]);
    const [va, vb, vc] = corners.map((i) => this.values[i]);
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (!area) return;
    const [i0, i1] = [Math.max(Math.ceil(Math.min(ax, bx, cx)), 0), Math.min(Math.floor(Math.max(ax, bx, cx)), width - 1)];
    const [j0, j1] = [Math.max(Math.ceil(Math.min(ay, by, cy)), 0), Math.min(Math.floor(Math.max(ay, by, cy)), height - 1)];
    for (let j = j0; j <= j1; j++) {
      for (let i = i0; i <= i1; i++) {
        const b = ((i - ax) * (cy - ay) - (cx - ax) * (j - ay)) / area, c = ((bx - ax) * (j - ay) - (i - ax) * (by - ay)) / area;
        if (b >= -1e-9 && c >= -1e-9 && b + c <= 1 + 1e-9) this.field[j * width + i] = va + b * (vb - va) + c * (vc - va);
      }
    }
  }

  at(x, y) {
    const { canvas } = this, [left, right] = this.x.domain(), [low, high] = this.y.domain();
    this.place = [Math.min(Math.max(x, left), right), Math.min(Math.max(y, low), high)];
    const i = Math.min(Math.floor(((this.place[0] - left) / (right - left)) * canvas.width), canvas.width - 1);
    const j = Math.min(Math.floor(((high - this.place[1]) / (high - low)) * canvas.height), canvas.height - 1);
    const value = this.field[j * canvas.width + i];
    this.crossAt(...this.place);
    const where = `x = ${shown(this.place[0], 3)} ${this.unit}, y = ${shown(this.place[1], 3)} ${this.unit}: `;
    this.readout.textContent = where + (Number.isNaN(value) ? "no film" : this.words(value));
  }

  step(x, y, far) {
    const [left, right] = this.x.domain(), [low, high] = this.y.domain(), part = far ? 10 : 100;
    this.at(this.place[0] + (x * (right - left)) / part, this.place[1] + (y * (high - low)) / part);
  }
}
