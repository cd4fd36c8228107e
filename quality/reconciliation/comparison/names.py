"""When do two texts name the same party, however badly they are written?

A bank cuts names short, glues them together and puts its own words before them; a clerk mistypes.
So boilerplate is taken out first (words that one side uses all the time and the other does not:
learnt from the data), blanks are dropped, and the shorter rest is looked for inside the longer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import Side
from quality.reconciliation.rules import TextEvidence

_COMMON_SHARE = 0.01
"""Share of texts from which a phrase is common enough to be boilerplate: a bank has tens of
phrases. 0.005 moves scores; with 0.05 the bank_rec set and a demo lose 6 of 3,035 automatic
pairs."""
_COMMON_ROWS = 5
"""The same as a number of texts, for small sides. 2 moves nothing, 20 scores of the bank_rec
set."""
_ONE_SIDED = 4.0
"""Times as often as on the other side that boilerplate occurs here. With 2 names are taken for it:
the bank_rec set loses 14 of 1,070 automatic pairs; 8 moves nothing."""
_BOND = 0.4
"""Share of one word's occurrences in which the other stands beside it, from which two words are one
phrase. 0.2 moves nothing, 0.8 scores of the bank_rec set."""
_RATHER = 2.0
"""Times as often as the other side uses it alone that a word must occur in a phrase to be dropped.
With 1 scores move; with 4 the bank_rec set gains 2 of 1,074 pairs."""
_TELLING = 4
"""Letters from which a word can name somebody. With 2 the bank_rec set loses a right suggestion,
with 6 scores move."""
_SAMPLE = 100_000
"""Texts that boilerplate is learnt from. 2,000 give the same, with 500 a demo loses 2 of 1,965
pairs."""


_SHORT = 2
"""Times the shortest comparable length below which a name is found in many others by accident, and
never reaches the highest level. 1 moves scores of a demo; with 4 the bank_rec set gains 2 of 1,122
pairs."""
WHOLE_NAME = 6
"""Letters from which equal name tokens are taken for one counterparty. 3 or 12 move nothing on the
bank_rec set and two demos."""


def plain_text(texts: pl.Series) -> pl.Series:
    """Upper case without accents, punctuation and words with digits; words one blank apart."""
    plain = texts.fill_null("")
    accented = (plain.str.len_bytes() != plain.str.len_chars()).arg_true()
    if accented.len():
        plain = plain.scatter(accented, plain.gather(accented).str.normalize("NFKD"))
    return (
        plain.str.to_uppercase()
        .str.replace_all(r"\p{M}", "")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.replace_all(r"\S*\d\S*", "")
        .str.replace_all(r" +", " ")
        .str.strip_chars()
    )


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Pairs of neighbouring words of which the first, or the second, says nothing of who it is."""

    first: frozenset[str]
    second: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What each side always says, and which words it knows.

    `phrases` are pairs of neighbouring words (START and END count as words) by side; `known` are
    the words by which a side names somebody.
    """

    stated: frozenset[str]
    phrases: Mapping[str, Boilerplate]
    known: Mapping[str, frozenset[str]]

    def name_tokens(self, texts: pl.Series, side: Side) -> pl.DataFrame:
        """One row per text, in order: name_tokens (telling words, joined), no_shared_word.

        The latter is true where no word is ever used on the other side.
        """
        other = self.known["right" if side == "left" else "left"]
        distinct = texts.unique().sort()
        first = pl.Series(sorted(self.phrases[side].first), dtype=pl.String).implode()
        second = pl.Series(sorted(self.phrases[side].second), dtype=pl.String).implode()
        kept = _neighbours(distinct).filter(
            ~(
                pl.col("before").is_in(second)
                | pl.col("after").is_in(first)
                | pl.col("word").is_in(sorted(self.stated))
            )
        )
        cores = kept.group_by("n", maintain_order=True).agg(
            pl.col("word").str.join("").alias(c.NAME_TOKENS),
            (~pl.col("word").is_in(pl.Series(sorted(other), dtype=pl.String).implode()))
            .all()
            .alias(c.NO_SHARED_WORD),
        )
        table = (
            pl.DataFrame({"text": distinct})
            .with_row_index("n")
            .join(cores, on="n", how="left", maintain_order="left")
            .with_columns(
                pl.col(c.NAME_TOKENS).fill_null(""), pl.col(c.NO_SHARED_WORD).fill_null(value=True)
            )
        )
        return (
            pl.DataFrame({"text": texts})
            .join(table, on="text", how="left", maintain_order="left")
            .select(c.NAME_TOKENS, c.NO_SHARED_WORD)
        )


def learn_vocabulary(left: pl.Series, right: pl.Series, evidence: TextEvidence) -> Vocabulary:
    """The boilerplate of both sides from their spelled texts: common here and rare there."""
    shares = {"left": _pair_shares(left.head(_SAMPLE)), "right": _pair_shares(right.head(_SAMPLE))}
    return Vocabulary(
        frozenset(evidence.boilerplate),
        {
            "left": _one_sided(shares["left"], shares["right"]),
            "right": _one_sided(shares["right"], shares["left"]),
        },
        {"left": _known(left), "right": _known(right)},
    )


def _neighbours(texts: pl.Series) -> pl.DataFrame:
    """One row per word of each text (n, word) with the pairs it forms before and after it."""
    words = (
        pl.DataFrame({"word": texts.str.split(" ")})
        .with_row_index("n")
        .explode("word")
        .filter(pl.col("word").str.len_chars() > 0)
    )
    previous = pl.col("word").shift(1).over("n").fill_null("^")
    following = pl.col("word").shift(-1).over("n").fill_null("$")
    return words.with_columns(
        (previous + " " + pl.col("word")).alias("before"),
        (pl.col("word") + " " + following).alias("after"),
    )


def _pair_shares(texts: pl.Series) -> pl.DataFrame:
    """How often each pair of neighbouring words occurs.

    `rows` and `share` of texts, how firmly one word binds the other (`bond`), and the share of
    texts in which the second word stands anywhere (`word_share`).
    """
    count = max(texts.len(), 1)
    words = _neighbours(texts)
    anywhere = words.group_by(pl.col("word").alias("two")).agg(
        (pl.len() / count).alias("word_share"), pl.len().alias("times")
    )
    first = pl.col("pair").str.split(" ").list.first()
    return (
        words.group_by(pl.col("before").alias("pair"), pl.col("word").alias("two"))
        .agg(pl.len().alias("rows"))
        .join(anywhere, on="two")
        .with_columns((pl.col("rows") / count).alias("share"), first.alias("one"))
        .with_columns(
            pl.max_horizontal(
                pl.when(pl.col("one") != "^").then(
                    pl.col("rows") / pl.col("rows").sum().over("one")
                ),
                pl.col("rows") / pl.col("times"),
            ).alias("bond")
        )
    )


def _one_sided(here: pl.DataFrame, there: pl.DataFrame) -> Boilerplate:
    """Words to drop for the word after them, and for the word before them.

    The two words must be bound to each other and the pair common here and rare there; a word is
    only dropped when the other side does not use it about as often by itself, as it does a name.
    Every text begins with some word, so a beginning has to be lopsided all the more.
    """
    elsewhere = there.select(pl.col("two").alias("word"), "word_share").unique("word")
    pairs = (
        here.join(there.select("pair", pl.col("share").alias("other")), on="pair", how="left")
        .join(elsewhere, left_on="one", right_on="word", how="left", suffix="_of_one")
        .join(elsewhere, left_on="two", right_on="word", how="left", suffix="_of_two")
        .with_columns(pl.col("other", "word_share_of_one", "word_share_of_two").fill_null(0.0))
        .filter(
            (pl.col("share") >= _COMMON_SHARE)
            & (pl.col("rows") >= _COMMON_ROWS)
            & (pl.col("bond") >= _BOND)
            & (pl.col("share") >= _ONE_SIDED * pl.col("other"))
        )
    )
    first = pairs.filter(pl.col("share") >= _RATHER * pl.col("word_share_of_one"))["pair"]
    rather = pl.when(pl.col("one") == "^").then(_ONE_SIDED).otherwise(_RATHER)
    second = pairs.filter(pl.col("share") >= rather * pl.col("word_share_of_two"))["pair"]
    return Boilerplate(frozenset(first), frozenset(second))


def _known(texts: pl.Series) -> frozenset[str]:
    words = texts.unique().str.split(" ").explode().unique().drop_nulls()
    return frozenset(words.filter(words.str.len_chars() >= _TELLING).to_list())


def similarity(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.float32]:
    """How well the shorter text of each pair is contained in the longer, 0 to 100."""
    if not len(left):
        return np.empty(0, dtype=np.float32)
    return np.asarray(
        cpdist(left, right, scorer=fuzz.partial_ratio, dtype=np.float32, workers=-1),
        dtype=np.float32,
    )


def similarity_level(
    scores: npt.NDArray[np.float32], lengths: npt.NDArray[np.int64], evidence: TextEvidence
) -> npt.NDArray[np.int8]:
    """The evidence level of each score; 0 where the shorter text is too short to say anything.

    A text a little longer than that can be found in many others, so that it never reaches the
    highest level.
    """
    levels = np.searchsorted(np.asarray(evidence.floors[1:]), scores, side="right") + 1
    short = lengths < evidence.shortest * _SHORT
    levels = np.where(short, np.minimum(levels, len(evidence.floors) - 1), levels)
    return np.where(lengths < evidence.shortest, 0, levels).astype(np.int8)
