// The explorer's page: what is moved on the left, what follows on the right.

import { Figure, Grades, at, download, explain, extent } from "./plots.js";
import { alone, offline, prepare, preview, start } from "./engine.js";
import { State } from "./state.js";
import { ask, pictures } from "./transport.js";
import { element, Refusal, shown, typeset, unitText } from "./words.js";

const find = (id) => document.getElementById(id);
const TABLES = {
  material: "Sample", landau: "Landau coefficients", mixture: "Mixture", trap: "Trap",
  "trap.junction": "Junction", "trap.film": "Film", protocol: "Warm-up",
};
const CURVES = [
  ["bare", "without a trap"], ["plain", "trap, plain BCS"], ["mixed", "trap and entropy of mixing"],
  ["expansion", "the paper's expansion"],
];
const SECONDS = 6; // in which the warm-up plays
const LEAST = 1e-12; // share of the electrons that is none
const PATIENCE = 100; // ms without an answer of the server, after which the page draws by itself
const still = matchMedia("(prefers-reduced-motion: reduce)");

let state, picture = null, kept = null, playing = null;
const about = find("about");
const grades = new Grades((row) => explain(about, row));
const figures = {
  energy: new Figure("free-energy", "", 270, { wide: true }),
  electrons: new Figure("electrons", "Where the electrons are, share of n_c", 270, { wide: true }),
};
const observables = new Map();

// ---- what is drawn ------------------------------------------------------------------------------

function show(found) {
  picture = found;
  if (state.now.temperature === null || !inside(state.now.temperature)) {
    const [low, high] = ends();
    const wanted = state.now.temperature;
    state.move({ temperature: wanted === null ? low + 0.3 * (high - low) : Math.min(Math.max(wanted, low), high) });
  }
  fillControls();
  draw();
}

const request = (offline ? alone : pictures)((found) => {
  waiting(false);
  show(found);
}, (error) => {
  waiting(false);
  const lines = error.problems.map(({ key, text }) => {
    find(`n-${key}`)?.setAttribute("aria-invalid", "true");
    return element("p", {}, key ? `${key} ${text}` : text);
  });
  find("answer").className = "bad";
  find("answer").replaceChildren(...lines);
}, (error) => (find("status").textContent = error.message));

let slow = null;
/** What is seen while the server computes: what the page draws by itself, or that it waits. */
function early() {
  const found = preview(state.now);
  if (found) show(found);
  document.body.classList.toggle("waiting", !found);
  find("status").textContent = found ? "drawn by closed forms; the whole is computed…" : "computing…";
}

/** Say that a picture takes long, after a moment. */
function waiting(on) {
  clearTimeout(slow);
  slow = null;
  document.body.classList.toggle("waiting", false);
  if (!on) return void (find("status").textContent = "");
  slow = setTimeout(early, PATIENCE);
}

function wish() {
  if (slow === null) waiting(true);
  prepare(state.now.case).then((some) => some && slow !== null && early());
  return request(state.now);
}

const ends = () => [picture.columns.temperature[0], picture.columns.temperature.at(-1)];
const inside = (place) => place !== null && place >= ends()[0] && place <= ends()[1];

function draw() {
  const head = picture, { columns } = picture;
  if (!head.closed || offline) answered(head);
  const warm = columns.temperature, limits = ends();

  const f = figures.electrons;
  f.frame(limits, [0, 1], "temperature (K)");
  f.regimes(head.regimes);
  const electrons = [["superconducting", "mixed"], ["normal", "normal"], ["trapped", "trapped"], ["untrapped", "bare"]];
  f.curves([...ghosts("electrons"), ...electrons.map(([name, style]) => ({ name, style, x: warm, y: columns[name] }))]);

  for (const each of head.observables) {
    let figure = observables.get(each.name);
    if (!figure) {
      figure = new Figure(each.name, "", 190);
      observables.set(each.name, figure);
      figures[each.name] = figure;
      find(each.first ? "grid" : "more").append(figure.box);
      figure.onMove(moveTo, commit);
    }
    const [symbol, unit] = [each.symbol, unitText(each.unit)];
    figure.caption.replaceChildren(
      element("button", { class: "name", type: "button", title: "What this is", onclick: () => explain(about, each) },
        typeset(each.meaning)), " ", typeset(`${symbol} (${unit})`));
    const lists = CURVES.map(([style]) => ({ name: style, style, x: warm, y: columns[`${each.name}.${style}`] }))
      .filter((curve) => curve.y.some(Number.isFinite));
    const [low, high] = extent(lists.map((curve) => curve.y));
    const top = Number.isFinite(high) ? high : 1;
    figure.frame(limits, [Math.min(0, Number.isFinite(low) ? low : 0), top * 1.05 || 1], "temperature (K)");
    figure.regimes(head.regimes);
    figure.curves([...ghosts(each.name), ...lists]);
  }
  grades.draw(head.margins, columns);
  cursor();
}

