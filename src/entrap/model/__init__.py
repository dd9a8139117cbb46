"""The theory: pure functions of parameters and state, in SI. No stepping, no files."""

from entrap.model import balance as balance
from entrap.model import bcs as bcs
from entrap.model import coefficients as coefficients
from entrap.model import device as device
from entrap.model import electrodynamics as electrodynamics
from entrap.model import entropy as entropy
from entrap.model import film as film
from entrap.model import higgs as higgs
from entrap.model import junction as junction
from entrap.model import kinetics as kinetics
from entrap.model import landau as landau
from entrap.model import lifetimes as lifetimes
from entrap.model import modes as modes
from entrap.model import proximity as proximity
from entrap.model import rothwarf_taylor as rothwarf_taylor
from entrap.model import sample as sample
from entrap.model import state as state
from entrap.model import validity as validity
