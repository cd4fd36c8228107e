"""Payment orders as pain.001.001.09: one message a day, one block for each account and purpose."""

import polars as pl

from pipelines.demo.formats.camt import element, escaped
from pipelines.demo.formats.hub import message_id
from pipelines.demo.world.institution import ACCOUNT_ENTITY, BANKS, ENTITY_NAMES, accounts
from pipelines.demo.world.money import money, on
from pipelines.demo.world.timeline import CURRENCIES

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_PURPOSES = {"payroll": "SALA", "supplier": "SUPP", "tax": "TAXS", "claim": "INSC"}
"""ISO 20022 category purpose code by category of payment."""


def documents(paid: pl.DataFrame) -> pl.DataFrame:
    """One document per day of outgoing orders: `day` and its `text`."""
    ordered = paid.filter(
        (pl.col("direction") == "outgoing") & pl.col("route").is_in(["batch", "single", "payroll"])
    ).sort("day", "account", "category", "payment_id")
    blocks = (
        ordered.with_columns(xml=_transaction())
        .group_by("day", "account", "category", maintain_order=True)
        .agg(
            pl.col("route").first(), total=pl.col("amount").sum(), count=pl.len(),
            body=pl.col("xml").str.join("\n"),
        )
        .with_columns(xml=_block())
    )  # fmt: skip
    head = pl.concat_str(
        pl.lit(f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}">'),
        pl.lit("<CstmrCdtTrfInitn><GrpHdr>"),
        element("MsgId", message_id()),
        element("CreDtTm", on("day").dt.strftime("%Y-%m-%dT08:55:00Z")),
        element("NbOfTxs", pl.col("count").cast(pl.String)),
        element("CtrlSum", money("total")),
        pl.lit("<InitgPty><Nm>Countinghouse Group Services</Nm></InitgPty></GrpHdr>\n"),
    )
    return (
        blocks.group_by("day", maintain_order=True)
        .agg(pl.col("total", "count").sum(), xml=pl.col("xml").str.join("\n"))
        .select(
            "day",
            "count",
            text=head + pl.col("xml") + pl.lit("\n</CstmrCdtTrfInitn></Document>\n"),
        )
        .select("day", "text", "count")
    )


def _mapped(values: list[str]) -> pl.Expr:
    return pl.col("account").replace_strict(
        list(range(len(values))), values, return_dtype=pl.String
    )


def _currency() -> pl.Expr:
    return _mapped([CURRENCIES[a.currency] for a in accounts()])


def _transaction() -> pl.Expr:
    scheme = pl.when(pl.col("iban").str.contains("^[A-Z]")).then(
        element("IBAN", pl.col("iban"))
    ).otherwise(element("Othr", element("Id", pl.col("iban"))))  # fmt: skip
    amount = pl.concat_str(
        pl.lit('<InstdAmt Ccy="'), _currency(), pl.lit('">'), money("amount"), pl.lit("</InstdAmt>")
    )
    return element(
        "CdtTrfTxInf",
        pl.concat_str(
            element(
                "PmtId",
                element("InstrId", pl.col("payment_id"))
                + element("EndToEndId", pl.col("end_to_end_id")),
            ),
            element("Amt", amount),
            element("Cdtr", element("Nm", escaped("name"))),
            element("CdtrAcct", element("Id", scheme)),
            element("RmtInf", element("Ustrd", escaped("text"))),
        ),
    )


def _block() -> pl.Expr:
    own_accounts = accounts()
    purpose = pl.col("category").replace_strict(_PURPOSES, default="OTHR", return_dtype=pl.String)
    batch = pl.when(pl.col("route") == "single").then(pl.lit("false")).otherwise(pl.lit("true"))
    return element(
        "PmtInf",
        pl.concat_str(
            element("PmtInfId", pl.format("{}-{}-{}", message_id(), "account", "category")),
            pl.lit("<PmtMtd>TRF</PmtMtd>"),
            element("BtchBookg", batch),
            element("NbOfTxs", pl.col("count").cast(pl.String)),
            element("CtrlSum", money("total")),
            element("PmtTpInf", element("CtgyPurp", element("Cd", purpose))),
            element("ReqdExctnDt", element("Dt", on("day").dt.strftime("%Y-%m-%d"))),
            element("Dbtr", element("Nm", _mapped([ENTITY_NAMES[e] for e in ACCOUNT_ENTITY]))),
            element(
                "DbtrAcct", element("Id", element("IBAN", _mapped([a.iban for a in own_accounts])))
            ),
            element(
                "DbtrAgt",
                element(
                    "FinInstnId",
                    element("BICFI", _mapped([BANKS[a.bank].bic for a in own_accounts])),
                ),
            ),
            pl.col("body"),
        ),
    )
