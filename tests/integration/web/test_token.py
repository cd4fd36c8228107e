"""The token of a lake: made once, read by its owner alone, never guessed."""

import stat
from pathlib import Path

import pytest

from pipelines.web.token import FILE, TokenError, access_token


def test_a_token_is_made_once_and_kept_where_its_owner_alone_reads(tmp_path: Path) -> None:
    root = tmp_path / "a new lake"
    token = access_token(root, None)
    assert len(token.secret) >= 40
    assert stat.S_IMODE((root / FILE).stat().st_mode) == 0o600
    assert access_token(root, None).secret == token.secret
    assert str(root / FILE) in token.place
    assert token.secret not in repr(token)
    assert [path.name for path in root.iterdir()] == [FILE]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_token_that_others_could_have_read_is_replaced(tmp_path: Path, mode: int) -> None:
    first = access_token(tmp_path, None).secret
    (tmp_path / FILE).chmod(mode)
    second = access_token(tmp_path, None).secret
    assert second != first
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_link_to_somewhere_else_is_no_token(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("x" * 40)
    elsewhere.chmod(0o600)
    (tmp_path / FILE).symlink_to(elsewhere)
    with pytest.raises(TokenError, match="cannot be kept"):
        access_token(tmp_path, None)


def test_a_setting_counts_and_a_short_one_is_refused(tmp_path: Path) -> None:
    assert access_token(tmp_path, "sixteen-letters-").secret == "sixteen-letters-"
    assert not (tmp_path / FILE).exists()
    with pytest.raises(TokenError, match="could be guessed") as told:
        access_token(tmp_path, "short")
    assert "short" not in str(told.value).replace("shorter", "")
