// What the Results tab draws of each kind of result. A view fills a grid with figures, and gives those
// that are drawn anew when the window changes; `take` makes a point the case that is moved.

import { Device } from "./device.js";
import { readMesh } from "./folder.js";
import { Lines } from "./lines.js";
import { GridMap, MeshMap } from "./maps.js";
import { element, scaledUnit, shown, typeset, unitText } from "./words.js";

const words = (name) => name.replaceAll("_", " ");
const upper = (text) => text[0].toUpperCase() + text.slice(1);

/** A choice among names, labelled; `changed` hears the chosen one. */
function choice(label, names, changed) {
  const select = element("select", {}, ...names.map(([value, text]) => element("option", { value }, text)));
  select.addEventListener("change", () => changed(select.value));
  return element("label", {}, `${label} `, select);
}

// ---- a warm-up ----------------------------------------------------------------------------------

const STATES = [["_bare", "without a trap", "bare"], ["_plain", "trap, plain BCS", "plain"], ["_mixed", "trap and entropy", "mixed"]];
const OF_RUN = ["penetration_depth", "lower_critical_field", "higgs_mode", "gap", "coherence_length", "critical_field"];
const DIVERGES = ["penetration_depth", "coherence_length"]; // at T_c; drawn up to four times the least value
const ELECTRONS = [["superfluid_density", "superconducting", "mixed"], ["superfluid_density_bare", "without a trap", "bare"],
  ["normal_density", "normal", "normal"], ["trapped_density", "in the trap", "trapped"]];

async function run(folder, grid) {
  const { columns, units } = await folder.table("results.csv");
  const beside = folder.has("bcs.csv") ? (await folder.table("bcs.csv")).columns : {};
  const T = columns.temperature, from = Math.max(0, T.findLastIndex((t) => t === T[0])); // what is before is the hold
  const n_c = folder.summary.case?.material?.conduction_density ?? 1, figures = [];
  const add = (name, caption, y, curves) => {
    const lines = new Lines(name, caption, { x: { label: "temperature", unit: "K" }, y, wide: true });
    grid.append(lines.box);
    lines.draw(curves.map((each) => ({ ...each, x: T.subarray(from), y: each.y.subarray(from) })));
    figures.push(lines);
  };
  add("electrons", "Where the electrons are", { label: n_c === 1 ? "density" : "share of n_c", unit: n_c === 1 ? "1/m^3" : "1" },
    ELECTRONS.filter(([name]) => columns[name]).map(([name, text, style]) => ({ name: text, style, y: columns[name].map((n) => n / n_c) })));
  for (const name of OF_RUN.filter((each) => columns[each])) {
    const found = STATES.filter(([state]) => beside[name + state]).map(([state, text, style]) => ({ name: text, style, y: beside[name + state] }));
    const curves = found.length ? found : [{ name: "with the trap", y: columns[name] }];
    const top = DIVERGES.includes(name) ? 4 * Math.min(...curves.flatMap(({ y }) => [...y].filter((value) => value > 0))) : Infinity;
    add(name, upper(words(name)), { label: words(name), unit: units[name] }, curves.map((each) => ({ ...each, y: each.y.map((value) => (value > top ? NaN : value)) })));
  }
  return figures;
}

// ---- a trap -------------------------------------------------------------------------------------

async function trap(folder, grid) {
  const columns = {};
  for (const name of folder.names.filter((each) => /^(over-\w+|along-film)\.csv$/.test(each))) {
    Object.assign(columns, (await folder.table(name)).columns);
  }
  const devices = [new Device("junction"), new Device("film")];
  grid.replaceWith(...devices.map(({ box }) => box));
  for (const device of devices) device.show(columns);
  return devices;
}

// ---- a sweep ------------------------------------------------------------------------------------

const rises = (values) => values.every((value, i) => !i || value > values[i - 1]);
const even = (values, of) => {
  const at = values.map(of), step = (at.at(-1) - at[0]) / (at.length - 1);
  return at.every((value, i) => Math.abs(value - at[0] - i * step) < 1e-3 * Math.abs(step));
};

