"""A movement of an OFX file (`STMTTRN`) as an entry."""

from collections.abc import Mapping

from pipelines.feeds.statements.model import EntryLine, StatementHead, remainder_text
from pipelines.feeds.statements.ofx.values import day, decimal_text, in_places

_READ = {
    *("TRNTYPE", "DTPOSTED", "TRNAMT", "FITID", "MEMO", "DTAVAIL"),
    *("VALUEDATE", "CURRENCY/CURSYM", "ORIGCURRENCY/CURSYM", "CCACCTTO/ACCTID"),
    *("BANKACCTTO/ACCTID", "BANKACCTTO/BANKID"),
}
_NAMES = ("NAME", "PAYEE/NAME", "PAYEE")
_REFERENCES = ("CHECKNUM", "CHKNUM", "REFNUM")


def entry_of(leaves: Mapping[str, str], head: StatementHead, row: int) -> EntryLine:
    """The entry that the leaves of a `STMTTRN` describe; what has no column stays beside it."""
    stated = leaves.get("CURRENCY/CURSYM") or head.account_currency
    written = decimal_text(leaves.get("TRNAMT", ""), stated)
    amount = in_places(written, stated)
    reference = next((name for name in _REFERENCES if leaves.get(name)), None)
    value = leaves.get("DTAVAIL") or leaves.get("VALUEDATE")
    other = next((leaves[name] for name in _NAMES if leaves.get(name)), None)
    rest = {
        name: text
        for name, text in leaves.items()
        if name not in _READ and name != reference and not (name in _NAMES and text == other)
    }
    if amount != written:
        rest["TRNAMT"] = written
    return EntryLine(
        amount=amount,
        currency=stated.upper() if stated else None,
        credit_debit="DBIT" if amount.startswith("-") else "CRDT",
        booking_date=day(leaves.get("DTPOSTED")),
        value_date=day(value),
        entry_reference=leaves[reference] if reference else None,
        bank_reference=leaves.get("FITID") or None,
        transaction_id=leaves.get("FITID") or None,
        counterparty_name=other,
        counterparty_account=leaves.get("BANKACCTTO/ACCTID") or leaves.get("CCACCTTO/ACCTID"),
        counterparty_agent=leaves.get("BANKACCTTO/BANKID"),
        bank_transaction_code=leaves.get("TRNTYPE", "").upper() or None,
        remittance=leaves.get("MEMO"),
        instructed_currency=leaves.get("ORIGCURRENCY/CURSYM"),
        remainder=remainder_text(rest),
        row=row,
        place=f"line {row}",
    )
