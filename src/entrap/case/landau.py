"""The Landau coefficients: three ways to state them, equal citizens."""

import dataclasses

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle

_DENSITIES = ("superfluid_density", "penetration_depth", "carrier_density")


@dataclasses.dataclass(frozen=True)
class Landau:
    """One of three routes: directly, from a critical field, or from BCS theory.

    Raises:
        InputError: a value is out of bounds, or not exactly one route is stated in full.

    Examples:
        >>> Landau(a="3 k_B", saturation=1.0).route
        'direct'
        >>> Landau(bcs=True).route
        'bcs'
    """

    a: float | None = quantity(
        "J/K",
        "a",
        "Direct: slope of α = a (T - T_c)",
        default=None,
        display="k_B",
        at_least=1e-40,
        at_most=1e-10,
        example="3 k_B",
        source="α = a (T - T_c)",
    )
    saturation: float | None = quantity(
        "1",
        "σ",
        "Direct, with a: n_s(0)/n_c of the straight line, β = a T_c/(σ n_c)",
        default=None,
        at_least=1e-9,
        at_most=1e3,
        example=1.0,
    )
    beta: float | None = quantity(
        "J*m^3",
        "β",
        "Direct, with a: second coefficient, in place of the saturation",
        default=None,
        at_least=1e-90,
        at_most=1e-10,
        example="1e-50 J m^3",
    )
    critical_field: float | None = quantity(
        "T",
        "B_c",
        "Field: thermodynamic critical field at T_c - below_critical",
        default=None,
        at_least=1e-15,
        at_most=1e6,
        example="0.1 T",
        source="Eq. (6)",
    )
    below_critical: float | None = quantity(
        "K",
        "T_c - T",
        "Field: how far below T_c the critical field holds",
        default=None,
        at_least=1e-12,
        at_most=1e6,
        example="0.1 K",
        source="Eq. (6)",
    )
    superfluid_density: float | None = quantity(
        "1/m^3",
        "n_s",
        "Field: superconducting electrons there, stated",
        default=None,
        at_least=1e3,
        at_most=1e34,
        example="1e27 1/m^3",
        source="Eq. (6)",
    )
    penetration_depth: float | None = quantity(
        "m",
        "λ(0)",
        "Field: n_s from λ at T = 0, n_s = 2 (1 - T/T_c) m_e/(μ0 e² λ²)",
        default=None,
        display="nm",
        at_least=1e-12,
        at_most=1.0,
        example="520 nm",
    )
    carrier_density: bool = quantity(
        "1",
        "",
        "Field: n_s from the carriers, n_s = 2 (1 - T/T_c) n_c",
        default=False,
        kind="switch",
        example=True,
    )
    bcs: bool = quantity(
        "1",
        "",
        "BCS: a = 3.51883 k_B T_c/T_F, β = a T_c/(2 n_c); needs the Fermi temperature",
        default=False,
        kind="switch",
        example=True,
    )
    mean_free_path: float | None = quantity(
        "m",
        "ℓ",
        "BCS: electron mean free path; clean limit where it is not given",
        default=None,
        display="nm",
        at_least=1e-12,
        at_most=1.0,
        example="0.4 nm",
    )

    def __post_init__(self) -> None:
        settle(self)
        routes = {
            "direct": {"a", "saturation", "beta"},
            "field": {"critical_field", "below_critical", *_DENSITIES},
            "bcs": {"bcs", "mean_free_path"},
        }
        stated = [name for name, keys in routes.items() if any(map(self._has, keys))]
        if len(stated) != 1:
            given = " and ".join(", ".join(sorted(filter(self._has, routes[r]))) for r in stated)
            raise InputError(
                "[landau] must state one route (a with saturation or beta; critical_field with "
                "below_critical and a density; bcs = true), but states "
                f"{given or 'none'}; keep one and remove the others"
            )
        problems = {"direct": self._direct, "field": self._field, "bcs": self._bcs}[stated[0]]()
        if problems:
            raise InputError(*problems)

    @property
    def route(self) -> str:
        """Which of the three: "direct", "field" or "bcs"."""
        return "direct" if self.a is not None else "bcs" if self.bcs else "field"

    def _has(self, key: str) -> bool:
        return getattr(self, key) not in (None, False)

    def _direct(self) -> list[Problem]:
        problems = []
        if self.a is None:
            problems.append(
                Problem('is missing: the direct route needs it, as in a = "3 k_B"', "a")
            )
        if self._has("saturation") == self._has("beta"):
            both = "both are given" if self._has("beta") else "neither is given"
            problems.append(
                Problem(f"or `beta` must be given, one of them, but {both}", "saturation")
            )
        return problems

    def _field(self) -> list[Problem]:
        problems = [
            Problem("is missing: the critical-field route needs it", key)
            for key in ("critical_field", "below_critical")
            if not self._has(key)
        ]
        given = [key for key in _DENSITIES if self._has(key)]
        if len(given) != 1:
            problems.append(
                Problem(
                    "or `penetration_depth` or `carrier_density = true` must be given, one of "
                    f"them, but {' and '.join(given) if given else 'none'} is; they differ by "
                    "orders of magnitude, so the choice is yours",
                    "superfluid_density",
                )
            )
        return problems

    def _bcs(self) -> list[Problem]:
        return [] if self.bcs else [Problem("must be true for `mean_free_path` to be used", "bcs")]
