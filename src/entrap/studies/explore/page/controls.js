// The sliders and fields of the numbers of a case.

import { element, shown, typed, typeset, unitText } from "./words.js";

const TABLES = {
  material: "Sample", landau: "Landau coefficients", mixture: "Mixture", trap: "Trap",
  "trap.junction": "Junction", "trap.film": "Film", protocol: "Warm-up",
};
const POSITIONS = 1000;
const toSlider = ({ low, high }, value) => (POSITIONS * Math.log(value / low)) / Math.log(high / low);
const fromSlider = ({ low, high }, place) => Number((low * (high / low) ** (place / POSITIONS)).toPrecision(4));
const stated = (each, value) => (each.unit ? `${value} ${each.unit}` : String(value));

/** Arrows step by a hundredth of a slider, with Shift by a thousandth; Page keys by a tenth. */
export function keyed(event, slider, moved) {
  const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
  if (!step) return;
  event.preventDefault();
  const size = POSITIONS / (event.shiftKey ? 1000 : 100);
  slider.value = Number(slider.value) + step * size;
  moved(Number(slider.value));
}

/** A form of rows: `changed` hears a key and a text, `commit` the end of a move, `about` a label. */
export class Controls {
  constructor(form, { changed, commit, about }) {
    Object.assign(this, { form, changed, commit, about });
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  find(kind, key) {
    return this.form.querySelector(`[id="${CSS.escape(`${kind}-${key}`)}"]`);
  }

  /** Rows of these numbers; they are made anew only where these are others. */
  fill(values) {
    const keys = values.map((each) => `${each.key}${each.high > 0}${each.without ?? ""}`).join();
    if (this.form.dataset.keys !== keys) {
      this.form.dataset.keys = keys;
      this.form.replaceChildren(...Object.entries(TABLES).flatMap(([table, title]) => {
        const own = values.filter((each) => each.table === table);
        return own.length ? [this.#set(title, own)] : [];
      }));
    }
    const active = this.form.getRootNode().activeElement;
    for (const each of values) {
      const field = this.find("n", each.key), slider = this.find("s", each.key);
      field.removeAttribute("aria-invalid");
      if (active !== field) field.value = typed(each.value);
      if (slider && active !== slider) slider.value = toSlider(each, each.value);
      slider?.setAttribute("aria-valuetext", `${shown(each.value)} ${each.unit}`);
    }
  }

  /** Mark the field of what is wrong. */
  mark(key) {
    this.find("n", key)?.setAttribute("aria-invalid", "true");
  }

  #set(title, own) {
    const common = own.filter((each) => each.high > 0 && !each.without);
    const set = element("fieldset", {}, element("legend", {}, title), ...common.map((each) => this.#row(each)));
    const rests = [
      ["What is zero", own.filter((each) => !each.high && !each.without)],
      ["What has no effect here", own.filter((each) => each.without)],
    ];
    for (const [name, rest] of rests) {
      if (!rest.length) continue;
      set.append(element("details", {}, element("summary", {}, name), ...rest.map((each) => this.#row(each))));
    }
    return set;
  }

  #row(each) {
    const label = `${each.symbol}${each.unit ? ` in ${unitText(each.unit)}` : ""}: ${each.meaning}`;
    const field = element("input", {
      id: `n-${each.key}`, class: "number", autocomplete: "off", spellcheck: "false", "aria-label": label,
      title: "A number, or a number with any unit",
      onchange: () => this.#typed(each, field.value.trim()),
    });
    const made = element("div", { class: "row" },
      element("button", { class: "name", type: "button", title: each.meaning, onclick: () => this.about(each) }, typeset(each.symbol || each.key.split(".").at(-1))),
      field, element("span", { class: "unit" }, typeset(unitText(each.unit))));
    if (each.high > 0) made.append(this.#slider(each, label, field));
    return made;
  }

  #slider(each, label, field) {
    const slider = element("input", { id: `s-${each.key}`, type: "range", min: 0, max: POSITIONS, step: "any", "aria-label": label });
    const move = (place) => {
      const value = fromSlider(each, place);
      field.value = typed(value);
      slider.setAttribute("aria-valuetext", `${shown(value)} ${each.unit}`);
      this.changed(each.key, stated(each, value));
    };
    slider.addEventListener("input", () => move(Number(slider.value)));
    slider.addEventListener("change", () => this.commit());
    slider.addEventListener("keydown", (event) => keyed(event, slider, (place) => { move(place); this.commit(); }));
    return slider;
  }

  #typed(each, text) {
    if (!text) return;
    this.changed(each.key, Number.isFinite(Number(text)) ? stated(each, text) : text);
    this.commit();
  }
}
