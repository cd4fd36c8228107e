"""Train the liquidity model when it is time to, and say where it stands."""

from collections.abc import Mapping
from datetime import date

from models.liquidity.dataset import cash_book
from models.liquidity.inputs import MODEL, LiquidityInputs
from models.liquidity.train import code, train
from models.shelf import Candidate, Shelf
from models.standing import Standing, stand


def refresh(
    inputs: LiquidityInputs,
    shelf: Shelf,
    *,
    as_of: date,
    seed: int = 7,
    versions: Mapping[str, int] | None = None,
    synthetic: bool = True,
) -> Standing:
    """Train, judge and perhaps promote; reuse what stands while it is young and of this code.

    Args:
        inputs: the tables as known at the end of `as_of`.
        shelf: where models stand.
        as_of: the day on which we stand.
        seed: written on the card; nothing is random here.
        versions: Delta versions of the tables, for the card.
        synthetic: whether the card must call the data synthetic; true unless somebody knows better.
    """

    def attempt() -> Candidate | None:
        book = cash_book(inputs, as_of=as_of)
        if book is None:
            return None
        return train(book, seed=seed, versions=versions or {}, synthetic=synthetic)

    return stand(shelf, MODEL, attempt, as_of=as_of, code=code())
