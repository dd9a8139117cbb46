// The explorer: what is moved on the left, what follows on the right, a tab for each part of it.

import { Controls, keyed } from "./controls.js";
import { Device } from "./device.js";
import { Forms, questions } from "./engine.js";
import { Grades } from "./grades.js";
import { download, explain } from "./plots.js";
import { Results } from "./results.js";
import { Sample } from "./sample.js";
import { State } from "./state.js";
import { Tour } from "./tour.js";
import { Refusal, element, typeset } from "./words.js";

const QUESTIONS = { sample: "picture", junction: "device", film: "device" };
const LACKING = {
  sample: "This case states no [landau] or no [protocol], which a warm-up needs.",
  junction: "This case states no [trap.junction]: its trap is a rate alone, or there is none.",
  film: "This case states no [trap.film], the strip on which the trap sits.",
};
const SECONDS = 6; // in which the warm-up plays
const PATIENCE = 100; // ms without an answer, after which the page draws by itself
const key = ({ case: of, changes }) => JSON.stringify([of, changes]);
const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Each calls `then` with the time, and gives what calls that off. */
const inAFrame = (then) => {
  const waiting = requestAnimationFrame(then);
  return () => cancelAnimationFrame(waiting);
};
const inASecond = (then) => {
  const waiting = setTimeout(() => then(performance.now()), 1000);
  return () => clearTimeout(waiting);
};

/** Show the explorer in an element that has its markup; see hosts.js for what a host is. */
export function mount(root, host) {
  return new Explorer(root, host).begin();
}

class Explorer {
  constructor(root, host) {
    Object.assign(this, { root, host });
    this.find = (id) => root.querySelector(`[id="${id}"]`);
    this.pictures = {}; // by question, each with the state that it is of
    this.forms = new Forms(host);
    this.about = (said) => explain(this.find("about"), said);
    this.slow = this.playing = null;
    this.files = new Map(); // names of files that cases were opened from
  }

  async begin() {
    const { find, host } = this;
    try {
      const told = await host.start();
      this.told = told;
      told.grades.forEach(({ colour }, i) => this.root.style.setProperty(`--grade${i < told.grades.length - 1 ? i : -1}`, colour));
      this.state = new State(told.cases[0].name, host.address);
      const wrong = this.state.fromLink(told.cases.map((each) => each.name), Object.keys(LACKING).concat("results"));
      this.#parts();
      this.#listen();
      this.#named();
      this.state.link();
      if (!this.state.tab) this.state.tab = this.tabs()[0] ?? "sample";
      if (told.results?.length && !this.state.linked && !wrong && !told.cases[0].file) this.state.tab = "results";
      await this.tab(this.state.tab);
      if (wrong) this.say(wrong);
      find("status").dataset.ready = "";
    } catch (error) {
      this.fail(error);
    }
  }

