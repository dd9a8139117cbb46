// Reading the files of a result's folder: summary.json, tables as CSV, and a film's film.vtu.

import { Refusal } from "./words.js";

/** A key that only the summary of this kind of result has. */
const KINDS = {
  run: "regimes", trap: "changes", film: "mesh_errors", fit: "posteriors", plan: "candidates",
  sweep: "axes", compare: "differences", series: "samples",
};
const ELEMENTS = 5e6; // numbers of an array in a film's file, at most

const refuse = (text) => { throw new Refusal([{ key: "", text }]); };

/** What a summary says, and of which kind it is. */
export function readSummary(text) {
  let summary;
  try {
    summary = JSON.parse(text);
  } catch {
    refuse("summary.json must be JSON, as entrap writes it, but cannot be read.");
  }
  const kind = Object.keys(KINDS).find((name) => summary?.[KINDS[name]] !== undefined);
  if (!kind || !Array.isArray(summary.answer ?? [])) refuse("summary.json must be that of a run, sweep, trap, fit, film, plan or comparison of entrap.");
  return { ...summary, kind, answer: (summary.answer ?? []).map(String) };
}

/** Columns of a table by name: numbers as Float64Array, texts as they are; `units` by name. */
export function readTable(text) {
  const [head, ...rows] = cells(text);
  const units = {}, columns = {};
  head.forEach((heading, i) => {
    const [, name, unit] = /^(.*?)(?: \[(.*)\])?$/.exec(heading);
    const column = rows.map((row) => row[i] ?? "");
    const numbers = Float64Array.from(column, number);
    columns[name] = column.every((cell, k) => cell === "" || !Number.isNaN(numbers[k]) || cell === "nan") ? numbers : column;
    units[name] = unit ?? "1";
  });
  return { columns, units, count: rows.length };
}

function number(cell) {
  if (cell === "") return NaN;
  return { inf: Infinity, "-inf": -Infinity }[cell] ?? Number(cell);
}

/** Rows of cells; one in quotes may have commas, ends of lines, and quotes twice. */
function cells(text) {
  if (!text.includes('"')) return text.split(/\r?\n/).filter(Boolean).map((line) => line.split(","));
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    if (quoted === undefined && plain === "" && end === "") break;
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length && (row.length > 1 || row[0]));
}

/** A film's mesh and its fields, of VTK's XML with arrays in base64: `points`, `triangles`, `fields`. */
export function readMesh(text) {
  const parsed = new DOMParser().parseFromString(text, "text/xml");
  if (parsed.querySelector("parsererror")) refuse("film.vtu must be XML, as entrap writes it, but cannot be read.");
  const found = {};
  for (const node of parsed.querySelectorAll("DataArray")) {
    const parts = node.closest("PointData") ? (found.fields ??= {}) : found;
    parts[node.getAttribute("Name")] = array(node);
  }
  const { points, connectivity, fields } = found;
  const count = (points?.length ?? 0) / 3;
  if (!count || !connectivity || !fields) refuse("film.vtu must have points, triangles and fields.");
  const triangles = Int32Array.from(connectivity, Number);
  const sound = triangles.length % 3 === 0 && triangles.every((i) => i >= 0 && i < count) &&
    Object.values(fields).every((values) => values.length === count);
  if (!sound) refuse("film.vtu is damaged: its triangles or fields do not fit its points.");
  return { points, triangles, fields };
}

function array(node) {
  let raw;
  try {
    raw = Uint8Array.from(atob(node.textContent.trim()), (c) => c.charCodeAt(0)).subarray(8); // after its number of bytes
  } catch {
    refuse(`film.vtu is damaged in ${node.getAttribute("Name")}.`);
  }
  const kind = { Float64: Float64Array, Int64: BigInt64Array, UInt8: Uint8Array }[node.getAttribute("type")];
  if (!kind || raw.length % kind.BYTES_PER_ELEMENT || raw.length / kind.BYTES_PER_ELEMENT > ELEMENTS) {
    refuse(`film.vtu has an array ${node.getAttribute("Name")} that cannot be read.`);
  }
  return new kind(raw.slice().buffer);
}

/** A result from its files: `names`, and `text(name)` which reads one. */
export class Folder {
  constructor(name, names, text) {
    Object.assign(this, { name, names, text });
  }

  async open() {
    if (!this.names.includes("summary.json")) refuse(`${this.name} holds no summary.json: choose the folder of a result, with all its files.`);
    this.summary = readSummary(await this.text("summary.json"));
    return this;
  }

  has(name) {
    return this.names.includes(name);
  }

  async table(name) {
    return readTable(await this.text(name));
  }
}

/** Folders of files that were chosen or dropped, each of at most 64 MB. */
export function chosen(files) {
  const found = new Map();
  for (const file of files) {
    const path = (file.webkitRelativePath || file.name).split("/");
    const folder = path.slice(0, -1).join("/") || "files";
    if (!found.has(folder)) found.set(folder, new Map());
    found.get(folder).set(path.at(-1), file);
  }
  return [...found].filter(([, of]) => of.has("summary.json")).map(([name, of]) =>
    new Folder(name.split("/").at(-1), [...of.keys()], async (wanted) => {
      const file = of.get(wanted);
      if (file.size > 64e6) refuse(`${wanted} has ${Math.round(file.size / 1e6)} MB: the page opens files of at most 64 MB.`);
      return file.text();
    }));
}
