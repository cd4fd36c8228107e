"""One SWIFT statement message while it is read, and what it becomes."""

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.identity import statement_identity, tells_apart
from pipelines.feeds.statements.model import BalanceLine, EntryLine, StatementHead, remainder_text
from pipelines.feeds.statements.mt940.conversion import conversion
from pipelines.feeds.statements.mt940.counterparty import place_counterparty
from pipelines.feeds.statements.mt940.details import Details
from pipelines.feeds.statements.mt940.lines import Movement
from pipelines.feeds.statements.mt940.stated_sums import StatedSums

CLOSINGS = ("62F", "62", "62M")
OPENINGS = ("60F", "60", "60M")


class Statement:
    """One message while it is read."""

    def __init__(self, reference: str, row: int, message_type: str) -> None:
        """Opened by its `:20:` (or by the first field of a message that has none)."""
        self.reference, self.row, self.message_type = reference, row, message_type
        self.account: str | None = None
        self.scheme: str | None = None
        self.servicer: str | None = None
        self.currency: str | None = None
        self.number = ""
        self.day: str | None = None
        self.balances: list[tuple[str, BalanceLine]] = []
        self.movement: tuple[Movement, int] | None = None
        self.details: list[str] = []
        self.non_swift: list[str] = []
        self.begun = False
        self.is_report = False
        self.minus_repeats: bool | None = None
        self.sums = StatedSums()

    def states(self, tags: tuple[str, ...]) -> bool:
        """Whether one of these balances is given."""
        return any(tag in tags for tag, _ in self.balances)

    def day_of(self, tags: tuple[str, ...]) -> str | None:
        """The date of the first of these balances that is given."""
        return next((line.balance_date for tag, line in self.balances if tag in tags), None)

    def kind(self) -> str:
        """The message type; fields of MT942 make a report of a message that states no balances."""
        proved = self.states(OPENINGS) or self.states(CLOSINGS)
        return "MT942" if self.is_report and not proved else self.message_type

    def head(self) -> StatementHead:
        """The head, as far as it has been read.

        The bank calls it `<:20:>/<:28C:>`, which tells nothing apart where the number stays zero,
        and begins anew each year where it does not: the day of the opening balance is added, and
        that balance where there is no number.
        """
        stated = f"{self.reference}/{self.number}"
        day = self.day_of(OPENINGS) or self.day
        opening = next((line.amount for tag, line in self.balances if tag in OPENINGS), None)
        beside = None if tells_apart(self.number) else opening
        return StatementHead(
            message_type=self.kind(),
            statement_id=statement_identity(stated, day, beside=beside),
            stated_id=stated,
            account_id=self.account,
            account_scheme=self.scheme,
            account_currency=self.currency,
            servicer=self.servicer,
            sequence=self.number or None,
            from_date=self.day_of(OPENINGS) or self.day,
            to_date=self.day_of(CLOSINGS) or self.day,
            row=self.row,
            place=f"line {self.row}",
        )

    def require_account(self) -> None:
        """Refuse a message that does not say whose account it is.

        Raises:
            RefusedError: no `:25:`.
        """
        if self.account is None:
            raise RefusedError(
                "The statement names no account (:25:)",
                place=f"line {self.row}",
                advice="It is a fragment of a statement; ask the bank for the whole file",
            )


def entry_of(read: Movement, details: Details, statement: Statement, row: int) -> EntryLine:
    """A movement and its details as an entry."""
    rest = details.rest
    if read.has_minus:
        rest["sign"] = "-"
    information = place_counterparty(read, details, statement.account)
    if information is None:
        information = details.posting_text
    elif details.posting_text:
        rest["posting_text"] = details.posting_text
    converted = conversion(rest, read.supplement, statement.currency)
    if read.funds_code:
        rest["funds_code"] = read.funds_code
    return EntryLine(
        amount=read.amount,
        currency=statement.currency,
        credit_debit=read.direction,
        booking_date=read.booking_date,
        value_date=read.value_date,
        status="PDNG" if read.expected else "BOOK",
        reversal=read.reversal,
        entry_reference=read.customer_reference,
        bank_reference=read.bank_reference,
        end_to_end_id=details.end_to_end_id,
        instruction_id=details.instruction_id,
        mandate_id=details.mandate_id,
        counterparty_name=details.name,
        counterparty_account=details.account,
        counterparty_agent=details.agent,
        bank_transaction_code=read.code,
        purpose=details.purpose,
        return_reason=details.return_reason,
        remittance=details.remittance,
        charges=converted.charges,
        instructed_amount=converted.instructed_amount,
        instructed_currency=converted.instructed_currency,
        exchange_rate=converted.exchange_rate,
        additional_information=information,
        remainder=remainder_text(rest),
        row=row,
        place=f"line {row}",
    )
