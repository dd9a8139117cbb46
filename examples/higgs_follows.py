"""What the Higgs mode follows: the gap after a sudden change, with all quasiparticles or half.

A plain BCS superconductor at 0.9 T_c, whose pairing is weakened at once. It rings at twice the gap
that it settles at, and that is wider where quasiparticles were taken away.
Run: python examples/higgs_follows.py FIGURE.svg
"""

import sys

import numpy as np
from matplotlib.figure import Figure

import entrap as et
from entrap.core.constants import BCS_GAP_RATIO
from entrap.report.style import styled

TEMPERATURE = 0.9  # T/T_c
CHANGE = -0.1  # ln(Δ_f/Δ_i) of the gaps at T = 0
STARTS = ((1.0, "all quasiparticles", "#0072b2"), (0.5, "half of them", "#d55e00"))
SHOWN = 80.0  # ħ/Δ_0, Δ_0 the gap at T = 0


def rung(share: float) -> tuple[float, et.Quench]:
    """Δ_i/Δ_0 of a start, and what follows, in units of Δ_i."""
    gap = float(et.model.share_gap.reduced_gap(TEMPERATURE, share))
    warmth = TEMPERATURE / (BCS_GAP_RATIO * gap)
    return gap, et.quench(CHANGE, warmth, share, duration=600.0, cutoff=10.0)


def spectrum(found: et.Quench) -> tuple[np.ndarray, np.ndarray]:
    """Angular frequencies [Δ_i/ħ], and how much of each is in the later gap, at most 1."""
    late = np.asarray(found.time) > found.time[-1] / 10
    time, gap = np.asarray(found.time)[late], np.asarray(found.gap)[late]
    wave = np.abs(np.fft.rfft((gap - gap.mean()) * np.hanning(len(gap))))
    return 2 * np.pi * np.fft.rfftfreq(len(gap), time[1] - time[0]), wave / wave.max()


def main(path: str) -> None:
    """Draw both, and say what they show."""
    with styled():
        figure = Figure(figsize=(11, 4.4))
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        for share, label, colour in STARTS:
            gap, found = rung(share)
            shown = np.asarray(found.time) < SHOWN * gap
            left.plot(found.time[shown] / gap, gap * found.gap[shown], color=colour, lw=1.6,
                      label=label)  # fmt: skip
            left.axhline(gap * found.predicted_gap, color=colour, ls=":")
            frequency, wave = spectrum(found)
            seen = frequency * gap < 2.4
            right.plot(frequency[seen] * gap, wave[seen], color=colour)
            right.axvline(2 * gap * found.predicted_gap, color=colour, ls=":")
            after, ratio = gap * found.settled_gap, found.frequency / (2 * found.settled_gap)
            print(f"{label}: gap before {gap:.4f}, after {after:.4f} of that at T = 0, frequency")
            print(f"  over 2Δ_∞ {ratio:.6f}, decay as t^-{found.decay_exponent:.3f}", end=", ")
            print(f"phase {found.phase / np.pi:.3f} π")
        left.set(xlabel="Time Δ₀/ħ", ylabel="Gap Δ/Δ₀", ylim=(0, 1))
        left.set_title("The gap; dotted: what it settles at, $\\Delta_\\infty$", loc="left")
        right.set(xlabel="Frequency ħω/Δ₀", ylabel="Spectrum of Δ", yticks=[], xlim=(0, 2.4))
        right.set_title("What it rings at; dotted: $2\\Delta_\\infty$", loc="left")
        left.legend(loc="lower right")
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.endswith("svg") else None)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "higgs-follows.png")