/** The answer in words, and the numbers; the page's own engine alone has fewer of them. */
function answered(head) {
  find("answer").className = "";  const [first, second, trust] = head.answer.map((text) => element("p", {}, typeset(text)));
  const open = find("answer").querySelector("details")?.open ?? false;
  find("answer").replaceChildren(first, second, element("details", { open }, element("summary", {}, judged(head)), trust));
  if (head.how) find("answer").append(element("p", { class: "how" }, typeset(head.how)));
  find("numbers").querySelector("tbody").replaceChildren(...head.numbers.map((each) => element("tr", {},
    element("th", { scope: "row" }, typeset(each.meaning)), element("td", {}, typeset(each.symbol)),
    element("td", { class: "number" }, each.text), element("td", {}, typeset(each.source)))));
}

/** Whether the theory is in its range, in a line. */
function judged({ margins }) {
  const failed = margins.filter((each) => each.worst === 0 || each.worst === 1).length;
  const known = margins.filter((each) => each.worst >= 0).length;
  return failed ? `The theory is outside its range: ${failed} of ${known} assumptions fail somewhere in this warm-up`
    : known ? `All ${known} assumptions that are known hold in this warm-up` : "There is no superconductor to judge the theory by";
}

/** Curves that were kept to compare, for a figure. */
function ghosts(name) {
  if (!kept) return [];
  const { columns } = kept;
  const wanted = name === "electrons" ? [["superconducting", "mixed"], ["untrapped", "bare"]]
    : [[`${name}.mixed`, "mixed"], [`${name}.bare`, "bare"]];
  return wanted.filter(([column]) => columns[column]).map(([column, style]) => ({
    name: `kept ${column}`, style: `${style} kept`, x: columns.temperature, y: columns[column],
  }));
}

/** What moves with the temperature; no question to the server. */
function cursor() {
  const { columns, regimes } = picture, place = state.now.temperature, [low, high] = ends();
  const share = (place - low) / (high - low || 1);
  find("temperature").value = 1000 * share;
  find("now").textContent = `${shown(place)} K`;
  find("temperature").setAttribute("aria-valuetext", `${shown(place)} kelvin`);
  find("regime").textContent = regimes.find((each) => place <= each.to)?.name ?? regimes.at(-1)?.name ?? "";

  energies(place);
  const value = (name) => at(columns.temperature, columns[name], place);
  figures.electrons.point(place, [[value("untrapped"), "bare"], [value("superconducting"), "mixed"]]);
  figures.electrons.describe(`Where the electrons are at ${shown(place)} K: superconducting ` +
    `${shown(value("superconducting"), 3)} of n_c, without a trap ${shown(value("untrapped"), 3)}, normal ` +
    `${shown(value("normal"), 3)}, in the trap ${shown(value("trapped"), 3)}`);
  readout(figures.electrons, [["superconducting", "mixed"], ["untrapped", "bare"], ["normal", "normal"], ["trapped", "trapped"]]
    .map(([name, style]) => [style, value(name) > LEAST ? value(name) : 0]), "");
  for (const each of picture.observables) {
    const values = CURVES.slice(0, 3).map(([style]) => [style, value(`${each.name}.${style}`)]);
    const known = values.filter(([, number]) => Number.isFinite(number));
    const listed = known.length ? values : [["expansion", value(`${each.name}.expansion`)]];
    observables.get(each.name).point(place, listed.map(([style, number]) => [number, style]));
    readout(observables.get(each.name), listed, unitText(each.unit));
    observables.get(each.name).describe(`${each.meaning} in ${unitText(each.unit)} at ${shown(place)} K: ` +
      listed.map(([style, number]) => `${CURVES.find(([name]) => name === style)[1]} ${shown(number, 3)}`).join(", "));
  }
  grades.point(share);
}

