"""Which costs make a signal believable?

A sender is resolute (values prevailing at ``vH``, fights if challenged for a net ``fH``) or irresolute (values it at ``vL``, would
get ``fL < 0`` by fighting, and normally backs down at 0). Believed resolute, the adversary yields with probability ``bH``;
believed irresolute, with ``bL < bH``. *Sinking costs* ``k`` are paid by whoever sends; *tied hands* cost ``a`` only if the sender
backs down when challenged. A signal separates when only the resolute would send it.

Assumed: the adversary's responses are given, which is the main shortcut; a resolute sender fights rather than back down
(``fH >= 0``, or hands tied). A two-type course construction.

Sources: Fearon, J. D. (1997), "Signaling Foreign Policy Interests: Tying Hands versus Sinking Costs", Journal of Conflict Resolution
41(1): 68-90; Slantchev (2005), "Military Coercion in Interstate Crises", American Political Science Review 99(4): 533-547. Spence
(1973) not checked against the original. Audience costs are contested: Snyder and Borghard (2011), Trachtenberg (2012), not checked.

Not: "expensive means credible". A cost must be harder to bear for the type that it should rule out.
"""

from typing import NamedTuple

import numpy as np

from postwar.models.parameters import Interval, Parameter, formula, require
from postwar.models.rounding import at_most, below

PARAMETERS = {
    "vL": Parameter("irresolute sender's value of prevailing", "v_L", 0, 100, 20.0, 5, "utility units", "[0, inf)"),
    "vH": Parameter("resolute sender's value of prevailing", "v_H", 0, 100, 60.0, 5, "utility units", "[0, inf)"),
    "fH": Parameter("resolute sender's payoff of fighting", "f_H", -50, 100, 10.0, 5, "utility units", "(-inf, inf)"),
    "fL": Parameter("irresolute sender's payoff of fighting", "f_L", -200, -5, -150.0, 5, "utility units", "(-inf, 0)"),
    "bH": Parameter(
        "chance of yielding to a sender believed resolute", r"\beta_H", 0.05, 0.95, 0.9, 0.05, "probability"
    ),
    "bL": Parameter("chance of yielding to a sender believed irresolute", r"\beta_L", 0, 0.9, 0.3, 0.05, "probability"),
    "k": Parameter("sunk cost", "k", 0, 60, 15.0, 1, "utility units", "[0, inf)"),
    "a": Parameter("cost of backing down", "a", 0, 200, 130.0, 5, "utility units", "[0, inf)"),
}


class Senders(NamedTuple):
    """Which type would send the signal if that made it believed resolute."""

    resolute: bool
    irresolute: bool


@formula(PARAMETERS)
def sunk_window(vL=20.0, vH=60.0, fH=10.0, bH=0.9, bL=0.3):
    """Sunk costs that only the resolute would bear (utility units); the window is empty when ``low > high``."""
    _check_responses(bH, bL)
    return Interval((bH - bL) * vL, (bH - bL) * (vH - fH))


@formula(PARAMETERS)
def sunk_senders(vL=20.0, vH=60.0, fH=10.0, bH=0.9, bL=0.3, k=15.0):
    """Who would pay the sunk cost ``k``; an indifferent resolute sender sends, an indifferent irresolute one does not."""
    low, high = sunk_window(vL, vH, fH, bH, bL)
    return Senders(at_most(k, high), below(k, low))


@formula(PARAMETERS)
def sunk_separates(vL=20.0, vH=60.0, fH=10.0, bH=0.9, bL=0.3, k=15.0):
    """Whether only the resolute would pay the sunk cost ``k``."""
    resolute, irresolute = sunk_senders(vL, vH, fH, bH, bL, k)
    return np.logical_and(resolute, np.logical_not(irresolute))


@formula(PARAMETERS)
def hands_min(vL=20.0, bH=0.9, bL=0.3):
    """Cost of backing down from which tied hands deter a bluff (utility units).

    ``None`` when no cost does: at ``bH = 1`` the threat is never tested and costs a bluffer nothing.
    """
    _check_responses(bH, bL)
    gain, tested = (bH - bL) * vL, 1 - bH
    return np.where(gain > 0, gain / np.where(tested > 0, tested, np.nan), 0.0)


@formula(PARAMETERS)
def hands_separates(vL=20.0, fL=-150.0, bH=0.9, bL=0.3, a=130.0):
    """Whether tied hands keep the irresolute from sending; backing down costs ``a``, but fighting never more than ``-fL``."""
    _check_responses(bH, bL)
    return at_most((bH - bL) * vL, (1 - bH) * np.minimum(a, -fL))


@formula(PARAMETERS)
def hands_senders(vL=20.0, vH=60.0, fH=10.0, fL=-150.0, bH=0.9, bL=0.3, a=130.0):
    """Who would tie its hands at the cost ``a`` of backing down; the resolute pay nothing for it in equilibrium."""
    return Senders(at_most(fH, vH), np.logical_not(hands_separates(vL, fL, bH, bL, a)))


def _check_responses(bH, bL):
    require(
        bL < bH, "bL must be less than bH (being believed resolute must help), got bL={bL} and bH={bH}", bL=bL, bH=bH
    )