  #parts() {
    const { find, told, about } = this, { grades } = told;
    this.controls = new Controls(find("controls"), {
      changed: (key, text) => { this.state.change(key, text); this.wish(); },
      commit: () => this.commit(), about,
    });
    this.sample = new Sample(find, { about, grades, moved: (place) => this.moveTo(place), ended: () => this.commit() });
    this.devices = { junction: new Device("junction"), film: new Device("film") };
    this.trust = {};
    for (const [tab, device] of Object.entries(this.devices)) {
      this.trust[tab] = new Grades(about, grades, "Do the assumptions of the description hold?");
      find(`panel-${tab}`).append(device.box, this.trust[tab].box);
    }
    this.results = new Results(find("panel-results"), this.host, told.results ?? [], {
      about, grades, lows: told.told.lows, words: told.told.words,
      take: (of, changes, temperature) => this.take(of, changes, temperature),
    });
    find("case").append(...told.cases.map((each) => element("option", { value: each.name }, each.title)));
    this.tour = new Tour(this);
    this.ask = this.host.ask ? questions(this.host.ask, {
      found: (picture, asked) => this.found(picture, asked),
      refused: (error) => this.fail(error),
      delayed: (error) => (find("status").textContent = error.message),
    }) : (path, state) => this.alone(state);
  }

  // ---- what is shown ----------------------------------------------------------------------------

  /** Tabs that the case has something for. */
  tabs() {
    const { case: of } = this.state.now;
    if (typeof of === "string") return this.told.cases.find((each) => each.name === of).tabs;
    return [of.landau && of.protocol && "sample", of.trap?.junction && "junction", of.trap?.film && "film"].filter(Boolean);
  }

  /** Show a tab, and ask for what it shows unless that is at hand. */
  async tab(name) {
    this.stop();
    this.state.tab = name;
    this.state.link();
    for (const button of this.root.querySelectorAll("[role=tab]")) {
      const chosen = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      this.find(`panel-${button.dataset.tab}`).hidden = !chosen;
    }
    this.root.dataset.tab = name;
    for (const id of ["keep", "save-data"]) this.find(id).disabled = name !== "sample";
    if (name === "results") return this.results.begin();
    return this.wish();
  }

  found(picture, { path, state }) {
    this.pictures[path] = { picture, of: key(state) };
    if (path === QUESTIONS[this.state.tab] && key(state) === key(this.state.now)) {
      this.waiting(false);
      this.show(picture);
    }
  }

  show(picture) {
    const { tab } = this.state;
    this.controls.fill(picture.values);
    this.buttons();
    this.host.moved?.(this.state.now);
    if (!picture.closed || !this.host.ask) this.answered(picture);
    if (tab === "sample") {
      this.sample.picture = picture;
      const [low, high] = this.sample.ends, wanted = this.state.now.temperature;
      const place = wanted === null ? low + 0.3 * (high - low) : Math.min(Math.max(wanted, low), high);
      this.state.move({ temperature: place });
      if (wanted === null) this.state.saved = { ...this.state.saved, temperature: place };
      this.sample.show(picture, place);
    } else {
      this.devices[tab].show(picture.columns, picture.here);
      this.trust[tab].draw(picture.margins);
    }
  }

  /** Ask for a picture of the state, and draw what the page can by itself meanwhile. */
  wish() {
    const { tab, now } = this.state, path = QUESTIONS[tab];
    if (!path) return undefined;
    const lacking = !this.tabs().includes(tab) || (!this.host.ask && tab !== "sample");
    this.#lacks(tab, lacking);
    if (lacking) return undefined;
    const made = this.pictures[path];
    if (made?.of === key(now)) {
      this.waiting(false);
      return this.show(made.picture);
    }
    this.#ahead(now);
    if (this.slow === null) this.waiting(true);
    if (tab === "sample" && this.host.ask) this.forms.prepare(now.case).then((some) => some && this.slow !== null && this.early());
    return this.ask(path, now);
  }

  /** The sliders of a case as it is, before anything of it is computed. */
  #ahead({ case: of, changes }) {
    const values = this.told.cases.find((each) => each.name === of)?.values;
    if (values && !Object.keys(changes).length) this.controls.fill(values);
  }

  /** The picture of a page without a server. */
  async alone(now) {
    await this.forms.prepare(now.case);
    try {
      this.found(this.forms.preview(now), { path: "picture", state: now });
    } catch (error) {
      this.fail(error);
    }
  }

  /** Say that the case has nothing for a tab, and which cases have. */
  #lacks(tab, lacking) {
    const panel = this.find(`panel-${tab}`);
    panel.querySelector(".lacking")?.remove();
    for (const part of panel.children) part.classList.toggle("without", lacking);
    this.root.classList.toggle("lacks", lacking);
    if (!lacking) return;
    this.waiting(false);
    const some = this.host.ask ? this.told.cases.filter((each) => each.tabs.includes(tab)) : [];
    const text = this.host.ask ? LACKING[tab] : "This page draws by itself: “entrap explore” computes junctions and films.";
    panel.prepend(element("div", { class: "lacking", role: "status" }, element("p", {}, text),
      ...(some.length ? [element("p", {}, "Cases to begin with that have it:"), element("div", { class: "buttons" },
        ...some.map((each) => element("button", { type: "button", onclick: () => this.beginWith(each.name, tab) }, each.title)))] : []),
      ...(tab === "film" ? [element("p", {}, "Films in two dimensions are computed by entrap film: open its folder under Results.")] : [])));
  }

  early() {
    const found = this.state.tab === "sample" ? this.forms.preview(this.state.now) : null;
    if (found) this.show(found);
    this.root.classList.toggle("waiting", !found);
    this.find("status").textContent = found ? "drawn by closed forms; the whole is computed…" : "computing…";
  }

  /** Say that a picture takes long, after a moment. */
  waiting(on) {
    clearTimeout(this.slow);
    this.slow = null;
    this.root.classList.remove("waiting");
    this.find("status").textContent = "";
    if (on) this.slow = setTimeout(() => this.early(), PATIENCE);
  }

  /** The answer in words, and the numbers. */
  answered(head) {
    const box = this.find("answer"), open = box.querySelector("details")?.open ?? false;
    const [first, second, ...rest] = head.answer.filter(Boolean).map((text) => element("p", {}, typeset(text)));
    box.className = "";
    box.replaceChildren(...[first, second].filter(Boolean));
    if (rest.length) box.append(element("details", { open }, element("summary", {}, head.regimes ? judged(head) : "More of the answer"), ...rest));
    if (head.how) box.append(element("p", { class: "how" }, typeset(head.how)));
    this.find("numbers").querySelector("tbody").replaceChildren(...head.numbers.map((each) => element("tr", {},
      element("th", { scope: "row" }, typeset(each.meaning)), element("td", {}, typeset(each.symbol)),
      element("td", { class: "number" }, each.text), element("td", {}, typeset(each.source)))));
  }

  fail(error) {
    if (!(error instanceof Refusal)) throw error;
    this.waiting(false);
    this.find("answer").className = "bad";
    this.find("answer").replaceChildren(...error.problems.map(({ key, text }) => {
      this.controls?.mark(key);
      return element("p", {}, key ? `${key} ${text}` : text);
    }));
  }

  say(text) {
    this.find("status").textContent = text;
    setTimeout(() => this.find("status").textContent === text && (this.find("status").textContent = ""), 4000);
  }

  // ---- what is moved ----------------------------------------------------------------------------

  moveTo(place) {
    if (!this.sample.picture) return;
    const [low, high] = this.sample.ends;
    this.state.move({ temperature: Math.min(Math.max(place, low), high) });
    this.sample.point(this.state.now.temperature);
  }

  commit() {
    this.state.commit();
    this.buttons();
  }

  buttons() {
    this.find("undo").disabled = !this.state.past.length;
    this.find("redo").disabled = !this.state.future.length;
  }

  back(step) {
    this.state[step]();
    this.buttons();
    this.#named();
    this.#fitting();
  }

  /** Move another case, with its first tab where this one has nothing. */
  beginWith(of, tab = this.state.tab, changes = {}, temperature = null) {
    this.state.move({ case: of, changes, temperature });
    this.commit();
    this.#named();
    this.state.tab = tab;
    return this.#fitting();
  }

  #fitting() {
    const tabs = this.tabs();
    return this.tab(tabs.includes(this.state.tab) || !tabs.length ? this.state.tab : tabs[0]);
  }

  /** A point of a result becomes the case. */
  take(of, changes = {}, temperature = null) {
    this.beginWith(of, "sample", changes, temperature);
    this.say("The case of the result is moved now.");
  }

  #named() {
    if (typeof this.state.now.case === "string") this.find("case").value = this.state.now.case;
  }

  play() {
    if (this.playing) return this.stop();
    const [low, high] = this.sample.ends, now = this.state.now.temperature, began = now >= high * 0.999 ? low : now;
    const start = performance.now(), rate = (high - low) / (1000 * SECONDS);
    const tick = (time) => {
      this.moveTo(began + rate * (time - start));
      if (this.state.now.temperature >= high) this.stop();
      else this.playing = still.matches ? inASecond(tick) : inAFrame(tick);
    };
    this.#playing("⏸", "Stop the warm-up");
    this.playing = inAFrame(tick);
  }

  stop() {
    if (this.playing === null) return;
    this.playing();
    this.playing = null;
    this.#playing("▶", "Play the warm-up");
    this.commit();
  }

  #playing(sign, text) {
    this.find("play").textContent = sign;
    this.find("play").setAttribute("aria-label", text);
  }

  // ---- files and the command line ---------------------------------------------------------------

  async opened(file) {
    try {
      const { case: of } = await (await this.host.ask("opened", { text: await file.text() })).json();
      this.files.set(JSON.stringify(of), file.name);
      await this.beginWith(of);
    } catch (error) { this.fail(error); }
  }

  async save() {
    try {
      const { case: of, changes } = this.state.now;
      const { text } = await (await this.host.ask("case-file", { case: of, changes })).json();
      download("explorer.toml", new Blob([text], { type: "application/toml" }));
      this.say("Saved: entrap run explorer.toml computes the same.");
    } catch (error) { this.fail(error); }
  }

  /** The command that computes what is seen. */
  command() {
    const { case: of, changes } = this.state.now, verb = this.state.tab === "sample" ? "run" : "trap";
    const file = typeof of === "string" ? this.told.cases.find((each) => each.name === of).file : this.files.get(JSON.stringify(of));
    const quoted = (text) => (/^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
    const sets = file ? Object.entries(changes).map(([key, value]) => ` --set ${quoted(`${key}=${value}`)}`) : [];
    const text = `entrap ${verb} ${quoted(file ?? "explorer.toml")}${sets.join("")}`;
    navigator.clipboard?.writeText(text).then(() => this.say("Copied."), () => {});
    this.about({ symbol: "The command that computes this", meaning: text, source: file ? "" : "“Save case” writes explorer.toml" });
  }

  #listen() {
    const { find, root, state } = this, on = (id, event, heard) => find(id).addEventListener(event, heard);
    const { ask, address } = this.host;
    for (const id of ["open", "save-case", "command"]) find(id).hidden = !ask;
    find("link").hidden = !address;
    on("case", "change", (event) => this.beginWith(event.target.value));
    on("undo", "click", () => this.back("undo"));
    on("redo", "click", () => this.back("redo"));
    on("reset", "click", () => this.beginWith(state.now.case));
    on("keep", "click", () => find("keep").setAttribute("aria-pressed", String(this.sample.keep())));
    on("open", "click", () => find("file").click());
    on("file", "change", async (event) => {
      const [file] = event.target.files;
      if (file) await this.opened(file);
      event.target.value = "";
    });
    on("save-case", "click", () => this.save());
    on("save-data", "click", () => this.sample.picture && download("explorer.csv", new Blob([this.sample.csv()], { type: "text/csv" })));
    on("command", "click", () => this.command());
    on("link", "click", async () => {
      state.link();
      await navigator.clipboard.writeText(location.href).then(() => this.say("Copied."), () => this.say("The link is in the address bar."));
    });
    on("tour", "click", () => this.tour.begin());
    on("help", "click", () => this.about(HELP));
    on("play", "click", () => this.play());
    const warmed = (thousandth) => {
      const [low, high] = this.sample.ends;
      this.moveTo(low + ((high - low) * thousandth) / 1000);
    };
    on("temperature", "input", (event) => warmed(event.target.value));
    on("temperature", "change", () => this.commit());
    on("temperature", "keydown", (event) => keyed(event, find("temperature"), (place) => { warmed(place); this.commit(); }));
    on("sheet", "click", () => {
      const open = root.classList.toggle("sheet");
      find("sheet").setAttribute("aria-expanded", String(open));
      if (open) find(`panel-${state.tab}`).scrollIntoView();
    });
    find("about").querySelector("button").addEventListener("click", () => find("about").close());
    const tabs = [...root.querySelectorAll("[role=tab]")];
    for (const [i, button] of tabs.entries()) {
      button.addEventListener("click", () => this.tab(button.dataset.tab));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs.at((i + step) % tabs.length);
        next.focus();
        this.tab(next.dataset.tab);
      });
    }
    const whole = address ? window : root; // a notebook has keys of its own
    whole.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches?.("input.number")) return;
      event.preventDefault();
      this.back(event.shiftKey ? "redo" : "undo");
    });
    let width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width) return;
      width = contentRect.width;
      this.redraw();
    }).observe(find("figures"));
  }

  redraw() {
    const { tab } = this.state;
    if (tab === "sample") this.sample.draw();
    else (this.devices[tab] ?? this.results).redraw();
  }
}

const HELP = {
  symbol: "What one can do here",
  meaning: "Move a slider, or type a number with any unit; the arrow keys step, with Shift finely. Drag in a figure, or move " +
    "the temperature, to warm the sample up. A letter opens what it means. “Keep to compare” leaves the curves as they are behind " +
    "the next ones. The address is a link to what you see",
  source: "arXiv:2605.15834, corrected as the documentation says",
};

/** Whether the theory is in its range, in a line. */
function judged({ margins }) {
  const failed = margins.filter((each) => each.worst === 0 || each.worst === 1).length;
  const known = margins.filter((each) => each.worst >= 0).length;
  return failed ? `The theory is outside its range: ${failed} of ${known} assumptions fail somewhere in this warm-up`
    : known ? `All ${known} assumptions that are known hold in this warm-up` : "There is no superconductor to judge the theory by";
}
