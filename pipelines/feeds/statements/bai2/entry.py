"""A BAI2 transaction (16) as an entry."""

from pipelines.feeds.statements.bai2.fields import Transaction, major_amount
from pipelines.feeds.statements.bai2.funds import Funds
from pipelines.feeds.statements.model import EntryLine, StatementHead, remainder_text
from pipelines.feeds.statements.mt940.dates import plain_day


def entry_of(
    read: Transaction, amount: str, side: str | None, head: StatementHead, row: int
) -> EntryLine:
    """The entry: `amount` is decimal text as written, `side` says which way it moves (if any)."""
    signed = amount
    if side == "DBIT":
        signed = amount.removeprefix("-") if amount.startswith("-") else f"-{amount.lstrip('+')}"
    try:
        value_day = plain_day(read.funds.value_day) if read.funds.value_day else None
    except ValueError:
        value_day = None
    tagged = read.tagged
    other = "DB" if side == "CRDT" else "CR"
    name = tagged.pop(f"{other}NM", None)
    account = tagged.pop("DACT" if side == "CRDT" else "CACT", None)
    agent = tagged.pop("DABA" if side == "CRDT" else "CABA", None)
    rest = {**tagged, **_availability(read.funds, head.account_currency or "")}
    return EntryLine(
        amount=signed,
        currency=head.account_currency,
        credit_debit=side or ("DBIT" if signed.startswith("-") else "CRDT"),
        booking_date=head.to_date,
        value_date=value_day,
        status="BOOK" if side else "INFO",
        entry_reference=read.customer_reference or None,
        bank_reference=read.bank_reference or None,
        end_to_end_id=tagged.get("EREF"),
        counterparty_name=name,
        counterparty_account=account,
        counterparty_agent=agent,
        bank_transaction_code=read.code,
        remittance=tagged.get("REMI") or read.text or None,
        additional_information=read.text if "REMI" in tagged else None,
        remainder=remainder_text(rest),
        row=row,
        place=f"line {row}",
    )


def _availability(funds: Funds, currency: str) -> dict[str, str]:
    """When the money can be used, in words: `50.00 immediate, 40.00 one day`."""
    availability = {"funds_type": funds.kind, "value_time": funds.value_time}
    availability["availability"] = availability_text(funds, currency)
    return {name: text for name, text in availability.items() if text}


def availability_text(funds: Funds, currency: str) -> str:
    """The parts of a funds type in words; an amount that is none stays as written."""
    return ", ".join(f"{_major(amount, currency)} {when}" for when, amount in funds.parts)


def _major(amount: str, currency: str) -> str:
    try:
        return major_amount(amount, currency)
    except ValueError:
        return amount
