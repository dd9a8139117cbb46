// The page's own engine: a picture of a case from the model's closed forms. The forms are made of the
// package's functions; here they are called along the warm-up, and their columns are put together.

import { Refusal, shown } from "./words.js";

const NONE = 1e-12; // share of the electrons that is none
const ROUNDING = 1e-9; // of a margin: one that is 0 exactly stays in its grade

/** Even numbers from low to high. */
const even = (low, high, count) => Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

/** A function of the model as one of a sample and of further numbers. */
function called(forms, name, sample) {
  const row = [...sample], { length } = row;
  return (...more) => {
    for (let i = 0; i < more.length; i++) row[length + i] = more[i];
    return forms[name](row);
  };
}

/** The numbers of a case with changes in place of its own, in SI. */
export function numbersOf(data, changes) {
  const numbers = { ...data.numbers }, wrong = [];
  for (const [key, value] of Object.entries(changes)) {
    const each = data.values.find((one) => one.key === key);
    const found = each ? read(each, String(value)) : "is not among what the closed forms move";
    if (typeof found === "number") numbers[key] = found;
    else wrong.push({ key, text: found });
  }
  const { "protocol.start": start, "protocol.warm_to": end } = numbers;
  if (!wrong.length && end < start) {
    wrong.push({ key: "protocol.warm_to", text: `must not be below the start, ${start} K: the protocol warms` });
  }
  if (wrong.length) throw new Refusal(wrong);
  if (data.gapPerKelvin && "material.critical_temperature" in changes && !("material.gap" in changes)) {
    numbers["material.gap"] = data.gapPerKelvin * numbers["material.critical_temperature"];
  }
  return numbers;
}

/** A value in SI, or what is wrong with it. */
function read(each, text) {
  const [, digits, unit] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*?)\s*$/i.exec(text) ?? [];
  const shown = each.unit || "1";
  if (digits === undefined || !["", shown, each.si].includes(unit)) {
    return `must be a number, alone or with the unit ${shown}, but is ${text}: without a server the page knows no other`;
  }
  const number = Number(digits) * (unit === each.si ? 1 : each.factor);
  const within = Number.isFinite(number) && (each.above === null || number > each.above) &&
    (each.least === null || number >= each.least) && (each.most === null || number <= each.most);
  return within ? number : `must be finite and ${each.bounds}, but is ${text}`;
}

/**
 * The picture of a case, as the server gives one.
 * @param {object} closed `sample` and `forms`, the modules of functions, `data` of the case, and what is
 *   `told` of results.
 * @param {object} changes Values by key, as they are typed.
 */
export function drawn({ sample: { sample, takes }, forms, data, told }, changes) {
  const numbers = numbersOf(data, changes);
  const of = sample(takes.sample.map((key) => numbers[key]));
  const place = (name) => forms.takes.minimum.indexOf(name);
  const whole = of[place("conduction_density")];
  const unweighted = [...of]; // plain BCS knows no entropy
  unweighted[place("condensate_weight")] = 1;
  const run = warmUp(numbers, called(forms, "minimum", of), whole, told.points);
  const columns = { temperature: run.temperature };
  for (const name of ["superconducting", "normal", "trapped", "untrapped"]) columns[name] = run[name].map((n) => n / whole);
  columns.fraction = run.fraction;

  const states = { bare: [], plain: [], mixed: [], expansion: [] };
  const bcs = called(forms, "bcs", of), plain = called(forms, "bcs", unweighted), seen = called(forms, "seen", of);
  run.temperature.forEach((t, i) => {
    const f = run.fraction[i];
    states.bare.push(plain(t, 1, 1));
    states.plain.push(plain(t, f, 1));
    states.mixed.push(bcs(t, f, f));
    states.expansion.push(seen(t, run.superconducting[i], run.normal[i], run.trapped[i], f));
  });
  const observables = told.observables.map((each) => observable(each, forms.gives.seen.indexOf(each.name), states, columns));
  const extent = energies(called(forms, "energy", of), run, whole, numbers, columns, told);
  const margins = judged(told, numbers, forms, called(forms, "margins", of), run, columns);
  const found = called(forms, "numbers", of)(run.untrapped[0]);
  const results = Object.fromEntries(forms.gives.numbers.map((name, i) => [name, found[i]]));
  return {
    title: data.title, closed: true, trapPresent: numbers["trap.rate"] > 0, regimes: regimes(run, whole), columns, extent, observables,
    margins, answer: [...answer(numbers, results), trust(margins)], how: HOW, values: shownValues(data, numbers),
    numbers: told.results.map((each) => ({ ...each, text: quoted(results[each.name], each.unit) })),
  };
}

