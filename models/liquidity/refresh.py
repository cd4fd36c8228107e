"""Train the liquidity model when it is time to, and say where it stands."""

from datetime import date

from models.liquidity.dataset import cash_book
from models.liquidity.inputs import MODEL, LiquidityInputs
from models.liquidity.train import code, train
from models.shelf import Candidate, Shelf
from models.standing import Standing, stand


def refresh(inputs: LiquidityInputs, shelf: Shelf, *, as_of: date, seed: int = 7) -> Standing:
    """Train, judge and perhaps promote; reuse what stands while it is young and of this code."""

    def attempt() -> Candidate | None:
        book = cash_book(inputs, as_of=as_of)
        return None if book is None else train(book, seed=seed)

    return stand(shelf, MODEL, attempt, as_of=as_of, code=code())
