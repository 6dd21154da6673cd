"""Groups that differ from the others of their kind, such as readers of an essay or editions of an assignment."""

import numpy as np
import pandas as pd


def from_others(count: int) -> np.ndarray:
    """Contrasts, one a row, of each of so many means with the mean of all others."""
    return np.eye(count) - (1 - np.eye(count)) / (count - 1)


def most_unlike(odd: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The row with the largest ``shift``, up or down, of each set of groups: one that differs pulls all others the other way."""
    return odd.loc[odd["shift"].abs().groupby([odd[name] for name in by]).idxmax()]
