"""Statements as camt.053.001.08: text composed a whole column at a time."""

import polars as pl

from pipelines.demo.bank.statements import Statements
from pipelines.demo.world.institution import BANKS, ENTITY_NAMES, accounts
from pipelines.demo.world.money import money, on
from pipelines.demo.world.timeline import CURRENCIES

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def escaped(column: str) -> pl.Expr:
    """The text with XML's three reserved signs written as entities."""
    return (
        pl.col(column)
        .str.replace_all("&", "&amp;", literal=True)
        .str.replace_all("<", "&lt;", literal=True)
        .str.replace_all(">", "&gt;", literal=True)
    )


def element(name: str, content: pl.Expr) -> pl.Expr:
    """`<name>content</name>`, nothing where the content is null."""
    return (
        pl.when(content.is_not_null())
        .then(pl.concat_str(pl.lit(f"<{name}>"), content, pl.lit(f"</{name}>")))
        .otherwise(pl.lit(""))
    )


def documents(stated: Statements, bank: int) -> pl.DataFrame:
    """One document per day of one bank: `bank_day` and its `text`."""
    account_indices = [account.index for account in accounts() if account.bank == bank]
    rows = stated.rows.filter(pl.col("account").is_in(account_indices))
    heads = stated.heads.filter(pl.col("account").is_in(account_indices))
    entries = (
        _entries(rows)
        .group_by("account", "bank_day", maintain_order=True)
        .agg(body=pl.col("xml").str.join("\n"))
    )
    bodies = heads.join(entries, on=["account", "bank_day"], how="left", maintain_order="left")
    per_account = bodies.with_columns(xml=_statement())
    head = pl.concat_str(
        pl.lit('<?xml version="1.0" encoding="UTF-8"?>\n'),
        pl.lit(
            f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><GrpHdr><MsgId>{BANKS[bank].bic[:4]}'
        ),
        on("bank_day").dt.strftime("%Y%m%d"),
        pl.lit("</MsgId><CreDtTm>"),
        _created(),
        pl.lit("</CreDtTm></GrpHdr>\n"),
    )
    return (
        per_account.sort("bank_day", "account")
        .group_by("bank_day", maintain_order=True)
        .agg(xml=pl.col("xml").str.join("\n"))
        .select(
            "bank_day",
            text=head + pl.col("xml") + pl.lit("\n</BkToCstmrStmt></Document>\n"),
        )
    )


def _created() -> pl.Expr:
    return on(pl.col("bank_day") + 1).dt.strftime("%Y-%m-%d") + pl.lit("T05:30:00Z")


def _direction(amount: pl.Expr) -> pl.Expr:
    sign = pl.when(amount < 0).then(pl.lit("DBIT")).otherwise(pl.lit("CRDT"))
    return element("CdtDbtInd", sign)


def _amount(name: str, minor: pl.Expr, currency: pl.Expr) -> pl.Expr:
    return pl.concat_str(
        pl.lit(f'<{name} Ccy="'), currency, pl.lit('">'), money(minor.abs()), pl.lit(f"</{name}>")
    )


def _code(account: str = "account") -> pl.Expr:
    codes = [CURRENCIES[item.currency] for item in accounts()]
    return pl.col(account).replace_strict(list(range(len(codes))), codes, return_dtype=pl.String)


def _details() -> pl.Expr:
    incoming = pl.col("amount") > 0
    exchange = (
        pl.when(pl.col("instructed").is_not_null())
        .then(
            pl.concat_str(
                pl.lit("<AmtDtls><InstdAmt>"),
                _amount("Amt", pl.col("instructed"), pl.col("instructed_in")),
                pl.lit("<CcyXchg>"),
                element("SrcCcy", pl.col("instructed_in")),
                element("TrgtCcy", _code()),
                pl.lit("<XchgRate>"),
                pl.col("rate").cast(pl.String),
                pl.lit("</XchgRate></CcyXchg></InstdAmt></AmtDtls>"),
            )
        )
        .otherwise(pl.lit(""))
    )
    scheme = (
        pl.when(pl.col("iban").str.contains("^[A-Z]"))
        .then(element("IBAN", pl.col("iban")))
        .otherwise(element("Othr", element("Id", pl.col("iban"))))
    )
    account = pl.when(pl.col("iban").is_not_null()).then(element("Id", scheme))
    name = element("Nm", escaped("shown_name"))

    def party(tag: str) -> pl.Expr:
        holder = element(tag, element("Pty", name))
        return (
            pl.when(pl.col("shown_name").is_null())
            .then(pl.lit(""))
            .otherwise(element("RltdPties", holder + element(f"{tag}Acct", account)))
        )

    return element(
        "TxDtls",
        pl.concat_str(
            element("Refs", element("EndToEndId", pl.col("shown_id").fill_null("NOTPROVIDED"))),
            _amount("Amt", pl.col("amount"), _code()),
            _direction(pl.col("amount")),
            exchange,
            pl.when(incoming).then(party("Dbtr")).otherwise(party("Cdtr")),
            element("RmtInf", element("Ustrd", escaped("remittance"))),
        ),
    )