/** Where the electrons are: f = e^(-Γt), and n_s is held until the minimum falls below it. */
function warmUp(numbers, minimum, whole, points) {
  const temperature = even(numbers["protocol.start"], numbers["protocol.warm_to"], points);
  const run = { temperature };
  for (const name of ["fraction", "superconducting", "normal", "trapped", "untrapped"]) run[name] = new Float64Array(points);
  let held = minimum(temperature[0], 1)[0];
  temperature.forEach((t, i) => {
    const time = numbers["protocol.hold"] + (numbers["protocol.warming_time"] * i) / (points - 1);
    const f = Math.exp(-numbers["trap.rate"] * time);
    held = Math.min(held, minimum(t, f)[0]);
    run.fraction[i] = f;
    run.superconducting[i] = held;
    run.normal[i] = f * (whole - held);
    run.trapped[i] = (1 - f) * (whole - held);
    run.untrapped[i] = minimum(t, 1)[0];
  });
  return run;
}

/** An observable's columns in the unit that suits them, and what is said of it. */
function observable(each, place, states, columns) {
  const made = Object.entries(states).map(([state, rows]) => [state, Float64Array.from(rows, (row) => (Number.isFinite(row[place]) ? row[place] : NaN))]);
  let least = Infinity, largest = 0;
  for (const [, column] of made) for (const x of column) if (!Number.isNaN(x)) least = Math.min(least, x);
  const top = each.diverges && least < Infinity ? 4 * least : Infinity;
  for (const [, column] of made) {
    column.forEach((x, i) => {
      if (x > top) column[i] = NaN;
      else if (!Number.isNaN(x)) largest = Math.max(largest, Math.abs(x));
    });
  }
  const [usual, ...ladder] = each.units;
  const [unit, factor] = (largest > 0 && ladder.find(([, times]) => largest * times < 999.5)) || usual;
  for (const [state, column] of made) columns[`${each.name}.${state}`] = column.map((x) => x * factor);
  return { ...each, unit };
}

/** F - F(n_s = 0) in n_c k_B T_c, with the trap and without, a frame after another. */
function energies(energy, run, whole, numbers, columns, told) {
  const largest = Math.max(...run.superconducting, ...run.untrapped) / whole;
  const share = even(0, Math.min(1, 1.35 * largest) || 1, told.shares);
  const frames = even(run.temperature[0], run.temperature.at(-1), told.frames);
  const unit = whole * told.boltzmann * numbers["material.critical_temperature"];
  let low = 0, high = 0;
  for (const [name, fraction] of [["energy", null], ["energy.untrapped", 1]]) {
    const column = new Float64Array(told.frames * told.shares);
    frames.forEach((t, k) => {
      const f = fraction ?? run.fraction[(k * (told.points - 1)) / (told.frames - 1)];
      const zero = energy(t, 0, f * whole)[0];
      share.forEach((x, j) => {
        const value = (energy(t, whole * x, f * whole * (1 - x))[0] - zero) / unit;
        column[k * told.shares + j] = value;
        low = Math.min(low, value);
      });
      high = Math.max(high, column[(k + 1) * told.shares - 1]);
    });
    columns[name] = column;
  }
  Object.assign(columns, { share, frames });
  return { low, high };
}

