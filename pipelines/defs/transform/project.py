"""The dbt project as Dagster knows it, with its manifest made anew when a model changed."""

from pathlib import Path

from dagster_dbt import DbtProject

from pipelines.settings import DBT_PROJECT, enter

enter()
project = DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT)


def _changed_at(folder: Path) -> float:
    kept = ("models", "macros", "seeds", "tests")
    files = [path for name in kept for path in (folder / name).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in (*files, *folder.glob("*.yml")))


def ensure_manifest() -> Path:
    """The path of a manifest that is as new as the models; dbt parses them if need be."""
    manifest = project.manifest_path
    if not manifest.exists() or manifest.stat().st_mtime < _changed_at(project.project_dir):
        project.preparer.prepare(project)
    return manifest
