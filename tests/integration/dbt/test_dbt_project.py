import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlglot
import yaml

from quality.contract import contract, contracts
from quality.dbt_documents import files
from quality.reconciliation.rules import RULES

MODELS = ("stg_", "int_", "dim_", "fct_", "ftr_")
VERSIONED = re.compile(r"(?:latest_version|document_versions)\('(\w+)'\)")
BANNED = {
    "qualify": r"\bqualify\b",
    "group by all": r"\bgroup\s+by\s+all\b",
    "order by all": r"\border\s+by\s+all\b",
    "asof join": r"\basof\b",
    "a frame over a range": r"\brange\s+between\b",
    "exclude or except columns": r"\*\s*(exclude|except|replace)\b",
    "a cast by colons": r"::",
    "division outside a macro": r"(?<![/*'])/(?![/*'])",
    "filter on an aggregate": r"\bfilter\s*\(",
    "a distinct on": r"\bdistinct\s+on\b",
    "an interval": r"\binterval\b",
    "an engine's own date function": r"\b(date_diff|datediff|date_add|strptime|strftime|list)\s*\(",
    "a concat, which only one engine makes null": r"\bconcat\s*\(",
    "a trim, which knows other spaces elsewhere": r"\btrim\s*\(",
}
NEVER_NULL = {
    "account_id", "arrival_number", "balance_date", "balance_index", "booking_date", "content",
    "date", "day", "detail_index",
    "effective_date", "entry_index", "event_id", "fact_date", "known_at", "known_date", "number",
    "occurred_at", "period_number", "place", "posting_id", "rate_date", "reaches_to", "receipt_id",
    "received_date", "recorded_at", "source_file", "statement_id", "tier", "stated_at", "told_at",
}  # fmt: skip
"""Columns that may be ordered by without saying where nulls go."""


