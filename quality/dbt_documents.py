"""What the contracts say about documents, as the dbt macro that the staging models read.

The macro, and the descriptions of the staging models, are written by
`python -m quality.dbt_documents`; a test holds the files to the contracts.
"""

from pathlib import Path

from quality.contract import Contract, contracts
from quality.dbt_staging import (
    STAGING,
    bronze_sources,
    staging_models,
    tables_with_versions,
    version_models,
)

MACRO = Path(__file__).parents[1] / "dbt_project" / "macros" / "contracted_documents.sql"

_HEAD = """\
{# Written by `python -m quality.dbt_documents` from the contracts of bronze: what makes a document
   (`key`, of which `optional` may be empty), the `tables` its rows lie in, what tells its lines
   apart (`line`), what grows with every newer state of it (`version`), which rows are `counted`,
   what they add up to (`amount`), and the `feed` by which its files arrive. #}
{% macro contracted_documents() %}
    {{ return({
"""
_TAIL = """\
    }) }}
{% endmacro %}
"""


def written() -> str:
    """The text of the macro."""
    tables = (one for one in contracts().values() if one.layer == "bronze")
    return _HEAD + "".join(f"        {one.name!r}: {_said(one)},\n" for one in tables) + _TAIL


def _said(table: Contract) -> str:
    required = {column.name for column in table.columns if column.required}
    said = {
        "feed": table.feed,
        "key": list(table.document_key),
        "optional": [name for name in table.document_key if name not in required],
        "tables": list(table.document_tables),
        "line": list(table.line_key),
        "version": table.version_column or "",
        "counted": table.counted_where or "",
        "amount": table.amount or "",
    }
    lines = ",\n".join(f"            {name!r}: {value!r}" for name, value in said.items())
    return "{\n" + lines + "\n        }"


def files() -> dict[Path, str]:
    """What is written from the contracts: each file of the dbt project, and its text."""
    return {
        MACRO: written(),
        STAGING / "_bronze.yml": bronze_sources(),
        STAGING / "_staging.yml": staging_models(),
        STAGING / "versions" / "_versions.yml": version_models(tables_with_versions()),
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, "utf-8")
