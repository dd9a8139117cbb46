// What is shown: a case, what was changed in it, a temperature; with undo, redo and links.

const VERSION = "1";
const encode = (value) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const decode = (text) => JSON.parse(new TextDecoder().decode(
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))));

export class State {
  /** `address`: whether the state stands in the page's address. */
  constructor(first, address) {
    this.address = address;
    this.tab = null; // it is no step that can be undone
    this.linked = false; // whether the page was opened by a link
    this.now = { case: first, changes: {}, temperature: null };
    this.saved = this.now;
    this.past = [];
    this.future = [];
  }

  /** Change what is shown; only `commit` makes a step that can be undone. */
  move(more) {
    this.now = { ...this.now, ...more };
  }

  change(key, value) {
    this.move({ changes: { ...this.now.changes, [key]: value } });
  }

  commit() {
    if (JSON.stringify(this.now) === JSON.stringify(this.saved)) return;
    this.past.push(this.saved);
    this.future = [];
    this.saved = this.now;
    this.link();
  }

  undo() {
    this.#step(this.past, this.future);
  }

  redo() {
    this.#step(this.future, this.past);
  }

  #step(from, to) {
    if (!from.length) return;
    to.push(this.saved);
    this.now = this.saved = from.pop();
    this.link();
  }

  /** Write the state into the address. */
  link() {
    if (!this.address) return;
    const { case: of, changes, temperature } = this.now;
    const parts = new URLSearchParams({ v: VERSION });
    if (this.tab && this.tab !== "sample") parts.set("tab", this.tab);
    if (typeof of === "string") parts.set("case", of);
    else parts.set("tables", encode(of));
    for (const [key, value] of Object.entries(changes)) parts.set(key, value);
    if (temperature !== null) parts.set("T", String(temperature));
    history.replaceState(null, "", `#${parts}`);
  }

  /** Take the state from the address; what is wrong with the link, or "". */
  fromLink(known, tabs) {
    if (!this.address) return "";
    const parts = new URLSearchParams(location.hash.slice(1));
    parts.delete("token");
    if (![...parts.keys()].length) return "";
    if (parts.get("v") !== VERSION) {
      return "This link is of another version of the explorer, which this one does not read. " +
        "What is shown is the first case.";
    }
    const changes = Object.create(null);
    let of = parts.get("case") ?? this.now.case;
    try {
      if (parts.has("tables")) of = decode(parts.get("tables"));
    } catch {
      return "The case in this link is damaged. What is shown is the first case.";
    }
    if (typeof of !== "string" && (typeof of !== "object" || of === null || Array.isArray(of))) {
      return "The case in this link is damaged. What is shown is the first case.";
    }
    if (typeof of === "string" && !known.includes(of)) {
      return "The case of this link was opened from a file, which is not open here. " +
        "What is shown is the first case.";
    }
    for (const [key, value] of parts) {
      if (key.includes(".")) changes[key] = value;
    }
    this.linked = true;
    if (tabs.includes(parts.get("tab"))) this.tab = parts.get("tab");
    const temperature = Number(parts.get("T"));
    const given = parts.has("T") && Number.isFinite(temperature);
    this.now = this.saved = { case: of, changes, temperature: given ? temperature : null };
    return "";
  }
}
