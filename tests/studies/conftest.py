"""What the figures of every verb are read with."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def lines():
    """`lines(axes)`: the columns x and y of each line that has a label."""

    def labelled(axes):
        return {
            line.get_label(): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
            for line in axes.get_lines()
            if not line.get_label().startswith("_")
        }

    return labelled
