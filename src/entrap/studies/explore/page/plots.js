// Figures in SVG: lines over one axis, a cursor, and bars of grades. D3 gives scales, axes, paths.

import { axisBottom, axisLeft, line, scaleLinear, select } from "./vendor/d3.js";
import { element, typeset } from "./words.js";

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

/** A figure with a caption, a readout, and buttons that save it. */
export class Figure {
  constructor(name, caption, height, { wide = false } = {}) {
    this.name = name;
    this.height = height;
    this.readout = element("output", { class: "readout" });
    const svg = element("button", { class: "small", title: "Save as SVG", "aria-label": `Save ${name} as SVG`, onclick: () => this.save("svg") }, "SVG");
    const png = element("button", { class: "small", title: "Save as PNG", "aria-label": `Save ${name} as PNG`, onclick: () => this.save("png") }, "PNG");
    this.caption = element("span", {}, caption);
    this.box = element("figure", { class: wide ? "wide" : "", "data-figure": name },
      element("figcaption", {}, this.caption, element("span", { class: "saves" }, svg, png), this.readout));
    this.svg = select(this.box).append("svg").attr("role", "img");
    const id = `clip-${name.replaceAll(/\W/g, "-")}`;
    this.clip = this.svg.append("clipPath").attr("id", id).append("rect");
    this.shade = this.svg.append("g");
    this.axes = { x: this.svg.append("g"), y: this.svg.append("g") };
    this.inside = this.svg.append("g").attr("clip-path", `url(#${id})`);
    this.label = this.svg.append("text").attr("class", "axis").attr("text-anchor", "end");
    this.cursor = this.svg.append("line").attr("class", "cursor");
    this.dots = this.svg.append("g");
  }

  /** Axes for these limits. */
  frame(x, y, label) {
    this.width = Math.max(this.box.clientWidth, 200);
    const { width, height } = this;
    this.svg.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
    this.x = scaleLinear(x, [MARGIN.left, width - MARGIN.right]);
    this.y = scaleLinear(y, [height - MARGIN.bottom, MARGIN.top]);
    const tiny = Math.max(Math.abs(y[0]), Math.abs(y[1])) < 1e-3; // many zeros would not fit
    this.axes.x.attr("transform", `translate(0,${height - MARGIN.bottom})`)
      .call(axisBottom(this.x).ticks(Math.max(2, width / 80)).tickSizeOuter(0));
    this.axes.y.attr("transform", `translate(${MARGIN.left},0)`)
      .call(axisLeft(this.y).ticks(Math.max(2, height / 45), tiny ? "~e" : undefined).tickSizeOuter(0));
    this.label.attr("x", width - MARGIN.right).attr("y", height - 3).text(label);
    this.clip.attr("x", MARGIN.left).attr("y", MARGIN.top - 3)
      .attr("width", Math.max(width - MARGIN.left - MARGIN.right, 0))
      .attr("height", height - MARGIN.top - MARGIN.bottom + 6);
  }

  /** Curves, each as { name, x, y, style }, in place of the earlier ones. */
  curves(list) {
    const path = line().defined((point) => Number.isFinite(point[1]))
      .x((point) => this.x(point[0])).y((point) => this.y(point[1]));
    this.inside.selectAll("path").data(list, (each) => each.name).join("path")
      .attr("class", (each) => `curve ${each.style}`)
      .attr("d", (each) => path(Array.from(each.y, (value, i) => [each.x[i], value])));
  }

  regimes(list) {
    this.shade.selectAll("rect").data(list).join("rect")
      .attr("class", (each) => `regime ${each.name}`)
      .attr("x", (each) => this.x(each.from)).attr("y", MARGIN.top)
      .attr("width", (each) => Math.max(0, this.x(each.to) - this.x(each.from)))
      .attr("height", this.height - MARGIN.top - MARGIN.bottom);
  }

  /** Where the cursor is, with a dot on each of these values. */
  point(place, values) {
    this.cursor.attr("x1", this.x(place)).attr("x2", this.x(place))
      .attr("y1", MARGIN.top).attr("y2", this.height - MARGIN.bottom);
    const [low, high] = this.y.domain();
    const inside = values.filter(([value]) => value >= low && value <= high);
    this.dots.selectAll("circle").data(inside).join("circle").attr("r", 4.5)
      .attr("class", ([, style]) => `dot ${style}`)
      .attr("cx", this.x(place)).attr("cy", ([value]) => this.y(value));
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
      context.fillStyle = getComputedStyle(document.body).backgroundColor;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => download(`${this.name}.png`, blob));
    };
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }
}

/** Bars of grades along the temperature, one for each assumption. */
export class Grades {
  constructor(about) {
    this.about = about;
    this.list = element("div", { class: "grades", role: "list", "aria-label": "Assumptions of the theory" });
    this.box = element("figure", { class: "full", "data-figure": "margins" },
      element("figcaption", {}, "Can the theory be trusted here?"), this.list);
  }

  /** The grades from the worst to the best, and last what is not known. */
  scale(grades) {
    this.grades = grades;
    grades.forEach(({ colour }, i) =>
      document.documentElement.style.setProperty(`--grade${i < grades.length - 1 ? i : -1}`, colour));
  }

  draw(rows, columns) {
    const made = rows.map((row) => {
      const column = columns[`margin.${row.name}`];
      const words = row.name.replaceAll("_", " ");
      const bar = element("span", { class: "bar", "aria-hidden": "true" });
      if (column) bar.append(...this.#cells(column));
      const { mark } = this.grades.at(row.worst);
      return element("div", { class: "row", role: "listitem" },
        element("button", { class: "name", type: "button", title: "What this says", onclick: () => this.about(row) }, words),
        bar, element("span", { class: `word grade${row.worst}` }, `${mark} ${row.word}`));
    });
    this.list.replaceChildren(...made);
    this.cursors = [...this.list.querySelectorAll(".bar")].map((bar) => bar.appendChild(element("i", { class: "cursor" })));
  }

  #cells(column) {
    const cells = [];
    for (let start = 0, i = 1; i <= column.length; i++) {
      if (i < column.length && column[i] === column[start]) continue;
      const cell = element("b", { class: `grade${column[start]}` });
      cell.style.flexGrow = i - start;
      cells.push(cell);
      start = i;
    }
    return cells;
  }

  /** The cursor at a share of the axis. */
  point(share) {
    for (const cursor of this.cursors ?? []) cursor.style.left = `${100 * share}%`;
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
