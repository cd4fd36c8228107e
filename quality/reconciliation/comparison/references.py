"""What in a text could identify a document: numbers, references and compound codes.

Tokens are picked out, judged and put together again as one flat column each: lists are slow.
"""

import polars as pl

from quality.reconciliation import columns as c

_RUN = r"[\p{L}\p{N}]*\d[\p{L}\p{N}]*"
_JOINED = r"[A-Z]{1,6}(?:[-/][A-Z0-9]+)*[-/][0-9][-/A-Z0-9]*"
_CODE = r"[\p{L}]+\d[\p{L}\d]*(?:[-/.][\p{L}\d]+)+"
_DATED = r"^(19|20)\d{2}((0[1-9]|1[0-2])([0-2]\d|3[01])?)?$"
_COMPOUND_DIGITS = 5
"""Digits from which runs joined by dashes or slashes are a reference and not a date such as 1-2-26.
3 or 8 move nothing on the bank_rec set and a demo."""


def cited(texts: pl.Series, least_digits: int) -> pl.Series:
    """Per text, what could identify a document: enough digits, and not a year or a date.

    Alphanumeric runs without leading zeros, and runs joined by dashes or slashes that begin with
    letters, without these.
    """
    upper = texts.str.to_uppercase()
    token = pl.col("token")
    runs = _flat(upper.str.extract_all(_RUN)).filter(
        (_digits(token) >= least_digits) & ~token.str.contains(_DATED)
    )
    joined = _flat(upper.str.extract_all(_JOINED)).filter(_digits(token) >= _COMPOUND_DIGITS)
    return _listed(
        pl.concat(
            [
                runs.with_columns(token.str.strip_chars_start("0")),
                joined.with_columns(token.str.replace_all("[-/]", "")),
            ]
        ),
        texts.len(),
    )


def codes(texts: pl.Series) -> pl.DataFrame:
    """One row per text: compound_codes such as P0042-01-09, compound_code_families (9 a digit)."""
    found = _flat(texts.str.to_uppercase().str.extract_all(_CODE))
    families = found.with_columns(pl.col("token").str.replace_all(r"\d", "9"))
    return pl.DataFrame(
        {
            c.COMPOUND_CODES: _listed(found, texts.len()),
            c.COMPOUND_CODE_FAMILIES: _listed(families, texts.len()),
        }
    )


def _digits(token: pl.Expr) -> pl.Expr:
    return token.str.replace_all(r"\D", "").str.len_bytes()


def _flat(lists: pl.Series) -> pl.DataFrame:
    """One row per token (n, token)."""
    return (
        pl.DataFrame({"n": pl.int_range(lists.len(), eager=True, dtype=pl.UInt32), "token": lists})
        .filter(pl.col("token").list.len() > 0)
        .explode("token")
    )


def _listed(tokens: pl.DataFrame, rows: int) -> pl.Series:
    """The distinct tokens of each text, sorted; a text without any has an empty list."""
    grouped = tokens.unique().sort("n", "token").group_by("n", maintain_order=True).agg("token")
    every = pl.DataFrame({"n": pl.int_range(rows, eager=True, dtype=pl.UInt32)})
    return every.join(grouped, on="n", how="left", maintain_order="left")["token"].fill_null([])
