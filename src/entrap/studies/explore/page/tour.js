// A tour of six steps, which moves what one sees and says what to look at.

import { element } from "./words.js";

const STEPS = [
  ["A trap has taken the quasiparticles", {}, 4,
    "Top left is the free energy at 4 K against the share of electrons that superconduct: without a trap in grey, with it in blue. The dots are where the sample is."],
  ["It warms up, and nothing moves", {}, 7.9,
    "Up to 8 K the sample stays where it was, since no quasiparticles are there to pair or to be excited: n_s is pinned. Without a trap n_s falls all the while."],
  ["Above its critical temperature", {}, 12,
    "At 12 K, above the T_c of 10 K, the grey well is gone, and the blue one is still there: the entropy of mixing of the trapped electrons, L k_B T, lowers the energy of the superconductor."],
  ["Fewer valence electrons", { "mixture.valence_ratio": "0.1" }, 12,
    "The logarithm L = ln(1 + n_v/n_c) is small now, and so is all that the entropy does: the critical temperature rises little. Move n_v/n_c on the left to see it rise."],
  ["Where the expansion fails", { "landau.a": "0.9 k_B" }, 12,
    "With k_B L above a the paper’s expansion has no finite critical temperature. The functional that holds at every temperature still has one, as the answer says."],
  ["Whether to believe it", {}, 12,
    "The bars at the bottom say where each assumption of the theory holds along the warm-up. A letter or a name opens what it means, and where it is from."],
];

export class Tour {
  constructor(explorer) {
    this.explorer = explorer;
    const { cases } = explorer.told;
    this.of = (cases.find((each) => each.name === "clean-set") ?? cases[0]).name;
    this.title = element("h2", { id: "tour-title" });
    this.text = element("p", {});
    const button = (text, heard) => element("button", { type: "button", onclick: heard }, text);
    this.back = button("Back", () => this.show(this.step - 1));
    this.next = button("Next", () => this.show(this.step + 1));
    this.box = element("div", { id: "tour-box", role: "dialog", "aria-labelledby": "tour-title", "aria-live": "polite", hidden: true },
      this.title, this.text, element("div", { class: "buttons" }, this.back, this.next, button("End the tour", () => this.end())));
    this.box.addEventListener("keydown", (event) => event.key === "Escape" && this.end());
    explorer.root.querySelector("main").append(this.box);
  }

  begin() {
    this.box.hidden = false;
    this.next.focus();
    return this.show(0);
  }

  end() {
    this.box.hidden = true;
    this.explorer.find("tour").focus();
  }

  show(step) {
    if (step === STEPS.length) return this.end();
    this.step = step;
    const [title, changes, temperature, text] = STEPS[step];
    this.title.textContent = `${step + 1} of ${STEPS.length}: ${title}`;
    this.text.textContent = text;
    this.back.disabled = step === 0;
    this.next.textContent = step === STEPS.length - 1 ? "Done" : "Next";
    return this.explorer.beginWith(this.of, "sample", changes, temperature);
  }
}
