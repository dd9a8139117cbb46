// The Junction and Film tabs: what a trap does to its film, from the curves of a design. They come
// from the server for the case that is shown, or from the folder of an `entrap trap`.

import { Lines } from "./lines.js";
import { element } from "./words.js";

const TEMPERATURE = { label: "temperature of the film", unit: "K", log: true };
const ENERGY = { label: "energy over the gap, E/Δ", unit: "1" };
const RATE = { label: "rate", unit: "1/s", log: true };
const TIME = { label: "evacuation time τ_w", unit: "s", log: true };

/** Figures by tab: name, caption, axes, the table of their curves, and these with their names. */
const FIGURES = {
  junction: [
    ["states", "Densities of states of film and trap (Fig. 2)", { x: ENERGY, y: { label: "density of states over the normal one", unit: "1" }, limits: { x: [0, 3], y: [0, 6] }, wide: true },
      "over_energy", [["film_states", "film ν_S"], ["metal_states", "trap ν_N"]]],
    ["rates-over-energy", "Rates against energy", { x: ENERGY, y: RATE, limits: { x: [1, 3] }, wide: true },
      "over_energy", [["spectral_rate", "trapping"], ["escape_rate", "escape back Γ_e"], ["relaxation_rate", "relaxation in the trap Γ_r"]]],
    ["rates", "Rates against temperature", { x: TEMPERATURE, y: RATE, wide: true },
      "over_temperature", [["trapping_rate", "trapping Γ"], ["near_gap_rate", "of states near the gap alone"], ["slow_rate", "in the limit of slow relaxation"],
        ["recombination_rate", "recombination 1/τ_R"], ["thermalisation_rate", "thermalisation 1/τ_s"]]],
    ["residue", "Quasiparticles that are left, x = n_qp/2N_0Δ", { x: TEMPERATURE, y: { label: "x", unit: "1", log: true }, wide: true },
      "over_temperature", [["residual_fraction", "with the trap"], ["untrapped_fraction", "without it"], ["equilibrium_fraction", "in equilibrium"]]],
    ["survival", "What is left of a burst under the trap", { x: { label: "time under the trap, Γt", unit: "1" }, y: { label: "share that is left", unit: "1", log: true }, limits: { x: [0, 12], y: [1e-3, 1.3] }, wide: true },
      "over_time", [["thermal", "quasiparticles rethermalise"], ["frozen", "they keep their energy"]]],
    ["burst", "How fast a burst decays whose quasiparticles keep their energy", { x: ENERGY, y: RATE, wide: true },
      "over_burst", [["decay_rate", "decay rate 1/τ_w(E)"]]],
  ],
  film: [
    ["profile", "Quasiparticles along the film in the steady state", { x: { label: "position along the film", unit: "m" }, y: { label: "x = n_qp/2N_0Δ", unit: "1" }, wide: true },
      "along_film", [["fraction", "with the trap"]]],
    ["evacuation-length", "Evacuation time against the length of the trap", { x: { label: "length of one trap", unit: "m", log: true }, y: TIME, wide: true },
      "over_length", [["centred", "trap in the middle"], ["at_end", "trap at the left end"]]],
    ["evacuation-place", "Evacuation time against the place of the trap", { x: { label: "centre of the trap from the left end", unit: "m" }, y: { ...TIME, log: false }, wide: true },
      "over_place", [["evacuation_time", "one trap of this length"]]],
    ["evacuation-count", "Evacuation rate against the number of traps", { x: { label: "traps that share the length", unit: "1" }, y: { label: "evacuation rate 1/τ_w", unit: "1/s" }, wide: true },
      "over_count", [["evacuation_rate", "equally spaced traps"]]],
  ],
};

export class Device {
  /** The figures of one of the tabs, "junction" or "film", in a box. */
  constructor(tab) {
    this.box = element("div", { class: "grid" });
    this.figures = FIGURES[tab].map(([name, caption, axes, table, curves]) =>
      ({ lines: new Lines(name, caption, axes), table, curves }));
  }

  /** Columns by name, "over_energy" and "film_states_over_energy"; `here` has dots and stretches by table. */
  show(columns, here = {}) {
    const shown = this.figures.filter(({ table, curves }) => columns[table] && curves.some(([name]) => columns[`${name}_${table}`]));
    this.box.replaceChildren(...shown.map(({ lines }) => lines.box));
    for (const { lines, table, curves } of shown) {
      const list = curves.filter(([name]) => columns[`${name}_${table}`])
        .map(([name, text]) => ({ name: text, x: columns[table], y: columns[`${name}_${table}`] }));
      const { dots = {}, stretches = [] } = here[table] ?? {};
      lines.draw(list, { dots: curves.flatMap(([name]) => dots[name] ?? []), stretches });
    }
    return shown.length > 0;
  }

  redraw() {
    for (const { lines } of this.figures) if (lines.box.isConnected) lines.redraw();
  }
}
