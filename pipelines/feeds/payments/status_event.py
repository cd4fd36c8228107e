"""One event of a message that tells what became of a payment, as a row of `payment_events`."""

import re

from pipelines.feeds.payments.status_codes import take_reason
from pipelines.feeds.xml.iso20022 import Leaves

_MESSAGE = re.compile(r"pa(?:in|cs)\.\d{3}")
_OURS = {"pain.008": "creditor", "pacs.003": "creditor", "pain.001": "debtor"}
"""Whose account an original message moves that we sent. A pacs.008 may have been ours or theirs:
the accounts that we hold tell (`int_payment_events`)."""

_AMOUNTS = (
    *("RtrdIntrBkSttlmAmt", "OrgnlIntrBkSttlmAmt", "OrgnlInstdAmt"),
    *("OrgnlTxRef/IntrBkSttlmAmt", "OrgnlTxRef/Amt/InstdAmt"),
)


def event_of(given: Leaves, header: Leaves, status: str | None) -> dict[str, object]:
    """What a transaction (or a whole group) and its message's header say, each leaf taken once."""
    end_to_end = given.take("OrgnlEndToEndId")
    uetr = given.take("OrgnlUETR")
    transaction, instruction = given.take("OrgnlTxId"), given.take("OrgnlInstrId")
    original = given.take("OrgnlGrpInf/OrgnlMsgId", "OrgnlMsgId")
    batch = given.take("OrgnlPmtInfId")
    known = end_to_end if end_to_end != "NOTPROVIDED" else None
    others = transaction or instruction or given.take("OrgnlClrSysRef")
    group = "/".join(part for part in (original, batch) if part)
    kind = given.take("OrgnlGrpInf/OrgnlMsgNmId", "OrgnlMsgNmId")
    amount, currency = _amount(given)
    code, words = take_reason(given)
    return {
        "payment_id": known or uetr or others or group or None,
        "end_to_end_id": known,
        "uetr": uetr,
        "message_id": header.take("Assgnmt/Id", "GrpHdr/MsgId", "GrpHdr/Id"),
        "original_message_id": original,
        "original_message_type": kind,
        "payment_information_id": batch,
        "instruction_id": instruction,
        "transaction_id": transaction,
        "occurred_at": given.take("AccptncDtTm")
        or header.take("Assgnmt/CreDtTm", "GrpHdr/CreDtTm"),
        "amount": amount,
        "currency": currency,
        "status": status,
        "reason_code": code or status,
        "reason": words,
        **_sides(given, kind or ""),
    }


def _amount(given: Leaves) -> tuple[str | None, str | None]:
    for path in _AMOUNTS:
        amount = given.take(path)
        if amount is not None:
            return amount, given.take(f"{path}@Ccy")
    return None, None


def _sides(given: Leaves, original_message: str) -> dict[str, object]:
    """Who paid whom in the original payment, and which of them we are where its message tells."""
    parties = {
        f"{word}_{what}": name
        for word, role in (("debtor", "Dbtr"), ("creditor", "Cdtr"))
        for what, name in (
            ("name", given.name(f"OrgnlTxRef/{role}")),
            ("account", given.account(f"OrgnlTxRef/{role}Acct")),
        )
    }
    message = _MESSAGE.search(original_message.lower())
    own_side = _OURS.get(message.group() if message else "")
    if own_side is None:
        return dict(parties)
    other_side = "debtor" if own_side == "creditor" else "creditor"
    return {
        **parties,
        "direction": "incoming" if own_side == "creditor" else "outgoing",
        "account_id": parties[f"{own_side}_account"],
        "counterparty_name": parties[f"{other_side}_name"],
        "counterparty_account": parties[f"{other_side}_account"],
    }
