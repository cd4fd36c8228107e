"""A reader that is given a file of another kind says so; it does not fail without words."""

from typing import Any

import pytest

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.settlements import paypal, stripe_api, stripe_reports
from pipelines.feeds.settlements.tabular import reader as settlement_tabular

OTHER = b"a,b\n1,2\n"
READERS = [
    paypal.read,
    settlement_tabular.read,
    stripe_api.read_payouts,
    stripe_api.read_transactions,
    stripe_reports.read,
]


@pytest.mark.parametrize("read", READERS)
def test_columns_of_another_report_are_refused(read: Any, source: Any) -> None:
    with pytest.raises(RefusedError, match="The columns are not those of"):
        list(read(source(OTHER)))
