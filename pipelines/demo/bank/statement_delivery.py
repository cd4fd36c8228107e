"""Delivery of the banks' statements: on the morning after, some late, misprinted or sent twice."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.demo.bank.statements import Statements, row_ids, statements
from pipelines.demo.defects.ground_truth import TruthWriter
from pipelines.demo.defects.malformed_files import statement_trouble
from pipelines.demo.delivery.delivery import LandingFolder
from pipelines.demo.delivery.pending import PendingRows
from pipelines.demo.formats import camt, mt940
from pipelines.demo.world.institution import BANKS, accounts
from pipelines.demo.world.money import money, on
from pipelines.demo.world.random_streams import Ints
from pipelines.demo.world.timeline import World

_MISPRINT = 100_000
"""Minor units by which a misprinted closing balance is off: a round sum, as a digit mistyped by
hand."""

_LATE = 4
"""Days after which a late statement arrives: three business days later than usual, over a
weekend."""

_FILE = {"day": pl.Int64, "arrival": pl.Int64, "name": pl.String, "text": pl.String}
"""One row per statement file: the day it states, the day it arrives, its name and its text."""


@dataclass(slots=True)
class StatementDelivery:
    """Statements of all accounts, window by window; `balances` are those of the evening before."""

    world: World
    landing: LandingFolder
    truth: TruthWriter
    balances: Ints
    files: PendingRows = field(default_factory=lambda: PendingRows("arrival"))

    def deliver(self, moves: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
        """Compose the statements of a window and deliver those that arrive by its end.

        Returns:
            One row per delivered movement, with `row_id`, `gid` and `day`.
        """
        stated = statements(self.world, moves, self.balances, first, last)
        moved = stated.heads.group_by("account").agg(pl.col("net").sum()).sort("account")
        for account, net in moved.iter_rows():
            self.balances[account] += net
        for bank in range(len(BANKS)):
            self.files.put(self._files(stated, bank))
        for _, arrival, name, text in self.files.take(min(last, self.world.last)).iter_rows():
            self.landing.text("statements", arrival, name, text)
        self._sums(stated)
        rows = stated.rows.with_columns(row_id=row_ids(), day=pl.col("bank_day"))
        return rows.filter(self._arrived())

    def _arrived(self) -> pl.Expr:
        late = [day for day, kind in statement_trouble(self.world, 1).items() if kind == "late"]
        second = [account.index for account in accounts() if account.bank == 1]
        is_late = pl.col("account").is_in(second) & pl.col("bank_day").is_in(late)
        delay = pl.when(is_late).then(_LATE).otherwise(1)
        return pl.col("bank_day") + delay <= self.world.last

    def _files(self, stated: Statements, bank: int) -> pl.DataFrame:
        trouble = statement_trouble(self.world, bank)
        misprinted = [day for day, kind in trouble.items() if kind.startswith("misprinted")]
        leader = next(account.index for account in accounts() if account.bank == bank)
        wrong = pl.col("bank_day").is_in(misprinted) & (pl.col("account") == leader)
        printed = pl.when(wrong).then(pl.col("closing") + _MISPRINT).otherwise("closing")
        heads = stated.heads.with_columns(printed=printed)
        writer = mt940 if BANKS[bank].format == "MT940" else camt
        documents = writer.documents(Statements(stated.rows, heads), bank)
        files = [self._placed(documents, bank, 1, "")]
        files[0] = files[0].with_columns(
            arrival=pl.when(pl.col("day").is_in([d for d, k in trouble.items() if k == "late"]))
            .then(pl.col("day") + _LATE)
            .otherwise("arrival")
        )
        sent_twice = [day for day, kind in trouble.items() if kind == "sent twice"]
        files.append(
            self._placed(documents.filter(pl.col("bank_day").is_in(sent_twice)), bank, 3, "-copy")
        )
        corrected_days = [day for day, kind in trouble.items() if kind == "misprinted"]
        some = pl.col("bank_day").is_in(corrected_days)
        right = Statements(stated.rows.filter(some), stated.heads.filter(some))
        files.append(self._placed(writer.documents(right, bank), bank, 3, "-corrected"))
        self._troubled(heads.filter(pl.col("account") == leader), trouble, bank)
        return pl.concat(files).sort("arrival", "name")

    def _placed(self, documents: pl.DataFrame, bank: int, after: int, mark: str) -> pl.DataFrame:
        about = BANKS[bank]
        suffix = "sta" if about.format == "MT940" else "xml"
        start = f"{about.bic[:4].lower()}-{about.format.replace('.', '')}"
        return documents.select(
            day="bank_day",
            arrival=pl.col("bank_day") + after,
            name=pl.format(f"{start}-{{}}{mark}.{suffix}", on("bank_day")),
            text="text",
        ).cast(_FILE)  # type: ignore[arg-type]

    def _troubled(self, heads: pl.DataFrame, trouble: dict[int, str], bank: int) -> None:
        troubled = heads.filter(pl.col("bank_day").is_in(list(trouble)))
        if troubled.is_empty():
            return
        about, account = BANKS[bank], accounts()[int(heads["account"][0])]
        suffix = "sta" if about.format == "MT940" else "xml"
        kind = pl.col("bank_day").replace_strict(trouble, return_dtype=pl.String)
        start = f"{about.bic[:4].lower()}-{about.format.replace('.', '')}"
        self.truth.write(
            "statement_problems",
            troubled.select(
                statement_id="identity",
                account_id=pl.lit(account.iban),
                file=pl.format(f"{start}-{{}}.{suffix}", on("bank_day")),
                problem=kind,
                difference=money(pl.col("printed") - pl.col("closing")),
            ),
        )

    def _sums(self, stated: Statements) -> None:
        ibans = [account.iban for account in accounts()]
        self.truth.write(
            "movements",
            stated.rows.group_by("account", "bank_day", maintain_order=True)
            .agg(rows=pl.len(), net_minor=pl.col("amount").sum())
            .select(
                account_id=pl.col("account").replace_strict(
                    list(range(len(ibans))), ibans, return_dtype=pl.String
                ),
                bank_date=on("bank_day"),
                rows="rows",
                net_minor="net_minor",
                delivered=self._arrived(),
            ),
        )
        arrived = self._arrived()
        self.landing.count("statements", stated.heads.filter(arrived).height)
        self.landing.count("statement_entries", stated.rows.filter(arrived).height)
