"""Every balance, on the bank's side and in the ledger, is explained from opening to closing."""

from quality.controls.control import Control

ROLL_FORWARD = Control(
    name="roll_forward",
    statement="Opening, what is matched, suggested, adjusted and open, and nothing else, make the "
    "closing balance of an account, on either side, in every period.",
    source="Roll-forward of a balance: nothing in it is unexplained",
    needs=("silver.recon_roll_forward",),
    unit="balances",
    query="""
        select account_id || ' ' || currency || ' ' || side || ' ' || period as heading,
            closing as expected, closing - unexplained as actual,
            account_id || ' ' || currency || ' ' || side || ' ' || period as scope,
            'opening ' || opening || ', matched ' || matched || ', suggested ' || suggested
                || ', adjustments ' || adjustments || ', open '
                || (open_timing + open_missing + open_other) || ' against closing ' || closing
                as detail
        from silver.recon_roll_forward
    """,
)