function readout(figure, values, unit) {
  figure.readout.replaceChildren(...values.map(([style, number]) =>
    element("span", { class: `swatch ${style}` }, shown(number, 3))), unit ? ` ${unit}` : "");
}

/** F(n_s) at the temperature of the cursor, between its two nearest frames. */
function energies(place) {
  const { columns, extent: limits } = picture, { share, frames } = columns, count = share.length;
  const last = frames.length - 1;
  const along = Math.min(Math.max(((place - frames[0]) / (frames[last] - frames[0] || 1)) * last, 0), last);
  const low = Math.min(Math.floor(along), last - 1), rest = along - low;
  const curve = (name) => Float64Array.from(share, (_, i) =>
    columns[name][low * count + i] * (1 - rest) + columns[name][(low + 1) * count + i] * rest);
  const [bare, mixed] = [curve("energy.untrapped"), curve("energy")];
  const figure = figures.energy, depth = Math.max(-limits.low, 1e-300);
  figure.frame([0, share.at(-1)], [limits.low - 0.08 * depth, Math.min(limits.high, 0.9 * depth) || depth],
    "superconducting share of the electrons, n_s/n_c");
  figure.curves([{ name: "bare", style: "bare", x: share, y: bare }, { name: "mixed", style: "mixed", x: share, y: mixed }]);
  const dots = [["untrapped", bare, "bare"], ["superconducting", mixed, "mixed"]].map(([name, energy, style]) => {
    const here = at(columns.temperature, columns[name], place);
    return [here, at(share, energy, here), style];
  });
  figure.cursor.attr("x1", -9).attr("x2", -9);
  figure.dots.selectAll("circle").data(dots).join("circle").attr("r", 6)
    .attr("class", ([, , style]) => `dot ${style}`)
    .attr("cx", ([x]) => figure.x(x)).attr("cy", ([, y]) => figure.y(y));
  figure.describe(`Free energy against the superconducting share at ${shown(place)} K: the sample is at ` +
    `n_s/n_c = ${shown(dots[1][0], 3)}, without a trap at ${shown(dots[0][0], 3)}`);
}

// ---- what is moved ------------------------------------------------------------------------------

const POSITIONS = 1000;
const toSlider = ({ low, high }, value) => (POSITIONS * Math.log(value / low)) / Math.log(high / low);
const fromSlider = ({ low, high }, place) => Number((low * (high / low) ** (place / POSITIONS)).toPrecision(4));
const stated = (each, value) => (each.unit ? `${value} ${each.unit}` : String(value));

/** Rows of the numbers that the case has; they are made anew only where these are others. */
function fillControls() {
  const form = find("controls"), keys = picture.values.map((each) => each.key).join();
  if (form.dataset.keys !== keys) {
    form.dataset.keys = keys;
    form.replaceChildren(...Object.entries(TABLES).flatMap(([table, title]) => {
      const own = picture.values.filter((each) => each.table === table);
      if (!own.length) return [];
      const common = own.filter((each) => each.high > 0), rest = own.filter((each) => !each.high);
      const set = element("fieldset", {}, element("legend", {}, title), ...common.map(row));
      if (rest.length) set.append(element("details", {}, element("summary", {}, "What is zero"), ...rest.map(row)));
      return [set];
    }));
  }
  for (const each of picture.values) {
    const field = find(`n-${each.key}`), slider = find(`s-${each.key}`);
    field.removeAttribute("aria-invalid");
    if (document.activeElement !== field) field.value = shown(each.value);
    if (slider && document.activeElement !== slider) slider.value = toSlider(each, each.value);
    slider?.setAttribute("aria-valuetext", `${shown(each.value)} ${each.unit}`);
  }
  find("undo").disabled = !state.past.length;
  find("redo").disabled = !state.future.length;
}

