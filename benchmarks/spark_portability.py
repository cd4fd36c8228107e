"""The dbt project's SQL on Spark, model by model, beside what DuckDB made of it.

Every model is compiled for Spark and run there over the tables of a finished lake, never over
another result of Spark, so that one difference does not spread. What comes out must be what the
lake, built from the same models, holds: the same columns of the same types, the same rows as often
(their order is nobody's promise), decimals exactly, floating-point numbers to nine digits. Tables
are read as the Parquet files of their newest version: Spark's connector for Delta is not tried.

Spark and its adapter are no part of the project. In an environment of their own, with Java 17:
`pip install "dbt-core<1.12" "dbt-spark[session]" "pyspark==4.1.*" deltalake polars pyarrow`, then
from the root of the repository `python -m benchmarks.spark_portability <lake> --as-of <day>`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import DeltaTable

PROJECT = Path(__file__).parent.parent / "dbt_project"

PROFILE = """
countinghouse:
  target: spark
  outputs:
    spark: {type: spark, method: session, host: none, schema: silver, threads: 1}
"""

SETTINGS = {
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
}
"""A small Spark; what is not said here, ANSI mode before all, is as it comes."""

TOLERANCE = 1e-9
"""By how much, in proportion, two floating-point numbers may differ: sums have no order."""


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """One model on Spark: its rows, and how they differ from the lake's; empty when equal."""

    model: str
    rows: int
    difference: str
    seconds: float


def compiled(as_of: str, folder: Path) -> Mapping[str, Any]:
    """The manifest of dbt with every model's SQL for Spark.

    Raises:
        RuntimeError: something does not compile.
    """
    from dbt.cli.main import dbtRunner

    (folder / "profiles.yml").write_text(PROFILE, "utf-8")
    said = dbtRunner().invoke(
        ["--quiet", "compile", "--no-populate-cache", "--project-dir", str(PROJECT),
         "--profiles-dir", str(folder), "--target-path", str(folder), "--log-path", str(folder),
         "--vars", json.dumps({"as_of": as_of})]
    )  # fmt: skip
    if not said.success:
        raise RuntimeError(f"the project does not compile for Spark: {said.exception}")
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))


def is_table(node: Mapping[str, Any]) -> bool:
    """Whether a node is a table of the lake: an ephemeral model is part of its readers' SQL."""
    if node["resource_type"] == "model":
        return bool(node["config"]["materialized"] != "ephemeral")
    return bool(node["resource_type"] == "source")


def session(folder: Path) -> Any:
    """A Spark in this process that keeps its tables in `folder`."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config(map=SETTINGS)
    return builder.config("spark.sql.warehouse.dir", str(folder / "warehouse")).getOrCreate()


def show(spark: Any, lake: Path, manifest: Mapping[str, Any], folder: Path) -> None:
    """Copy into Spark, under their own names, the tables of the lake and the project's seeds."""
    from pyspark.sql.types import StructType

    (nothing := folder / "nothing").mkdir()
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        if node["resource_type"] == "seed":
            types = node["config"]["column_types"]
            columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
            file = str(PROJECT / node["original_file_path"])
            frame = spark.read.csv(file, columns, header=True)
        elif is_table(node):
            table = DeltaTable(lake / node["schema"] / node["name"])
            schema = StructType.fromJson(json.loads(table.schema().to_json()))
            frame = spark.read.schema(schema).parquet(*(table.file_uris() or [str(nothing)]))
        else:
            continue
        spark.sql(f"create database if not exists {node['schema']}")
        frame.write.saveAsTable(node["relation_name"], format="parquet")


def outcomes(spark: Any, manifest: Mapping[str, Any], only: set[str]) -> Iterator[ModelComparison]:
    """Run the models and compare each with its table; all of them when `only` is empty."""
    for node in manifest["nodes"].values():
        wanted = not only or node["name"] in only
        if node["resource_type"] != "model" or not is_table(node) or not wanted:
            continue
        began = time.perf_counter()
        rows, difference = 0, ""
        try:
            ours, theirs = spark.sql(node["compiled_code"]), spark.table(node["relation_name"])
            difference = types_apart(ours.dtypes, theirs.dtypes)
            if not difference.startswith("columns"):
                left, right = _frame(ours), _frame(theirs)
                rows = left.height
                difference = "; ".join(filter(None, [difference, rows_apart(left, right)]))
        except Exception as error:  # whatever Spark says is the finding
            difference = str(error).partition("\n")[0]
        yield ModelComparison(node["name"], rows, difference, time.perf_counter() - began)


def _frame(rows: Any) -> pl.DataFrame:
    frame = pl.from_arrow(rows.toArrow())
    assert isinstance(frame, pl.DataFrame)
    return frame


def types_apart(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> str:
    """What the columns are that Spark names or types otherwise; empty when none is."""
    if [name for name, _ in ours] != [name for name, _ in theirs]:
        return f"columns {sorted({*dict(ours)} ^ {*dict(theirs)}) or 'in another order'}"
    wrong = [
        f"{name} is {kind}, not {wanted}"
        for (name, kind), (_, wanted) in zip(ours, theirs, strict=True)
        if kind != wanted
    ]
    return "types: " + ", ".join(wrong) if wrong else ""


def rows_apart(ours: pl.DataFrame, theirs: pl.DataFrame) -> str:
    """How many rows only one side has, and in which columns; empty when none.

    Floating-point columns come last in the order, and are compared when all else is the same.
    """
    floats = [name for name, kind in theirs.schema.items() if kind.is_float()]
    exact = [name for name in theirs.columns if name not in floats]
    ours = ours.cast(theirs.schema).sort([*exact, *floats])
    theirs = theirs.sort([*exact, *floats])
    if ours.height != theirs.height:
        return f"{ours.height} rows, not {theirs.height}"
    apart = {name: int(ours[name].ne_missing(theirs[name]).sum()) for name in exact}
    for name in floats:
        gap, size = (ours[name] - theirs[name]).abs(), theirs[name].abs()
        unlike = (gap > TOLERANCE * size).fill_null(False)
        unlike |= ours[name].is_null() != theirs[name].is_null()
        apart[name] = int(unlike.sum())
    told = ", ".join(f"{name} ({count} rows)" for name, count in apart.items() if count)
    return f"values of {told}" if told else ""


def main() -> int:
    """Compare and print; 1 when a model differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lake", type=Path)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--only", nargs="*", default=[], metavar="MODEL")
    asked = parser.parse_args()
    done = []
    with tempfile.TemporaryDirectory() as folder:
        manifest = compiled(asked.as_of, Path(folder))
        spark = session(Path(folder))
        show(spark, asked.lake, manifest, Path(folder))
        print(f"{'model':36}{'rows':>9}{'seconds':>9}  equal, or why not")
        for each in outcomes(spark, manifest, set(asked.only)):
            told = each.difference or "equal"
            print(f"{each.model:36}{each.rows:9,}{each.seconds:9.1f}  {told}", flush=True)
            done.append(each)
        spark.stop()
    equal = sum(not each.difference for each in done)
    print(f"{equal} of {len(done)} models equal")
    return 0 if equal == len(done) else 1


if __name__ == "__main__":
    sys.exit(main())
