"""The Landau coefficients: three ways to state them, equal citizens."""

import dataclasses

from entrap.case import kinds
from entrap.case.estimates import other_routes
from entrap.core.errors import InputError
from entrap.core.quantities import settle

_DENSITIES = ("superfluid_density", "penetration_depth", "carrier_density")
_ROUTES = {
    "direct": ("a", "saturation", "beta"),
    "field": ("critical_field", "below_critical", *_DENSITIES),
    "bcs": ("bcs",),
}


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

    a: float | None = kinds.key(
        "J/K",
        "a",
        "Direct: slope of α = a (T - T_c)",
        "3 k_B",
        within=(1e-40, 1e-10),
        default=None,
        display="k_B",
        source="α = a (T - T_c)",
    )
    saturation: float | None = kinds.number(
        "σ",
        "Direct, with a: n_s(0)/n_c of the straight line, β = a T_c/(σ n_c)",
        1.0,
        within=(1e-9, 1e3),
        default=None,
    )
    beta: float | None = kinds.key(
        "J*m^3",
        "β",
        "Direct, with a: second coefficient, in place of the saturation",
        "1e-50 J m^3",
        within=(1e-90, 1e-10),
        default=None,
    )
    critical_field: float | None = kinds.key(
        "T",
        "B_c",
        "Field: thermodynamic critical field at T_c - below_critical",
        "0.1 T",
        within=(1e-15, 1e6),
        default=None,
        source="Eq. (6)",
    )
    below_critical: float | None = kinds.temperature(
        "T_c - T",
        "Field: how far below T_c the critical field holds",
        "0.1 K",
        within=(1e-12, 1e6),
        default=None,
        source="Eq. (6)",
    )
    superfluid_density: float | None = kinds.key(
        "1/m^3",
        "n_s",
        "Field: superconducting electrons there, stated",
        "1e27 1/m^3",
        within=(1e3, 1e34),
        default=None,
        source="Eq. (6)",
    )
    penetration_depth: float | None = kinds.length(
        "λ(0)",
        "Field: n_s from λ at T = 0, n_s = s (1 - T/T_c) m_e/(μ0 e² λ²); s is BCS's slope at T_c, "
        "2 in a clean sample and 2.66 in a dirty one",
        "520 nm",
        default=None,
    )
    carrier_density: bool = kinds.switch("Field: n_s from the carriers, n_s = 2 (1 - T/T_c) n_c")
    bcs: bool = kinds.switch(
        "BCS: a = 3.51883 k_B T_c/T_F, β = a T_c/(2 n_c); needs the Fermi temperature"
    )
    mean_free_path: float | None = kinds.length(
        "ℓ",
        "BCS, or field with penetration_depth: electron mean free path; clean limit where it is "
        "not given; needs the Fermi velocity",
        "0.4 nm",
        default=None,
    )
    dirty: bool = kinds.switch(
        "Field with penetration_depth: the dirty limit, a mean free path far below ξ0"
    )

    functional: str = kinds.word(
        "How the bare sample and its mixture are described by `entrap fit` and `entrap plan`: by "
        "Landau's expansion near T_c, or by BCS theory at every temperature",
        "bcs",
        default="landau",
        choices=("landau", "bcs"),
    )

    def __post_init__(self) -> None:
        settle(self)
        stated = [[key for key in keys if self._has(key)] for keys in _ROUTES.values()]
        given = " and ".join(", ".join(sorted(keys)) for keys in stated if keys)
        if sum(map(bool, stated)) != 1:
            raise InputError(
                "[landau] must state one route (a with saturation or beta; critical_field with "
                "below_critical and a density; bcs = true), but states "
                f"{given or 'none'}; keep one and remove the others"
            )
        direct, field, _ = stated
        densities = [key for key in _DENSITIES if self._has(key)]
        both = "both are given" if self._has("beta") else "neither is given"
        missing = f"is missing: the critical-field route needs it; {other_routes('field')}"
        kinds.refuse(
            (
                "a",
                direct and self.a is None,
                'is missing: the direct route needs it, as in a = "3 k_B"; '
                f"{other_routes('direct')}",
            ),
            ("critical_field", field and self.critical_field is None, missing),
            ("below_critical", field and self.below_critical is None, missing),
            (
                "saturation",
                direct and self._has("saturation") == self._has("beta"),
                f"or `beta` must be given, one of them, but {both}",
            ),
            (
                "superfluid_density",
                field and len(densities) != 1,
                "or `penetration_depth` or `carrier_density = true` must be given, one of "
                f"them, but {' and '.join(densities) or 'none'} is; they differ by orders of "
                "magnitude, so the choice is yours",
            ),
            (
                "mean_free_path",
                self._has("mean_free_path") and not (self.bcs or self.penetration_depth),
                "counts with `bcs = true` or `penetration_depth`: remove it",
            ),
            (
                "dirty",
                self.dirty and (not self.penetration_depth or self._has("mean_free_path")),
                "goes with `penetration_depth` and without `mean_free_path`, which says how dirty "
                "a sample is: remove one",
            ),
        )

    @property
    def route(self) -> str:
        """Which of the three: "direct", "field" or "bcs"."""
        return "direct" if self.a is not None else "bcs" if self.bcs else "field"

    def _has(self, key: str) -> bool:
        return getattr(self, key) not in (None, False)
