"""The same books, matched by a pandas merge and by splink."""

import polars as pl

from benchmarks.reconciliation.scores import score, timed
from benchmarks.reconciliation.synthetic_books import Books


def pandas_merge(books: Books) -> dict[str, object]:
    """What a spreadsheet-minded script does: equal amount, nearest date, each row once."""
    seconds: dict[str, float] = {}
    with timed(seconds, "seconds"):
        left = books.left.select("row_id", "account_id", "date", "amount").to_pandas()
        right = books.right.select("row_id", "account_id", "date", "amount").to_pandas()
        both = left.merge(right, on=["account_id", "amount"], suffixes=("_l", "_r"))
        both["gap"] = (
            both["date_l"].astype("datetime64[ns]") - both["date_r"].astype("datetime64[ns]")
        ).dt.days.abs()
        both = both[both["gap"] <= 5].sort_values("gap", kind="stable")
        both = both.drop_duplicates("row_id_l").drop_duplicates("row_id_r")
    pairs = pl.DataFrame(
        {"left_id": both["row_id_l"].to_list(), "right_id": both["row_id_r"].to_list()}
    )
    return {**seconds, "all": score(pairs, books.truth)}


def with_splink(books: Books) -> dict[str, object]:
    """Splink on its linkable part: one row to one row, weights learnt by EM, threshold 0.95."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    def side(frame: pl.DataFrame) -> "object":
        columns = [c for c in ("reference", "references_text") if c in frame.columns]
        return frame.select(
            pl.col("row_id").alias("unique_id"),
            "account_id",
            pl.col("date").cast(pl.String),
            pl.col("amount").cast(pl.String),
            pl.coalesce(columns).str.extract(r"(PY\d+)").alias("reference"),
            pl.col("description")
            .str.to_uppercase()
            .str.replace(r"^ACH (DEBIT|CREDIT) ", "")
            .str.replace(r" - .*$", "")
            .alias("name"),
        ).to_pandas()

    seconds: dict[str, float] = {}
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.ExactMatch("amount"),
            cl.JaroWinklerAtThresholds("name", [0.95, 0.85]),
            cl.ExactMatch("reference"),
            cl.AbsoluteDateDifferenceAtThresholds(
                "date", input_is_string=True, metrics=["day"] * 3, thresholds=[1, 4, 8]
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("account_id", "amount"),
            block_on("reference"),
        ],
    )
    with timed(seconds, "seconds"):
        api = DuckDBAPI()
        sides = [
            api.register(side(frame), dataset_display_name=name)
            for name, frame in (("bank_lines", books.left), ("ledger_lines", books.right))
        ]
        linker = Linker(sides, settings)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on("account_id", "amount")
        )
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on("account_id", "name")
        )
        found = (
            linker.inference.predict(threshold_match_probability=0.95).as_duckdbpyrelation().pl()
        )
    best = found.sort("match_probability", descending=True)
    best = best.unique("unique_id_l", keep="first", maintain_order=True)
    best = best.unique("unique_id_r", keep="first", maintain_order=True)
    one, two = pl.col("unique_id_l"), pl.col("unique_id_r")
    turned = one.str.starts_with("G")
    pairs = best.select(
        pl.when(turned).then(two).otherwise(one).alias("left_id"),
        pl.when(turned).then(one).otherwise(two).alias("right_id"),
    )
    linkable = books.truth.filter(pl.col("kind") != "batch")
    return {**seconds, "all": score(pairs, books.truth), "on_linkable": score(pairs, linkable)}
