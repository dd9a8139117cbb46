"""The tabulated balance of a junction, between the points that the table was made from."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose
from tests.solve.protocol.test_junction import case

from entrap.model import device as devices
from entrap.solve.inputs import choices_of, inputs_of
from entrap.solve.protocol import junction_table as tables
from entrap.solve.sample import device_of, in_conduction_units, sample_of


def test_it_is_the_balance_that_it_was_made_from():
    stated = case(mapping="two-fluid")
    inputs, choices = inputs_of(stated), choices_of(stated)
    device, sample = device_of(inputs, choices), in_conduction_units(sample_of(inputs, choices))

    @jax.jit
    def both(temperature, n_s):
        table = tables.tabulate(device, sample, 4.0, 14.0)
        found = jax.vmap(lambda *state: tables.look_up(table, *state))(temperature, n_s)
        flows = devices.exchange(device, sample, temperature, n_s)
        can = devices.pairing_fraction(device, devices.effective_gap(sample, n_s), temperature)
        return found, (devices.within_equilibrium(flows), jnp.minimum(can, 1 - n_s))

    # The ends of the table, and between them no point of it.
    states = np.meshgrid([4.0, 5.3, 9.1, 12.7, 14.0], [1e-8, 1e-3, 0.21, 0.5, 0.97, 1.0])
    found, wanted = both(*map(np.ravel, states))
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert_allclose(one, np.broadcast_to(other, one.shape), rtol=1e-6, atol=1e-12 * max(one))
