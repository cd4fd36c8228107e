"""The working columns of the engine: each name once, with what it means and its unit.

Columns of what goes in and comes out are named by `sides.COLUMNS` and `outcome`.
"""

from typing import Final

# Of an item: a row of one side as the engine sees it.

ROW_NO: Final = "row_no"
"""Position of the row in its side, counted from 0 in the order of row ids."""
BLOCK: Final = "block"
"""What is only compared within itself: `account|currency`, or `|currency` across accounts."""
BUSINESS_DAY: Final = "business_day"
"""Running number of the business day of the row's date (see `BusinessCalendar.number`)."""
THOUSANDTHS: Final = "thousandths"
"""Signed amount in thousandths of the currency unit, as an integer."""
REFERENCE_KEY: Final = "reference_key"
"""The reference in capitals without blanks and marks; null below three characters."""
REFERENCE_FAMILY: Final = "reference_family"
"""The reference key with every digit as 9; null where the sides do not share the family."""
OWN_REFERENCES: Final = "own_references"
"""List of numbers and codes in the reference field: what identifies the row itself."""
CITED_REFERENCES: Final = "cited_references"
"""List of numbers and codes anywhere in the row's texts: what it may point at."""
COMPOUND_CODES: Final = "compound_codes"
"""List of codes such as P0042-01-09 in the row's texts."""
COMPOUND_CODE_FAMILIES: Final = "compound_code_families"
"""List of the families of these codes (digits as 9)."""
NAME_TOKENS: Final = "name_tokens"
"""Words that name the counterparty, without boilerplate and blanks, in capitals."""
NO_SHARED_WORD: Final = "no_shared_word"
"""Whether none of the name tokens is a word that the other side ever uses."""
UNNAMED: Final = "unnamed"
"""Whether the row names no counterparty that the other side could know."""
COUNTERPARTY_KEY: Final = "counterparty_key"
"""Counterparty account in capitals without blanks and marks; null where none is stated."""
DOCUMENT_KIND: Final = "document_kind"
"""Document type in small letters; empty where none is stated."""
RAW_TEXT: Final = "raw_text"
"""Description or remittance text as it came; empty where there is none."""
GROUP_ID: Final = "group_id"
"""What the side itself says belongs together (a payout, a remittance); may be null."""
# Of a candidate pair: a left and a right row (or, for an offset, two rows of one side).

LEFT_NO: Final = "left_no"
"""Row number of the left row."""
RIGHT_NO: Final = "right_no"
"""Row number of the right row."""
OUT_NO: Final = "out_no"
"""Of an offset: row number of the row with the negative amount."""
BACK_NO: Final = "back_no"
"""Of an offset: row number of the row with the positive amount."""
HEAD_NO: Final = "head_no"
"""Of a batch: row number of the one row that settles the sum."""
PART_NO: Final = "part_no"
"""Of a batch: row number of one of the rows that are summed up."""
LAG_BUSINESS_DAYS: Final = "lag_business_days"
"""Business days by which the left row comes after the right one (negative: before)."""
DIFFERENCE: Final = "difference"
"""Left amount minus right amount, in thousandths."""
REFERENCE_EVIDENCE: Final = "reference_evidence"
"""0 no common reference, 1 both texts cite one, 2 one cites the other's own, 3 equal."""
REFERENCE_CONFLICT: Final = "reference_conflict"
"""Whether both carry a reference of one shared family, and not the same one."""
REFERENCE_CITED: Final = "reference_cited"
"""Of an offset: whether one of the two rows cites the other's own reference."""
SAME_REFERENCE: Final = "same_reference"
"""Of an offset: whether one reference key begins with the other."""
SAME_COUNTERPARTY: Final = "same_counterparty"
"""Whether both state the same counterparty account."""
IS_REVERSAL: Final = "is_reversal"
"""Whether the row, or one of a pair, says by its type or words that it reverses another."""
TEXT_SIMILARITY: Final = "text_similarity"
"""How well the shorter name is contained in the longer, 0 to 100 (rapidfuzz partial ratio)."""
TEXT_LEVEL: Final = "text_level"
"""Level of that similarity: 0 nothing to compare, then 1 upwards by `evidence.text.floors`."""
EXPECTED_PER_DAY: Final = "expected_per_day"
"""Unrelated right rows of such an amount per business day (Fellegi and Sunter's u)."""
LOG_ODDS_AMOUNT: Final = "log_odds_amount"
"""Natural log odds that the amount adds: the rarer, the more."""
LOG_ODDS_LAG: Final = "log_odds_lag"
"""Natural log odds that the lag adds."""
LOG_ODDS_TEXT: Final = "log_odds_text"
"""Natural log odds that the text level adds."""
LOG_ODDS_REFERENCE: Final = "log_odds_reference"
"""Natural log odds that references add or, in conflict, take."""
LOG_ODDS_ACCOUNT: Final = "log_odds_account"
"""Natural log odds that an equal counterparty account adds."""
TOTAL_ODDS: Final = "total_odds"
"""Odds of belonging together before rivals count: e to the sum of the log odds."""
PROBABILITY: Final = "probability"
"""Probability of the pair, 0 to 1, with all its rivals taken into account."""
# Of a match that was found.

LEFT_NOS: Final = "left_nos"
"""List of row numbers of the left members."""
RIGHT_NOS: Final = "right_nos"
"""List of row numbers of the right members."""

PAIRS = (
    LEFT_NO,
    RIGHT_NO,
    LAG_BUSINESS_DAYS,
    DIFFERENCE,
    REFERENCE_EVIDENCE,
    REFERENCE_CONFLICT,
    SAME_COUNTERPARTY,
)
"""One row per candidate pair, as `matching.blocking` gives it."""

ITEMS = (
    ROW_NO,
    "row_id",
    BLOCK,
    BUSINESS_DAY,
    "date",
    THOUSANDTHS,
    REFERENCE_KEY,
    REFERENCE_FAMILY,
    OWN_REFERENCES,
    CITED_REFERENCES,
    COMPOUND_CODES,
    COMPOUND_CODE_FAMILIES,
    NAME_TOKENS,
    NO_SHARED_WORD,
    UNNAMED,
    COUNTERPARTY_KEY,
    DOCUMENT_KIND,
    RAW_TEXT,
    GROUP_ID,
    "charge",
    "ordered",
    "converted",
    "converted_back",
    "foreign",
)
"""One row per row of a side, in the order of `row_no`; the last five as `sides.stated_amounts`."""
