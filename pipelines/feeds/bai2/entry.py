"""A BAI2 transaction (16) as an entry."""

from pipelines.feeds.bai2.fields import Transaction
from pipelines.feeds.mt940.lines import plain_day
from pipelines.feeds.statement import EntryLine, StatementHead, remainder_text


def entry_of(
    read: Transaction, amount: str, side: str | None, head: StatementHead, row: int
) -> EntryLine:
    """The entry: `amount` is decimal text as written, `side` says which way it moves (if any)."""
    signed = amount
    if side == "DBIT":
        signed = amount.removeprefix("-") if amount.startswith("-") else f"-{amount.lstrip('+')}"
    try:
        value_day = plain_day(read.value_day) if read.value_day else None
    except ValueError:
        value_day = None
    tagged = read.tagged
    other = "DB" if side == "CRDT" else "CR"
    name = tagged.pop(f"{other}NM", None)
    account = tagged.pop("DACT" if side == "CRDT" else "CACT", None)
    agent = tagged.pop("DABA" if side == "CRDT" else "CABA", None)
    rest = {**tagged, "funds_type": read.funds} if read.funds else tagged
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
