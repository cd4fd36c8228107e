"""Train the liquidity model when it is time to, and say where it stands."""

from datetime import date

from models.card import Provenance
from models.liquidity.dataset import cash_book
from models.liquidity.inputs import MODEL, LiquidityInputs
from models.liquidity.train import code, train
from models.registry import Candidate, Shelf
from models.training_status import Standing, stand


def refresh(
    inputs: LiquidityInputs,
    shelf: Shelf,
    *,
    as_of: date,
    origin: Provenance,
    seed: int = 7,
) -> Standing:
    """Train, judge and perhaps promote; reuse what stands while it is young and of this code.

    Args:
        inputs: the tables as known at the end of `as_of`.
        shelf: where models stand.
        as_of: the day on which we stand.
        origin: where the data come from, for the card.
        seed: written on the card; nothing is random here.
    """

    def attempt() -> Candidate | None:
        book = cash_book(inputs, as_of=as_of)
        if book is None:
            return None
        return train(book, seed=seed)

    return stand(shelf, MODEL, attempt, as_of=as_of, code=code(), origin=origin)
