"""What a bank says of a converted or charged amount: `/OCMT/`, `/EXCH/` and `/CHGS/`.

They stand among the codes of `:86:` or under the `:61:` line: the amount that was instructed in
another currency, the rate at which it was converted, and what was charged.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from pipelines.feeds.statements.mt940.lines import plain_amount

_CODE = re.compile(r"/(OCMT|EXCH|CHGS)/+([^/]+)")
_AMOUNT = re.compile(r"([A-Z]{3}) ?(\d[\d.,]*)$")
_RATE = re.compile(r"\d[\d.,]*$")


class Conversion(NamedTuple):
    """Amounts and rate as decimal text, null where nothing is said or it cannot be read."""

    instructed_amount: str | None
    instructed_currency: str | None
    exchange_rate: str | None
    charges: str | None


def conversion(codes: Mapping[str, str], supplement: str | None, own: str | None) -> Conversion:
    """What the codes, or the text under the `:61:` line, say of a conversion and of charges.

    Args:
        codes: text by code, as `:86:` has them.
        supplement: the text under the `:61:` line.
        own: currency of the account; charges in another one are not taken for charges of it.
    """
    coded = {**dict(_CODE.findall(supplement or "")), **codes}
    amount = _AMOUNT.match(coded.get("OCMT", "").strip())
    charged = _AMOUNT.match(coded.get("CHGS", "").strip())
    rate = coded.get("EXCH", "").strip()
    return Conversion(
        plain_amount(amount[2]) if amount else None,
        amount[1] if amount else None,
        plain_amount(rate) if _RATE.match(rate) else None,
        plain_amount(charged[2]) if charged and charged[1] == own else None,
    )