@pytest.fixture(scope="module")
def manifest(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What dbt makes of the project."""
    from dbt.cli.main import dbtRunner

    target = tmp_path_factory.mktemp("target")
    project = str(repository / "dbt_project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAKE_ROOT", str(tmp_path_factory.mktemp("lake")))
        patch.delenv("DBT_SCRATCH", raising=False)
        said = dbtRunner().invoke(
            ["--quiet", "parse", "--project-dir", project, "--profiles-dir", project,
             "--target-path", str(target), "--log-path", str(target)]
        )  # fmt: skip
    assert said.success, said.exception
    found: Mapping[str, Any] = json.loads((target / "manifest.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def models(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """The models by name."""
    nodes = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


@pytest.fixture(scope="module")
def sources(repository: Path) -> Mapping[str, str]:
    """The text of every model, without Jinja comments."""
    files = (repository / "dbt_project" / "models").rglob("*.sql")
    return {
        file.stem: re.sub(r"{#.*?#}", "", file.read_text("utf-8"), flags=re.S) for file in files
    }


def test_every_model_has_a_layer_a_stage_an_owner_and_a_grain(models: Mapping[str, Any]) -> None:
    for name, node in models.items():
        assert name.startswith(MODELS), name
        assert node["config"]["materialized"] in ("delta", "ephemeral"), name
        assert node["schema"] in ("silver", "gold", "features"), name
        assert set(node["tags"]) in ({"silver"}, {"gold"}), name
        assert node["config"].get("group"), name
        assert node["description"].startswith("One row per"), name


def test_every_bronze_contract_has_its_source_and_its_staging_model(
    manifest: Mapping[str, Any], models: Mapping[str, Any]
) -> None:
    bronze = {name for name, each in contracts().items() if each.layer == "bronze"}
    stated = {s["name"] for s in manifest["sources"].values() if s["source_name"] == "bronze"}
    assert stated == bronze
    assert {f"stg_{name}" for name in bronze} <= models.keys()


def test_staging_keeps_every_column_of_its_contract(
    models: Mapping[str, Any], sources: Mapping[str, str]
) -> None:
    for name, each in contracts().items():
        if each.layer != "bronze":
            continue
        text = sources[f"stg_{name}"].rpartition("\nselect\n")[2]
        missing = [column for column in each.stored_schema if not re.search(rf"\b{column}\b", text)]
        assert not missing, (name, missing)


def test_documents_are_told_apart_and_staging_is_described_by_the_contracts(
    sources: Mapping[str, str],
) -> None:
    for path, text in files().items():
        assert path.read_text("utf-8") == text, "run python -m quality.dbt_documents"
    asked = {table for text in sources.values() for table in VERSIONED.findall(text)}
    bronze = {name for name, each in contracts().items() if each.layer == "bronze"}
    assert asked == bronze


def reads_a_source(node: Mapping[str, Any]) -> bool:
    return any(parent.startswith("source.") for parent in node["depends_on"]["nodes"])


def test_staging_alone_reads_what_others_wrote(models: Mapping[str, Any]) -> None:
    readers = {name for name, node in models.items() if reads_a_source(node)}
    assert {name for name in readers if not name.startswith("stg_")} == set()
    assert {"stg_receipts", "stg_receipts_versions", "stg_recon_matches"} <= readers
    assert all("staging" in models[name]["fqn"] for name in readers)


def test_staging_reads_nothing_that_comes_after_it(models: Mapping[str, Any]) -> None:
    for name, node in models.items():
        if name.startswith("stg_"):
            read = {
                parent.split(".")[-1]
                for parent in node["depends_on"]["nodes"]
                if "model." in parent
            }
            assert {each for each in read if not each.startswith("stg_")} == set(), name


def test_what_is_built_before_the_reconciliation_reads_nothing_of_it(
    manifest: Mapping[str, Any], models: Mapping[str, Any]
) -> None:
    @functools.cache
    def sources_of(unique_id: str) -> set[str]:
        if unique_id.startswith("source."):
            return {unique_id}
        parents = manifest["nodes"][unique_id]["depends_on"].get("nodes", ())
        return {source for parent in parents for source in sources_of(parent)}

    def of_the_reconciliation(node: Mapping[str, Any]) -> bool:
        return any(".reconciliation." in source for source in sources_of(node["unique_id"]))

    tables = [node for node in models.values() if node["config"]["materialized"] == "delta"]
    before = [node for node in tables if set(node["tags"]) == {"silver"}]
    assert len(before) > 30
    assert [node["name"] for node in before if of_the_reconciliation(node)] == []
    assert of_the_reconciliation(models["fct_matches"])


def test_marts_and_features_have_contracts_with_every_column_typed_and_described(
    models: Mapping[str, Any],
) -> None:
    public = {name: node for name, node in models.items() if node["schema"] != "silver"}
    assert len(public) == 25
    for name, node in public.items():
        assert node["config"]["contract"]["enforced"], name
        assert node["access"] == "public", name
        for column in node["columns"].values():
            assert column["data_type"], (name, column["name"])
            assert column["description"].endswith("."), (name, column["name"])


def test_gold_contracts_and_dbt_contracts_say_the_same(models: Mapping[str, Any]) -> None:
    gold = {name: node for name, node in models.items() if node["schema"] == "gold"}
    for name, node in gold.items():
        stated = [(c.name, c.sql_type.lower(), c.description) for c in contract(name).columns]
        enforced = [(c["name"], c["data_type"], c["description"]) for c in node["columns"].values()]
        assert stated == enforced, name
        assert contract(name).owner == node["config"]["group"], name


def test_what_must_be_given_and_the_key_are_tested_by_dbt_too(
    manifest: Mapping[str, Any], models: Mapping[str, Any]
) -> None:
    tests = [n for n in manifest["nodes"].values() if n["resource_type"] == "test"]
    for name, node in models.items():
        if node["schema"] != "gold":
            continue
        own = [t for t in tests if t.get("attached_node") == node["unique_id"]]
        columns = {
            kind: {
                column
                for test in own
                if test["test_metadata"]["name"] == kind
                for column in test["test_metadata"]["kwargs"]["columns"]
            }
            for kind in ("unique_together", "complete")
        }
        promised = contract(name)
        assert columns["unique_together"] == set(promised.key), name
        required = {column.name for column in promised.columns if column.required}
        assert columns["unique_together"] | columns["complete"] == required, name


def test_no_money_is_a_float(models: Mapping[str, Any]) -> None:
    floats = {
        column["name"]
        for node in models.values()
        for column in node["columns"].values()
        if column["data_type"] in ("double", "float", "real")
    }
    assert floats == {"score", "hours_in_state", "average_days_late_180d"}


def test_every_type_is_one_that_column_lineage_can_read(models: Mapping[str, Any]) -> None:
    types = {
        c["data_type"]
        for node in models.values()
        for c in node["columns"].values()
        if c["data_type"]
    }
    assert "timestamp with time zone" in types
    for each in types:
        assert sqlglot.exp.DataType.build(each, dialect="duckdb").sql("duckdb"), each


@pytest.mark.parametrize("construct", BANNED)
def test_models_use_only_sql_that_duckdb_and_spark_share(
    sources: Mapping[str, str], construct: str
) -> None:
    used = [name for name, text in sources.items() if re.search(BANNED[construct], text, re.I)]
    assert not used


def test_a_banned_construct_would_be_found() -> None:
    spoilt = {
        "division outside a macro": "select a / b",
        "a cast by colons": "select a::date",
        "a frame over a range": "over (order by d range between x and y)",
        "an interval": "d + interval 1 day",
    }
    for construct, text in spoilt.items():
        assert re.search(BANNED[construct], text, re.I), construct


def order_keys(text: str) -> Iterator[str]:
    """What windows are ordered by, key by key; what a key has in parentheses stands in brackets."""
    while found := re.search(r"\(([^()]*)\)", text):
        _, *ordered = re.split(r"\border by\b|\brows between\b", found[1])
        for keys in ordered[:1]:
            yield from (key.strip() for key in keys.split(","))
        inside = "" if ordered else found[1].replace(",", "")
        text = f"{text[: found.start()]}[{inside}]{text[found.end() :]}"


def places_nulls(key: str) -> bool:
    """Whether nulls come where they do on both engines: last when descending, or where it says."""
    last = re.split(r"[\s.\[]+", key.removesuffix(" asc").removesuffix(" end").rstrip("]"))[-1]
    return last in {"desc", "last", "first", "0", "''"} | NEVER_NULL


def test_an_ascending_order_says_where_nulls_go(sources: Mapping[str, str]) -> None:
    assert [*order_keys("over (order by t.a, f(b, c) rows between x)")] == ["t.a", "f[b c]"]
    assert not places_nulls("length[sequence]")
    keys = [(name, key) for name, text in sources.items() for key in order_keys(text)]
    assert len(keys) > 50
    assert not [(name, key) for name, key in keys if not places_nulls(key)]


def test_a_rank_that_is_published_says_its_type(
    models: Mapping[str, Any], sources: Mapping[str, str]
) -> None:
    rank = re.compile(r"(?:row_number|rank|dense_rank)\(\) over \([^()]*\) as (\w+)")
    assert rank.findall("row_number() over (partition by a order by b) as c") == ["c"]
    for name, text in sources.items():
        assert not {*rank.findall(text)} & models[name]["columns"].keys(), name


def test_every_macro_for_one_engine_has_its_twin_for_the_other(repository: Path) -> None:
    text = "".join(
        file.read_text("utf-8") for file in (repository / "dbt_project" / "macros").glob("*.sql")
    )
    dispatched = set(re.findall(r"adapter\.dispatch\('(\w+)'\)", text))
    assert dispatched
    for name in dispatched:
        for engine in ("duckdb", "spark"):
            assert f"macro {engine}__{name}(" in text, (engine, name)


def test_decisions_are_effective_dated_and_complete(repository: Path) -> None:
    owners = pl.read_csv(repository / "dbt_project" / "seeds" / "break_owners.csv")
    accepted = next(c for c in contract("fct_breaks").columns if c.name == "break_type")
    anywhere = owners.filter(pl.col("recon") == "*")
    assert set(anywhere["break_type"]) == set(accepted.valid_values)
    assert owners["effective_from"].null_count() == 0
    assert set(owners["recon"]) <= {"*", *(rules.stem for rules in RULES.glob("*.yaml"))}
    assert set(owners["break_type"]) <= set(accepted.valid_values)
    groups = yaml.safe_load(
        (repository / "dbt_project" / "models" / "_groups.yml").read_text("utf-8")
    )
    assert set(owners["owner"]) <= {group["name"] for group in groups["groups"]}


def test_the_project_sends_nothing_home(repository: Path) -> None:
    project = yaml.safe_load((repository / "dbt_project" / "dbt_project.yml").read_text("utf-8"))
    assert project["flags"]["send_anonymous_usage_stats"] is False
