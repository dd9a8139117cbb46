"""Physical constants, SI.

Source: the SI (exact k_B, h, e) and CODATA 2022 (m_e, mu_0).
"""

import math

BOLTZMANN = 1.380649e-23
"""k_B [J/K], exact."""

PLANCK = 6.62607015e-34
"""h [J s], exact."""

HBAR = PLANCK / (2 * math.pi)
"""h / 2 pi [J s]."""

ELEMENTARY_CHARGE = 1.602176634e-19
"""e [C], exact."""

ELECTRON_MASS = 9.1093837139e-31
"""m_e [kg]."""

VACUUM_PERMEABILITY = 1.25663706127e-06
"""mu_0 [N/A^2]."""

VACUUM_PERMITTIVITY = 1 / (VACUUM_PERMEABILITY * 299_792_458.0**2)
"""epsilon_0 = 1 / mu_0 c^2 [F/m]."""

SPEED_OF_LIGHT = 299792458.0
"""c [m/s], exact."""

VACUUM_PERMITTIVITY = 1 / (VACUUM_PERMEABILITY * SPEED_OF_LIGHT**2)
"""epsilon_0 = 1/(mu_0 c^2) [F/m]."""

FLUX_QUANTUM = PLANCK / (2 * ELEMENTARY_CHARGE)
"""h / 2e [Wb]."""

EULER_GAMMA = 0.5772156649015328606
"""Euler's constant."""

ZETA_3 = 1.2020569031595942854
"""Riemann's zeta at 3."""

BCS_GAP_RATIO = math.pi * math.exp(-EULER_GAMMA)
"""Gap at T = 0 over k_B T_c in weak-coupling BCS theory, pi exp(-gamma) = 1.763877."""

VORTEX_CORE = 0.49681
"""What the core of a vortex adds to ln kappa in B_c1 at large kappa: theory page, and its test."""

BCS_SLOPE = 3 * math.pi**2 / (7 * ZETA_3)
"""Landau's a/k_B over T_c/T_F in clean weak-coupling BCS theory, 3.518827 (Gor'kov)."""