def _entries(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["account", "bank_day", "entry_index"]
    whole = (
        rows.with_columns(detail=pl.when("batched").then(pl.lit("")).otherwise(_details()))
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("entry", "code", "size", "batched", "remittance").first(),
            amount=pl.col("amount").sum(),
            count=pl.len(),
            details=pl.col("detail").str.join("\n"),
        )
    )
    parts = pl.col("code").str.split("-")
    family = pl.concat_str(
        element("Cd", parts.list.get(0)),
        element("Fmly", element("Cd", parts.list.get(1)) + element("SubFmlyCd", parts.list.get(2))),
    )
    many = pl.col("batched") | (pl.col("count") > 1)
    size = pl.when("batched").then(pl.col("size")).otherwise(pl.col("count"))
    batch = (
        pl.when(many)
        .then(
            element(
                "Btch",
                element("PmtInfId", pl.col("entry")) + element("NbOfTxs", size.cast(pl.String)),
            )
        )
        .otherwise(pl.lit(""))
    )
    booked = element("Dt", on("bank_day").dt.strftime("%Y-%m-%d"))
    servicer = pl.format("{}{}{}", on("bank_day").dt.strftime("%y%m%d"), "account", "entry_index")
    return whole.with_columns(
        xml=element(
            "Ntry",
            pl.concat_str(
                element("NtryRef", (pl.col("entry_index") + 1).cast(pl.String)),
                _amount("Amt", pl.col("amount"), _code()),
                _direction(pl.col("amount")),
                element("Sts", element("Cd", pl.lit("BOOK"))),
                element("BookgDt", booked),
                element("ValDt", booked),
                element("AcctSvcrRef", servicer),
                element("BkTxCd", element("Domn", family)),
                element("NtryDtls", batch + pl.col("details")),
                element("AddtlNtryInf", pl.when("batched").then(escaped("remittance"))),
            ),
        )
    )


def _balance(code: str, minor: str, day: str) -> pl.Expr:
    return element(
        "Bal",
        pl.concat_str(
            pl.lit(f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"),
            _amount("Amt", pl.col(minor), _code()),
            _direction(pl.col(minor)),
            element("Dt", element("Dt", on(day).dt.strftime("%Y-%m-%d"))),
        ),
    )


def _statement() -> pl.Expr:
    own_accounts = accounts()
    positions = list(range(len(own_accounts)))

    def mapped(values: list[str]) -> pl.Expr:
        return pl.col("account").replace_strict(positions, values, return_dtype=pl.String)

    day = on("bank_day").dt.strftime("%Y-%m-%d")
    return element(
        "Stmt",
        pl.concat_str(
            element("Id", pl.col("statement_id")),
            element("ElctrncSeqNb", pl.col("sequence").cast(pl.String)),
            element("CreDtTm", _created()),
            element(
                "FrToDt",
                element("FrDtTm", day + pl.lit("T00:00:00Z"))
                + element("ToDtTm", day + pl.lit("T23:59:59Z")),
            ),
            element(
                "Acct",
                pl.concat_str(
                    element("Id", element("IBAN", mapped([a.iban for a in own_accounts]))),
                    element("Ccy", _code()),
                    element("Nm", mapped([a.name for a in own_accounts])),
                    element(
                        "Ownr",
                        element("Nm", mapped([ENTITY_NAMES[a.entity] for a in own_accounts])),
                    ),
                    element(
                        "Svcr",
                        element(
                            "FinInstnId",
                            element("BICFI", mapped([BANKS[a.bank].bic for a in own_accounts])),
                        ),
                    ),
                ),
            ),
            _balance("OPBD", "opening", "bank_day"),
            _balance("CLBD", "printed", "bank_day"),
            element(
                "TxsSummry",
                element("TtlNtries", element("NbOfNtries", pl.col("entries").cast(pl.String))),
            ),
            pl.col("body").fill_null(""),
        ),
    )