async function sweep(folder, grid, take) {
  const { summary } = folder, { columns, units, count } = await folder.table("points.csv");
  const axes = Object.keys(summary.axes).filter((key) => columns[key]);
  const results = Object.keys(summary.results ?? {}).filter((name) => columns[name]);
  const said = (key, kind) => {
    const { symbol, meaning } = summary[kind][key];
    return symbol || meaning || words(key);
  };
  const values = Object.fromEntries(axes.map((key) => [key, [...new Set(columns[key])].sort((a, b) => a - b)]));
  const whole = axes.reduce((size, key) => size * values[key].length, 1);
  const gridded = summary.scheme === "grid" && whole === count && axes.every((key) => rises(values[key]));
  const point = (row) => axes.map((key) => [key, columns[key][row]]);
  const told = element("p", { class: "point", role: "status" });
  let chosen = 0;
  const at = (row) => {
    chosen = row;
    const place = point(row).map(([key, value]) => `${said(key, "axes")} = ${shown(value)} ${unitText(units[key] === "1" ? "" : units[key])}`.trim());
    const found = results.map((name) => `${said(name, "results")} = ${quantity(columns[name][row], units[name])}`);
    told.replaceChildren(typeset(`At ${place.join(", ")}: ${found.join(", ")}.`));
  };
  const button = element("button", { type: "button", onclick: () => {
    const at = Object.fromEntries(point(chosen)), changes = {};
    for (const [key, value] of Object.entries(at)) {
      if (key.includes(".")) changes[key] = units[key] === "1" ? String(value) : `${value} ${units[key]}`;
    }
    take(changes, at.temperature ?? null);
  } }, "Move the case at this point");
  const under = element("div", { class: "under" }, told, ...(summary.case ? [button] : []));
  if (!gridded || axes.length === 1) {
    const key = axes[0], order = Float64Array.from(columns[key], (_, i) => i).sort((a, b) => columns[key][a] - columns[key][b]);
    const drawn = results.map((name) => {
      const log = gridded && values[key][0] > 0 && !even(values[key], (x) => x) && even(values[key], Math.log10);
      const finite = columns[name].filter(Number.isFinite), steep = Math.min(...finite) > 0 && Math.max(...finite) > 100 * Math.min(...finite);
      const lines = new Lines(name, upper(summary.results[name].meaning || words(name)),
        { x: { label: said(key, "axes"), unit: units[key], log }, y: { label: said(name, "results"), unit: units[name], log: steep }, wide: true });
      const moved = lines.at.bind(lines);
      lines.at = (place) => {
        moved(place);
        const value = log ? 10 ** lines.place : lines.place, here = value / scaledUnit(units[key], Math.max(...values[key].map(Math.abs)))[1];
        at(order.reduce((best, row) => (Math.abs(columns[key][row] - here) < Math.abs(columns[key][best] - here) ? row : best), order[0]));
      };
      grid.append(lines.box);
      lines.draw([{ name: said(name, "results"), x: Float64Array.from(order, (i) => columns[key][i]), y: Float64Array.from(order, (i) => columns[name][i]) }]);
      return lines;
    });
    grid.after(under);
    return drawn;
  }
  const strides = axes.map((_, k) => axes.slice(k + 1).reduce((size, key) => size * values[key].length, 1));
  const fixed = axes.slice(2).map(() => 0); // places on the axes that the map does not show
  const map = new GridMap("map", "", { moved: ([i, j]) => at(row(i, j)) });
  const row = (i, j) => [i, j, ...fixed].reduce((sum, index, k) => sum + index * strides[k], 0);
  let name = results[0];
  const show = () => {
    map.caption.replaceChildren(typeset(upper(summary.results[name].meaning || words(name))));
    const sides = axes.slice(0, 2).map((key) => {
      const log = values[key][0] > 0 && !even(values[key], (x) => x) && even(values[key], Math.log10);
      return { label: `${said(key, "axes")}${units[key] === "1" ? "" : ` (${unitText(units[key])})`}`, values: values[key], log };
    });
    map.show(sides, (i, j) => columns[name][row(i, j)], (value) => quantity(value, units[name]), map.cell ?? sides.map(({ values }) => values.length >> 1));
  };
  const choices = [choice("Show", results.map((each) => [each, summary.results[each].meaning || words(each)]), (value) => { name = value; show(); })];
  axes.slice(2).forEach((key, k) => choices.push(choice(said(key, "axes"),
    values[key].map((value, i) => [i, quantity(value, units[key])]), (value) => { fixed[k] = Number(value); show(); })));
  grid.append(element("div", { class: "choices full" }, ...choices), map.box);
  grid.after(under);
  show();
  return [map];
}

/** A number with the unit that suits it. */
function quantity(value, unit) {
  const [text, factor] = scaledUnit(unit, Math.abs(value));
  return `${shown(value * factor, 4)} ${text}`.trim();
}

// ---- a film -------------------------------------------------------------------------------------

async function film(folder, grid) {
  const drawn = [];
  if (folder.has("film.vtu")) {
    const mesh = readMesh(await folder.text("film.vtu"));
    const map = new MeshMap("film", "");
    const names = Object.keys(mesh.fields).filter((name) => name !== "under_trap");
    const reach = mesh.points.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const [unit, factor] = scaledUnit("m", reach / 3);
    const show = (name) => {
      map.caption.replaceChildren(FIELDS[name] ?? words(name));
      map.show(mesh, mesh.fields[name], { unit, factor }, (value) => shown(value, 3));
    };
    grid.append(element("div", { class: "choices full" }, choice("Show", names.map((name) => [name, FIELDS[name] ?? words(name)]), show)), map.box);
    show(names[0]);
    drawn.push(map);
  }
  if (folder.has("decay.csv")) {
    const { columns } = await folder.table("decay.csv");
    const lines = new Lines("decay", "After the burst", { x: { label: "time", unit: "s", log: true }, y: { label: "x = n_qp/2N_0Δ", unit: "1", log: true }, wide: true });
    grid.append(lines.box);
    lines.draw(Object.keys(columns).filter((name) => name !== "time").map((name) => ({ name: words(name), x: columns.time.subarray(1), y: columns[name].subarray(1) })));
    drawn.push(lines);
  }
  return drawn;
}

