"""What silver and gold refer to is there; where it is not, the build fails and says so."""

import json
from collections.abc import Mapping
from typing import Any

import duckdb

ORPHAN = "nothing is called so"


def references(built: Any) -> list[Mapping[str, Any]]:
    """The tests of references that stop a build."""
    manifest = json.loads((built.target / "manifest.json").read_text("utf-8"))
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("test_metadata", {}).get("name", "").startswith("relationships")
        and node["config"]["severity"].lower() == "error"
    ]


def test_each_reference_holds_and_is_found_broken_by_one_orphan(built: Any) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text("utf-8"))
    tests = references(built)
    assert len(tests) >= 15
    for test in tests:
        child = manifest["nodes"][test["attached_node"]]
        table = f"{child['schema']}.{child['name']}"
        about = test["test_metadata"]["kwargs"]
        columns = about.get("columns") or [about["column_name"]]
        query = next(built.target.rglob(f"compiled/**/{test['path']}")).read_text("utf-8")
        with duckdb.connect(":memory:") as con:
            built.lake.register(con, *built.first)
            assert con.execute(query).fetchall() == [], test["name"]
            con.execute(f"create table planted as select * from {table}")
            values = ", ".join("?" for _ in columns)
            con.execute(
                f"insert into planted ({', '.join(columns)}) values ({values})",
                [ORPHAN] * len(columns),
            )
            con.execute(f"create or replace view {table} as select * from planted")
            assert len(con.execute(query).fetchall()) == 1, test["name"]
