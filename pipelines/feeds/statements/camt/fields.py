"""Where camt.052, .053 and .054 keep what we want to know, over versions 001.01 to 001.13.

A field names its alternatives in order of preference. An alternative is one or more paths below
the entry (`Ntry`) or the detail (`TxDtls`); with a separator all that they say is joined in the
order of the document, without one the first counts and the rest stays in the remainder. A path
that ends in `@Ccy` is that attribute.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ElementField:
    """A column and the places it may come from."""

    name: str
    alternatives: tuple[tuple[str, ...], ...]
    separator: str | None = None


def _first(name: str, *paths: str) -> ElementField:
    return ElementField(name, tuple((path,) for path in paths))


_DOMAIN = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")
_CODE = ElementField("code", (_DOMAIN, ("BkTxCd/Prtry/Cd",)), "-")


def _amounts() -> tuple[ElementField, ...]:
    exchanged = ("CntrValAmt", "TxAmt", "InstdAmt", "AnncdPstngAmt")
    return (
        _first("amount", "Amt"),
        _first("currency", "Amt@Ccy"),
        _first("indicator", "CdtDbtInd"),
        _first("instructed_amount", "AmtDtls/InstdAmt/Amt"),
        _first("instructed_currency", "AmtDtls/InstdAmt/Amt@Ccy"),
        _first("exchange_rate", *(f"AmtDtls/{name}/CcyXchg/XchgRate" for name in exchanged)),
        ElementField(
            "charges", (("Chrgs/TtlChrgsAndTaxAmt",), ("Chrgs/Amt",), ("Chrgs/Rcrd/Amt",)), "+"
        ),
    )


ENTRY_FIELDS: tuple[ElementField, ...] = (
    *_amounts(),
    _CODE,
    _first("entry_reference", "NtryRef"),
    _first("reversal", "RvslInd"),
    _first("status", "Sts", "Sts/Cd", "Sts/Prtry"),
    _first("booking_date", "BookgDt/Dt", "BookgDt/DtTm"),
    _first("value_date", "ValDt/Dt", "ValDt/DtTm"),
    _first("servicer_reference", "AcctSvcrRef"),
    _first("batch_message_id", "NtryDtls/Btch/MsgId", "Btch/MsgId"),
    _first("batch_payment_information_id", "NtryDtls/Btch/PmtInfId", "Btch/PmtInfId"),
    ElementField("batch_transactions", (("NtryDtls/Btch/NbOfTxs",), ("Btch/NbOfTxs",)), "+"),
    ElementField("batch_total", (("NtryDtls/Btch/TtlAmt",), ("Btch/TtlAmt",)), "+"),
    _first("information", "AddtlNtryInf"),
)
"""What an entry says itself."""


def _party(role: str, column: str) -> tuple[ElementField, ...]:
    account, agent = f"RltdPties/{role}Acct/", f"RltdAgts/{role}Agt/FinInstnId/"
    names = ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm", "Agt/FinInstnId/BICFI")
    numbers = ("Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id", "Id/UPIC", "Prxy/Id")
    agents = ("BICFI", "BIC", "CmbndId/BIC", "ClrSysMmbId/MmbId", "ClrSysMmbId/Id", "Othr/Id", "Nm")
    return (
        _first(f"{column}_name", *(f"RltdPties/{role}/{name}" for name in names)),
        _first(f"{column}_account", *(account + number for number in numbers)),
        _first(f"{column}_agent", *(agent + name for name in agents)),
        _first(f"{column}_ultimate", f"RltdPties/Ultmt{role}/Nm", f"RltdPties/Ultmt{role}/Pty/Nm"),
    )


PARTY_PARTS = ("name", "account", "agent", "ultimate")
"""What is known of a debtor and of a creditor."""

DETAIL_FIELDS: tuple[ElementField, ...] = (
    *_amounts(),
    _CODE,
    _first("transaction_amount", "AmtDtls/TxAmt/Amt"),
    _first("transaction_currency", "AmtDtls/TxAmt/Amt@Ccy"),
    _first("counter_amount", "AmtDtls/CntrValAmt/Amt"),
    _first("counter_currency", "AmtDtls/CntrValAmt/Amt@Ccy"),
    _first("message_id", "Refs/MsgId"),
    _first("servicer_reference", "Refs/AcctSvcrRef"),
    _first("payment_information_id", "Refs/PmtInfId"),
    _first("instruction_id", "Refs/InstrId"),
    _first("end_to_end_id", "Refs/EndToEndId"),
    _first("uetr", "Refs/UETR"),
    _first("transaction_id", "Refs/TxId"),
    _first("mandate_id", "Refs/MndtId"),
    *_party("Dbtr", "debtor"),
    *_party("Cdtr", "creditor"),
    _first("purpose", "Purp/Cd", "Purp/Prtry"),
    _first("return_reason", "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Cd"),
    _first(
        "return_information",
        *("RtrInf/AddtlInf", "RtrInf/AddtlRtrRsnInf", "RtrInf/Orgtr/Nm"),
        *("RtrInf/OrgnlBkTxCd/Prtry/Cd", "RtrInf/OrgnlBkTxCd/Domn/Cd"),
    ),
    ElementField(
        "remittance",
        (
            (
                "RmtInf/Ustrd",
                "RmtInf/Strd/RfrdDocInf/Nb",
                "RmtInf/Strd/RfrdDocInf/RfrdDocNb",
                "RmtInf/Strd/CdtrRefInf/Ref",
                "RmtInf/Strd/CdtrRefInf/CdtrRef",
                "RmtInf/Strd/AddtlRmtInf",
            ),
        ),
        " ",
    ),
    _first("information", "AddtlTxInf"),
)
"""What a transaction detail says."""