function row(each) {
  const label = `${each.symbol}${each.unit ? ` in ${unitText(each.unit)}` : ""}: ${each.meaning}`;
  const field = element("input", {
    id: `n-${each.key}`, class: "number", autocomplete: "off", spellcheck: "false", "aria-label": label,
    title: "A number, or a number with any unit", onchange: () => typed(each, field.value.trim()),
  });
  const made = element("div", { class: "row" },
    element("button", { class: "name", type: "button", title: each.meaning, onclick: () => explain(about, each) }, typeset(each.symbol)),
    field, element("span", { class: "unit" }, typeset(unitText(each.unit))));
  if (each.high > 0) {
    const slider = element("input", { id: `s-${each.key}`, type: "range", min: 0, max: POSITIONS, step: "any", "aria-label": label });
    const move = (place) => {
      const value = fromSlider(each, place);
      field.value = shown(value);
      slider.setAttribute("aria-valuetext", `${shown(value)} ${each.unit}`);
      state.change(each.key, stated(each, value));
      wish();
    };
    slider.addEventListener("input", () => move(Number(slider.value)));
    slider.addEventListener("change", commit);
    slider.addEventListener("keydown", (event) => keyed(event, slider, (place) => { move(place); commit(); }));
    made.append(slider);
  }
  return made;
}

function typed(each, text) {
  if (!text) return;
  state.change(each.key, Number.isFinite(Number(text)) ? stated(each, text) : text);
  commit();
  wish();
}

/** Arrows step by a hundredth of the slider, with Shift by a thousandth; Page keys by a tenth. */
function keyed(event, slider, moved) {
  const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
  if (!step) return;
  event.preventDefault();
  const size = POSITIONS / (event.shiftKey ? 1000 : 100);
  slider.value = Number(slider.value) + step * size;
  moved(Number(slider.value));
}

function moveTo(place) {
  if (!picture) return;
  const [low, high] = ends();
  state.move({ temperature: Math.min(Math.max(place, low), high) });
  cursor();
}

function commit() {
  state.commit();
  find("undo").disabled = !state.past.length;
  find("redo").disabled = !state.future.length;
}

function play() {
  if (playing) return stop();
  const [low, high] = ends(), began = state.now.temperature >= high * 0.999 ? low : state.now.temperature;
  const start = performance.now(), rate = (high - low) / (1000 * SECONDS);
  const tick = (now) => {
    moveTo(began + rate * (now - start));
    if (state.now.temperature >= high) stop();
    else playing = still.matches ? setTimeout(() => tick(performance.now()), 1000) : requestAnimationFrame(tick);
  };
  find("play").textContent = "⏸";
  find("play").setAttribute("aria-label", "Stop the warm-up");
  playing = requestAnimationFrame(tick);
}

function stop() {
  cancelAnimationFrame(playing);
  clearTimeout(playing);
  playing = null;
  find("play").textContent = "▶";
  find("play").setAttribute("aria-label", "Play the warm-up");
  commit();
}

/** Show another case. */
function begin(of) {
  state.move({ case: of, changes: {}, temperature: null });
  commit();
  wish();
}

function say(text) {
  find("status").textContent = text;
  setTimeout(() => (find("status").textContent = ""), 4000);
}

function fail(error) {
  if (!(error instanceof Refusal)) throw error;
  find("answer").className = "bad";
  find("answer").replaceChildren(...error.problems.map(({ key, text }) => element("p", {}, key ? `${key} ${text}` : text)));
}

function csv() {
  const { columns } = picture, count = columns.temperature.length;
  const names = Object.keys(columns).filter((name) => columns[name].length === count && !name.startsWith("margin."));
  const unit = (name) => picture.observables.find((each) => name.startsWith(`${each.name}.`))?.unit;
  const head = names.map((name) => name === "temperature" ? "temperature (K)" : unit(name) ? `${name} (${unit(name)})` : `${name} (1)`);
  const lines = [...columns.temperature].map((_, i) => names.map((name) => columns[name][i]).join());
  return [head.join(), ...lines, ""].join("\n");
}