const FIELDS = {
  density: "Quasiparticles x = n_qp/2N_0Δ in the steady state", density_without_trap: "The same without traps",
  slowest_mode: "Slowest mode: what is left last", rate_gain: "Gain of the slowest rate by a small further trap (1/m²)",
};

// ---- a fit --------------------------------------------------------------------------------------

async function fit(folder, grid) {
  const drawn = [], { columns } = await folder.table("hypotheses.csv");
  const least = Math.min(...columns.log_bayes, -1);
  grid.append(element("figure", { class: "full", "data-figure": "hypotheses" },
    element("figcaption", {}, "Evidence: ln B beside the most probable hypothesis"),
    element("div", { class: "bars" }, ...columns.meaning.map((meaning, i) => bar(meaning, columns.log_bayes[i], least)))));
  const codes = Object.fromEntries(columns.name.map((name, i) => [name, String(columns.meaning[i]).split(":")[0]])); // as H1
  const data = folder.has("measurements.csv") ? (await folder.table("measurements.csv")).columns : null;
  for (const name of folder.names.filter((each) => /^predictive-.*\.csv$/.test(each))) drawn.push(await predictive(folder, name, data, grid, codes));
  if (folder.has("posteriors.csv")) grid.after(posteriors((await folder.table("posteriors.csv")).columns, codes));
  return drawn;
}

function bar(meaning, value, least) {
  const length = element("i", {});
  length.style.width = `${Math.min((100 * value) / least, 100)}%`;
  return element("div", { class: "row" }, element("span", {}, meaning), element("span", { class: "track", "aria-hidden": "true" }, length),
    element("span", { class: "word" }, `ln B = ${shown(value, 3)}`));
}

/** The curves of each hypothesis in one group of the data, and the data as rings. */
async function predictive(folder, file, data, grid, codes) {
  const { columns, units } = await folder.table(file);
  const observable = file.slice("predictive-".length, -".csv".length).replace(/-\d$/, "").replaceAll("-", "_");
  const x = Object.keys(columns).find((name) => columns[name] instanceof Float64Array && name === "temperature") ?? "temperature";
  const tag = (i) => ["trap", "group"].filter((key) => columns[key]).map((key) => String(columns[key][i] ?? "")).join(", ");
  const tags = [...new Set(Array.from(columns.median, (_, i) => tag(i)))], hypotheses = [...new Set(columns.hypothesis)];
  const lines = new Lines(file.slice(0, -4), upper(words(observable)), { x: { label: words(x), unit: units[x] }, y: { label: words(observable), unit: units.median }, wide: false });
  lines.box.className = "full";
  const show = (wanted) => {
    const curves = hypotheses.map((name) => {
      const rows = Array.from(columns.median.keys()).filter((i) => columns.hypothesis[i] === name && tag(i) === wanted);
      return { name: codes[name] ?? words(name), x: Float64Array.from(rows, (i) => columns[x]?.[i]), y: Float64Array.from(rows, (i) => columns.median[i]) };
    });
    const rows = data ? [...data.quantity.keys()].filter((i) => data.quantity[i] === observable && ["trap", "group"].filter((key) => columns[key]).map((key) => String(data[key]?.[i] ?? "")).join(", ") === wanted) : [];
    lines.draw(curves, { dots: rows.map((i) => [data[x][i], data.value[i]]) });
  };
  grid.append(element("div", { class: "choices full" }, choice("Trap and group", tags.map((each) => [each, each || "all"]), show)), lines.box);
  show(tags[0]);
  return lines;
}

function posteriors({ hypothesis, symbol, number, median, low_90: low, high_90: high, unit, meaning }, codes) {
  const rows = [...hypothesis.keys()].map((i) => {
    const [text, factor] = scaledUnit(String(unit[i] ?? "1"), Math.abs(median[i]));
    return element("tr", {}, element("th", { scope: "row" }, codes[hypothesis[i]] ?? hypothesis[i]), element("td", { title: meaning[i] }, typeset(symbol[i] || number[i])),
      ...[median, low, high].map((column) => element("td", { class: "number" }, shown(column[i] * factor, 4))), element("td", {}, text));
  });
  const heads = ["hypothesis", "number", "median", "5 %", "95 %", "unit"].map((text) => element("th", { scope: "col" }, text));
  return element("details", {}, element("summary", {}, "What the data say of each number"),
    element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows))));
}

export const VIEWS = { run, trap, sweep, film, fit };