/** The assumptions with the worst grade of each; the grades along the warm-up are columns. */
function judged(told, numbers, forms, margins, run, columns) {
  const rows = [...run.temperature].map((t, i) => margins(numbers["trap.rate"], numbers["protocol.start"], t,
    run.superconducting[i], run.normal[i], run.trapped[i], run.fraction[i]));
  const lows = told.lows;
  return told.margins.map((each) => {
    const place = forms.gives.margins.indexOf(each.name);
    const column = Float64Array.from(rows, (row) => Number.isNaN(row[place]) ? -1 : lows.filter((low) => row[place] >= low - ROUNDING).length);
    const known = column.filter((x) => x >= 0);
    const worst = known.length ? Math.min(...known) : -1;
    if (known.length) columns[`margin.${each.name}`] = column;
    return { ...each, worst, word: told.words.at(worst), until: null, missing: known.length ? "" : "Nothing is known of it here" };
  });
}

/** The regimes between the temperatures at which they change. */
function regimes({ temperature, superconducting }, whole) {
  const named = [...superconducting].map((n) =>
    n <= NONE * whole ? "normal" : n >= (1 - NONE) * whole ? "saturated" : n < superconducting[0] * (1 - 1e-9) ? "released" : "pinned");
  const found = [];
  named.forEach((name, i) => {
    const at = i ? (temperature[i - 1] + temperature[i]) / 2 : temperature[0];
    if (found.at(-1)?.name === name) return;
    if (found.length) found.at(-1).to = at;
    found.push({ name, from: at, to: temperature.at(-1) });
  });
  return found;
}

const HOW = "This file draws by itself, by closed forms that were made of entrap’s own functions: the trap leaves f = e^(-Γt) of the normal " +
  "electrons, and takes those of pairs that break later at once. Traps with a junction, pairing, files and the whole answer need “entrap explore”.";

const quoted = (value, unit) => Number.isFinite(value) ? `${shown(value, 6)} ${unit}`.trim() : Number.isNaN(value) ? "not defined" : "infinite";
const short = (value) => shown(value, 4);

function answer(numbers, results) {
  const critical = numbers["material.critical_temperature"], { enhancement, release_temperature: release } = results;
  const [whole, expansion] = [results.effective_critical_temperature_mixed, results.effective_critical_temperature];
  if (!(numbers["trap.rate"] > 0)) return [`There is no trap: the critical temperature stays at ${short(critical)} K.`, ""];
  const gives = Number.isFinite(expansion) ? `${short(expansion)} K, E = ${short(enhancement)}`
    : "no finite one, since k_B L is not below a: that is a failure of the expansion, not of the sample";
  const first = whole > critical * (1 + 1e-9)
    ? `By the entropy alone, with all normal electrons trapped, the critical temperature rises from ${short(critical)} K to ${short(whole)} K ` +
      `by the functional that holds at every temperature; the paper's expansion gives ${gives}.`
    : `The effective critical temperature stays at ${short(critical)} K: no electrons mix.`;
  const second = release > numbers["protocol.start"] && release < numbers["protocol.warm_to"]
    ? `By the paper's expansion n_s is held up to ${short(release)} K and then falls.` : "";
  return [first, second];
}

function trust(margins) {
  const failed = margins.filter((each) => each.worst === 0 || each.worst === 1).map((each) => each.name.replaceAll("_", " "));
  return failed.length ? `Somewhere while the sample superconducts ${failed.join(", ")} fail${failed.length === 1 ? "s" : ""}.` : "";
}

/** The numbers of the case in the units shown. */
function shownValues(data, numbers) {
  return data.values.map((each) => {
    const value = numbers[each.key] / each.factor;
    return { ...each, value, low: each.high > 0 ? Math.min(each.low, value) : 0, high: each.high > 0 ? Math.max(each.high, value) : 0 };
  });
}
