// The Results tab: folders that `entrap run`, `sweep`, `trap`, `fit` or `film` wrote, opened by path
// at the start or chosen on the page. What is chosen on the page does not leave it.

import { Folder, chosen } from "./folder.js";
import { Grades } from "./grades.js";
import { VIEWS } from "./views.js";
import { Refusal, element, shown, typeset, unitText } from "./words.js";

const KINDS = {
  run: "a warm-up", sweep: "a sweep", trap: "a trap", fit: "a fit", film: "a film", plan: "a plan",
  compare: "a comparison", series: "a series of samples",
};

export class Results {
  /**
   * @param {object} page `take(case, changes, temperature)` makes a case the one that is moved, `about`
   *   opens a label, `grades` are those of margins, `words` those of the grades.
   */
  constructor(box, host, named, page) {
    Object.assign(this, { box, page });
    this.folders = named.map(({ name, files }, i) => new Folder(name, files, (file) => host.file(i, file)));
    this.grades = new Grades(page.about, page.grades, "Do the assumptions of the theory hold?");
    const input = (more, label) => {
      const field = element("input", { type: "file", multiple: true, hidden: true, "aria-label": label, ...more });
      field.addEventListener("change", () => { this.add([...field.files]); field.value = ""; });
      return field;
    };
    this.folderInput = input({ webkitdirectory: true }, "A folder of a result");
    this.filesInput = input({ id: "result-files" }, "Files of a result");
    this.list = element("div", { class: "buttons", role: "group", "aria-label": "Opened results" });
    this.view = element("div", { class: "result" });
    box.append(
      element("div", { class: "opening" },
        element("button", { type: "button", onclick: () => this.folderInput.click() }, "Open a folder"),
        element("button", { type: "button", onclick: () => this.filesInput.click() }, "Open files"),
        element("span", {}, "Folders of entrap run, sweep, trap, fit and film. They stay in this browser."), this.folderInput, this.filesInput),
      this.list, this.view);
    box.addEventListener("dragover", (event) => event.preventDefault());
    box.addEventListener("drop", (event) => { event.preventDefault(); this.add([...event.dataTransfer.files]); });
    this.#buttons();
  }

  /** Open what was chosen or dropped; the last of it is shown. */
  async add(files) {
    const found = chosen(files);
    if (!found.length) return this.#wrong(new Refusal([{ key: "", text: "Among these files is no summary.json: choose the folder of a result, or all files in it." }]));
    this.folders.push(...found);
    await this.show(this.folders.length - 1);
  }

  /** Show the first folder, where none is shown yet. */
  async begin() {
    if (this.index === undefined && this.folders.length) await this.show(0);
    this.redraw();
  }

  async show(index) {
    this.index = index;
    this.#buttons();
    const folder = this.folders[index];
    try {
      await folder.open();
      await this.#draw(folder);
    } catch (error) {
      this.#wrong(error);
    }
  }

  redraw() {
    for (const each of this.drawn ?? []) each.redraw?.();
  }

  #wrong(error) {
    if (!(error instanceof Refusal)) throw error;
    this.drawn = [];
    this.view.replaceChildren(element("div", { class: "bad", role: "alert" }, ...error.problems.map(({ text }) => element("p", {}, text))));
  }

  #buttons() {
    this.list.replaceChildren(...this.folders.map((folder, i) => element("button",
      { type: "button", "aria-pressed": String(i === this.index), onclick: () => this.show(i) }, folder.name)));
  }

  async #draw(folder) {
    const { summary } = folder;
    const grid = element("div", { class: "grid" });
    const said = summary.answer.map((text) => element("p", {}, typeset(text)));
    const head = [element("h2", {}, typeset(`${summary.title ?? folder.name}: ${KINDS[summary.kind]}`)), ...said.slice(0, 3)];
    if (said.length > 3) head.push(element("details", {}, element("summary", {}, "More of the answer"), ...said.slice(3)));
    const take = summary.case && element("button", { type: "button", onclick: () => this.page.take(summary.case) }, "Move this case");
    const drawing = element("div", { class: "drawing" }, grid);
    this.view.replaceChildren(element("div", { class: "said" }, ...head, ...(take ? [take] : [])), drawing);
    const view = VIEWS[summary.kind];
    this.drawn = view ? await view(folder, grid, (changes, temperature) => this.page.take(summary.case, changes, temperature)) : [];
    const { quantities, validity } = summary;
    if (Array.isArray(validity) && validity.length) {
      this.grades.draw(validity.map((each) => this.#graded(each)));
      drawing.append(this.grades.box);
    }
    if (quantities) drawing.append(numbers(quantities));
  }

  #graded({ name, margin, meaning, inequality, source, missing, remark }) {
    const { lows, words } = this.page;
    const worst = typeof margin === "number" ? lows.filter((low) => margin >= low).length : -1;
    return { name, worst, word: words.at(worst), symbol: inequality, meaning, source, missing: missing || remark || "" };
  }
}

function numbers(quantities) {
  const rows = Object.values(quantities).map(({ meaning, symbol, value, unit, source }) => element("tr", {},
    element("th", { scope: "row" }, typeset(String(meaning))), element("td", {}, typeset(String(symbol))),
    element("td", { class: "number" }, `${typeof value === "number" ? shown(value, 6) : value ?? "not defined"} ${unit === "1" ? "" : unitText(String(unit))}`),
    element("td", {}, typeset(String(source)))));
  const heads = ["quantity", "symbol", "value", "source"].map((text) => element("th", { scope: "col" }, text));
  return element("details", {}, element("summary", {}, "All numbers of this result"),
    element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows))));
}
