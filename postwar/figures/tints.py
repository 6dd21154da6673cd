"""Paler versions of the palette, for faces that carry a hatch."""

from matplotlib.colors import to_hex, to_rgb


def tint(color, strength=0.5):
    """Mix a colour with white (0 white, 1 the colour itself).

    Opaque on purpose: an SVG hatch in the edge colour disappears on a translucent face of the same colour.
    """
    return to_hex([1 - strength * (1 - channel) for channel in to_rgb(color)])
