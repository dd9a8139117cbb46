// Bars of grades: where the assumptions of the theory hold.

import { element } from "./words.js";

export class Grades {
  /** `grades` from the worst to the best, and last what is not known. */
  constructor(about, grades, title) {
    this.about = about;
    this.grades = grades;
    this.list = element("div", { class: "grades", role: "list", "aria-label": "Assumptions of the theory" });
    this.box = element("figure", { class: "full", "data-figure": "margins" }, element("figcaption", {}, title), this.list);
  }

  /** A row each: along the axis where `columns` has its grades, else the worst one. */
  draw(rows, columns = {}) {
    this.list.replaceChildren(...rows.map((row) => this.#row(row, columns[`margin.${row.name}`])));
    this.cursors = [...this.list.querySelectorAll(".bar.along")].map((bar) => bar.appendChild(element("i", { class: "cursor" })));
  }

  #row(row, column) {
    const bar = element("span", { class: column ? "bar along" : "bar", "aria-hidden": "true" }, ...cells(column ?? [row.worst]));
    return element("div", { class: "row", role: "listitem" },
      element("button", { class: "name", type: "button", title: "What this says", onclick: () => this.about(row) },
        row.name.replaceAll("_", " ")),
      bar, element("span", { class: "word" }, `${this.grades.at(row.worst).mark} ${row.word}`));
  }

  /** The cursor at a share of the axis. */
  point(share) {
    for (const cursor of this.cursors ?? []) cursor.style.left = `${100 * share}%`;
  }
}

function cells(column) {
  const found = [];
  for (let start = 0, i = 1; i <= column.length; i++) {
    if (i < column.length && column[i] === column[start]) continue;
    const cell = element("b", { class: `grade${column[start]}` });
    cell.style.flexGrow = i - start;
    found.push(cell);
    start = i;
  }
  return found;
}
