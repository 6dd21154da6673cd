"""How much can words say when they cost nothing?

The sender knows the state, uniform on [0, 1]; the receiver acts on its expectation after the message. The receiver loses the
squared distance of its action from the state, the sender that from the state plus its bias ``b``. In equilibrium the sender can
only say in which of ``N`` intervals the state lies, and there is a largest ``N`` for every bias.

Assumed: one sender, one message, uniform state, quadratic losses.

Source: Crawford and Sobel (1982), "Strategic Information Transmission", Econometrica 50: 1431-1451 (pages not checked; the
formulas were confirmed through notes on Gilligan and Krehbiel 1987).

Not: "talk is cheap, therefore worthless". Words of close partners can be precise; those of rivals are coarse.
"""

import numpy as np

from postwar.models.parameters import Parameter, formula, require
from postwar.models.rounding import EPSILON

PARAMETERS = {
    "b": Parameter("sender's bias", "b", 0.005, 0.5, 0.05, 0.005, "state scale 0 to 1", "(0, inf)"),
    "N": Parameter("intervals", "N", 1, 10, 3, 1, "intervals", "[1, inf)", integer=True),
}


@formula(PARAMETERS)
def N_max(b=0.05):
    """Largest number of intervals that can be told apart."""
    # 2 N (N - 1) b = 1 is excluded: its first interval would be empty
    return np.ceil(-0.5 + 0.5 * np.sqrt(1 + 2 / b) - EPSILON).astype(np.int64)


@formula(PARAMETERS)
def cutoffs(b=0.05, N=3):
    """Ends of the ``N`` intervals: an array of ``N + 1`` states from 0 to 1."""
    _check_intervals(b, N)
    i = np.arange(N + 1)
    return i / N * (1 - 2 * N * (N - 1) * b) + 2 * i * (i - 1) * b


@formula(PARAMETERS)
def receiver_variance(b=0.05, N=3):
    """Receiver's expected loss: the variance of the state that is left after the message."""
    _check_intervals(b, N)
    return 1 / (12 * N**2) + b**2 * (N**2 - 1) / 3


@formula(PARAMETERS)
def sender_loss(b=0.05, N=3):
    """Sender's expected loss: the receiver's and the squared bias."""
    return receiver_variance(b, N) + b**2


def _check_intervals(b, N):
    require(
        N_max(b) >= N, "N must be at most N_max(b), the number of intervals that bias b={b} allows, got N={N}", b=b, N=N
    )