async function main() {
  const { cases, grades: scale } = await start();
  grades.scale(scale);
  state = new State(cases[0].name);
  const wrong = state.fromLink(cases.map((each) => each.name));
  find("case").append(...cases.map((each) => element("option", { value: each.name }, each.title)));
  if (typeof state.now.case === "string") find("case").value = state.now.case;
  find("key").append(...CURVES.map(([style, text]) => element("span", { class: `swatch ${style}` }, text)),
    element("span", { class: "swatch normal" }, "normal electrons"), element("span", { class: "swatch trapped" }, "in the trap"));
  find("grid").append(figures.energy.box, figures.electrons.box);
  find("grades").append(grades.box);
  find("others").addEventListener("toggle", () => picture && draw());
  figures.energy.caption.replaceChildren(typeset("Free energy F(n_s) - F(0), of n_c k_B T_c"), element("small", {}, " by the paper’s functional, its Fig. 3"));
  figures.electrons.caption.replaceChildren(typeset("Where the electrons are, of n_c"), element("small", {}, " by the paper’s functional"));
  figures.electrons.onMove(moveTo, commit);
  state.link();
  await wish();
  if (wrong) say(wrong);
}

if (offline) {
  for (const id of ["open", "save-case"]) find(id).hidden = true;
  document.body.classList.add("offline");
}

find("case").addEventListener("change", (event) => begin(event.target.value));
find("undo").addEventListener("click", () => back("undo"));
find("redo").addEventListener("click", () => back("redo"));
find("reset").addEventListener("click", () => begin(state.now.case));
find("keep").addEventListener("click", () => {
  kept = kept ? null : picture;
  find("keep").setAttribute("aria-pressed", String(Boolean(kept)));
  draw();
});
find("open").addEventListener("click", () => find("file").click());
find("file").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  event.target.value = "";
  if (!file) return;
  try {
    begin((await (await ask("opened", { text: await file.text() })).json()).case);
  } catch (error) { fail(error); }
});
find("save-case").addEventListener("click", async () => {
  try {
    const { text } = await (await ask("case-file", { case: state.now.case, changes: state.now.changes })).json();
    download("explorer.toml", new Blob([text], { type: "application/toml" }));
    say("Saved: entrap run explorer.toml computes the same.");
  } catch (error) { fail(error); }
});
find("save-data").addEventListener("click", () => picture && download("explorer.csv", new Blob([csv()], { type: "text/csv" })));
find("link").addEventListener("click", async () => {
  state.link();
  await navigator.clipboard.writeText(location.href).then(() => say("Copied."), () => say("The link is in the address bar."));
});
find("help").addEventListener("click", () => explain(about, {
  symbol: "What one can do here",
  meaning: "Move a slider, or type a number with any unit; the arrow keys step, with Shift finely. Drag in a figure, or move " +
    "the temperature, to warm the sample up. A letter opens what it means. “Keep to compare” leaves the curves as they are behind " +
    "the next ones. The address is a link to what you see",
  source: "arXiv:2605.15834, corrected as the documentation says",
}));
find("play").addEventListener("click", play);
find("temperature").addEventListener("input", (event) => {
  const [low, high] = ends();
  moveTo(low + ((high - low) * event.target.value) / 1000);
});
find("temperature").addEventListener("change", commit);
find("temperature").addEventListener("keydown", (event) => keyed(event, find("temperature"), (place) => {
  const [low, high] = ends();
  moveTo(low + ((high - low) * place) / 1000);
  commit();
}));
find("controls").addEventListener("submit", (event) => event.preventDefault());
about.querySelector("button").addEventListener("click", () => about.close());
function back(step) {
  state[step]();
  if (typeof state.now.case === "string") find("case").value = state.now.case;
  wish();
}
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches?.("input.number")) return;
  event.preventDefault();
  back(event.shiftKey ? "redo" : "undo");
});
addEventListener("resize", () => picture && draw());
main().catch(fail);
