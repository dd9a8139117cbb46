// Figures in SVG: lines over one axis and a cursor. D3 gives scales, axes, paths.

import { axisBottom, axisLeft, line, scaleLinear, select } from "./vendor/d3.js";
import { element, shown, tenTo, typeset } from "./words.js";

let count = 0; // of figures, whose clip paths have names
const MARGIN = { left: 52, right: 10, top: 8, bottom: 34 };

/** Value of a column at a place of an even axis; NaN where either neighbour is. */
export function at(axis, column, place) {
  const last = axis.length - 1;
  const share = ((place - axis[0]) / (axis[last] - axis[0] || 1)) * last;
  const low = Math.min(Math.max(Math.floor(share), 0), last - 1);
  const rest = Math.min(Math.max(share - low, 0), 1);
  if (rest === 0) return column[low];
  if (rest === 1) return column[low + 1];
  return column[low] + rest * (column[low + 1] - column[low]);
}

export function extent(columns) {
  let low = Infinity, high = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** A power of ten, or twice or five times one, of its logarithm. */
function power(exponent) {
  const whole = Math.floor(exponent + 1e-9), first = Math.round(10 ** (exponent - whole));
  if (whole >= -2 && whole <= 3) return String(Number((10 ** exponent).toPrecision(1)));
  const raised = tenTo(whole);
  return first === 1 ? raised : `${first}·${raised}`;
}

/** An axis with its ticks between these limits. */
export function ticked(axis, [low, high], about, logarithmic) {
  if (!logarithmic) {
    const largest = Math.max(Math.abs(low), Math.abs(high)); // many zeros would not fit
    axis.ticks(about);
    return largest < 1e-3 || largest >= 1e5 ? axis.tickFormat((value) => shown(value, 3).replace(" × ", "·")) : axis;
  }
  const step = Math.max(1, Math.ceil((high - low) / about));
  const parts = high - low > about / 3 ? [0] : [0, Math.log10(2), Math.log10(5)];
  const found = [];
  for (let whole = Math.floor(low / step) * step; whole <= high; whole += step) {
    found.push(...parts.map((part) => whole + part).filter((at) => at >= low - 1e-9 && at <= high + 1e-9));
  }
  return axis.tickValues(found).tickFormat(power);
}

/** Text in SVG, with subscripts as words.js sets them in HTML. */
export function written(node, text) {
  let low = false;
  node.text(null);
  for (const part of typeset(text).childNodes) {
    const sub = part.nodeName === "SUB";
    node.append("tspan").attr("dy", sub === low ? null : sub ? "0.25em" : "-0.2em").attr("font-size", sub ? "0.8em" : null).text(part.textContent);
    low = sub;
  }
}

/** A figure with a caption, a readout, and buttons that save it. */
export class Figure {
  constructor(name, caption, height, { wide = false, top = MARGIN.top } = {}) {
    this.margin = { ...MARGIN, top };
    this.name = name;
    this.height = height;
    this.readout = element("output", { class: "readout" });
    const svg = element("button", { class: "small", title: "Save as SVG", "aria-label": `Save ${name} as SVG`, onclick: () => this.save("svg") }, "SVG");
    const png = element("button", { class: "small", title: "Save as PNG", "aria-label": `Save ${name} as PNG`, onclick: () => this.save("png") }, "PNG");
    this.caption = element("span", {}, caption);
    this.box = element("figure", { class: wide ? "wide" : "", "data-figure": name },
      element("figcaption", {}, this.caption, element("span", { class: "saves" }, svg, png), this.readout));
    this.svg = select(this.box).append("svg").attr("role", "img");
    const id = `clip-${count++}`;
    this.clip = this.svg.append("clipPath").attr("id", id).append("rect");
    this.shade = this.svg.append("g");
    this.axes = { x: this.svg.append("g"), y: this.svg.append("g") };
    this.inside = this.svg.append("g").attr("clip-path", `url(#${id})`);
    this.label = this.svg.append("text").attr("class", "axis").attr("text-anchor", "end");
    this.above = this.svg.append("text").attr("class", "axis");
    this.rings = this.svg.append("g");
    this.cursor = this.svg.append("line").attr("class", "cursor");
    this.dots = this.svg.append("g");
  }

  /** Axes for these limits; of a logarithmic one they are exponents of ten. */
  frame(x, y, label, { logX = false, logY = false } = {}) {
    this.width = Math.max(this.box.clientWidth, 200);
    const { width, height, margin } = this;
    this.svg.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
    this.x = scaleLinear(x, [margin.left, width - margin.right]);
    this.y = scaleLinear(y, [height - margin.bottom, margin.top]);
    this.axes.x.attr("transform", `translate(0,${height - this.margin.bottom})`)
      .call(ticked(axisBottom(this.x), x, Math.max(2, width / 80), logX).tickSizeOuter(0));
    this.axes.y.attr("transform", `translate(${this.margin.left},0)`)
      .call(ticked(axisLeft(this.y), y, Math.max(2, height / 45), logY).tickSizeOuter(0));
    written(this.label.attr("x", width - this.margin.right).attr("y", height - 3), label);
    this.clip.attr("x", this.margin.left).attr("y", this.margin.top - 3)
      .attr("width", Math.max(width - this.margin.left - this.margin.right, 0))
      .attr("height", height - this.margin.top - this.margin.bottom + 6);
  }

  /** Curves, each as { name, x, y, style }, in place of the earlier ones. */
  curves(list) {
    const path = line().defined((point) => Number.isFinite(point[1]))
      .x((point) => this.x(point[0])).y((point) => this.y(point[1]));
    this.inside.selectAll("path").data(list, (each) => each.name).join("path")
      .attr("class", (each) => `curve ${each.style}`)
      .attr("d", (each) => path(Array.from(each.y, (value, i) => [each.x[i], value])));
  }

  /** What the axis upwards is. */
  title(text) {
    written(this.above.attr("x", this.margin.left).attr("y", 11), text);
  }

  /** Rings at places, beside the dots of the cursor. */
  mark(places) {
    this.rings.selectAll("circle").data(places).join("circle").attr("class", "ring").attr("r", 6)
      .attr("cx", ([x]) => this.x(x)).attr("cy", ([, y]) => this.y(y));
  }

  regimes(list) {
    this.shade.selectAll("rect").data(list).join("rect")
      .attr("class", (each) => `regime ${each.name}`)
      .attr("x", (each) => this.x(each.from)).attr("y", this.margin.top)
      .attr("width", (each) => Math.max(0, this.x(each.to) - this.x(each.from)))
      .attr("height", this.height - this.margin.top - this.margin.bottom);
  }

  /** Where the cursor is, with a dot on each of these values. */
  point(place, values) {
    this.cursor.attr("x1", this.x(place)).attr("x2", this.x(place))
      .attr("y1", this.margin.top).attr("y2", this.height - this.margin.bottom);
    const [low, high] = this.y.domain();
    const inside = values.filter(([value]) => value >= low && value <= high);
    this.dots.selectAll("circle").data(inside).join("circle").attr("r", 4.5)
      .attr("class", ([, style]) => `dot ${style}`)
      .attr("cx", this.x(place)).attr("cy", ([value]) => this.y(value));
  }

  /** Dots at these places, each with the style of its curve, and no cursor. */
  dot(places) {
    this.cursor.attr("x1", -9).attr("x2", -9);
    this.dots.selectAll("circle").data(places).join("circle").attr("r", 6)
      .attr("class", ([, , style]) => `dot ${style}`)
      .attr("cx", ([x]) => this.x(x)).attr("cy", ([, y]) => this.y(y));
  }

  /** Values of curves in words of their colours; each may have a name. */
  read(values, unit = "") {
    this.readout.replaceChildren(...values.map(([style, number, name = ""]) =>
      element("span", { class: `swatch ${style}` }, typeset(name), name ? " " : "", shown(number, 3))), unit ? ` ${unit}` : "");
  }

  describe(text) {
    this.svg.attr("aria-label", text);
  }

  /** The pointer, pressed on the figure, moves a place along its axis. */
  onMove(moved, ended) {
    const node = this.svg.node();
    let pressed = false;
    const place = (event) => {
      const box = node.getBoundingClientRect();
      moved(this.x.invert(((event.clientX - box.left) * this.width) / box.width));
    };
    node.classList.add("movable");
    node.addEventListener("pointerdown", (event) => {
      pressed = true;
      node.setPointerCapture(event.pointerId);
      place(event);
    });
    node.addEventListener("pointermove", (event) => pressed && place(event));
    for (const end of ["pointerup", "pointercancel"]) {
      node.addEventListener(end, () => pressed && ((pressed = false), ended()));
    }
  }

  /** Save the figure as it is seen, its styles within. */
  save(kind) {
    const copy = this.svg.node().cloneNode(true);
    const originals = this.svg.node().querySelectorAll("*");
    copy.querySelectorAll("*").forEach((node, i) => {
      const style = getComputedStyle(originals[i]);
      for (const key of ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family"]) {
        node.style.setProperty(key, style.getPropertyValue(key));
      }
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = this.svg.attr("aria-label") ?? this.name;
    copy.prepend(title);
    const text = new XMLSerializer().serializeToString(copy);
    if (kind === "svg") return download(`${this.name}.svg`, new Blob([text], { type: "image/svg+xml" }));
    const picture = new Image();
    picture.onload = () => {
      const canvas = element("canvas", { width: 2 * this.width, height: 2 * this.height });
      const context = canvas.getContext("2d");
      context.fillStyle = getComputedStyle(this.box.closest(".explorer")).backgroundColor;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => download(`${this.name}.png`, blob));
    };
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }
}

export function download(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What a label opens: the declared meaning of a quantity, with its source. */
export function explain(dialog, { symbol = "", meaning = "", source = "", bounds = "", missing = "" }) {
  const [title, text, from] = [dialog.querySelector("h2"), dialog.querySelector("p"), dialog.querySelector(".source")];
  title.replaceChildren(typeset(symbol));
  text.replaceChildren(typeset([meaning, bounds && `Allowed: ${bounds}.`, missing].filter(Boolean).join(". ").replaceAll("..", ".")));
  from.replaceChildren(typeset(source ? `Source: ${source}` : ""));
  if (!dialog.open) dialog.showModal();
}
