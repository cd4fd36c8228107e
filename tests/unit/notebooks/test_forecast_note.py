"""The sentence under the forecast names who publishes it."""

from notebooks.page_queries import publisher_text


def test_a_baseline_has_no_version_and_none_is_shown() -> None:
    sentence = publisher_text("seasonal_naive_28", None)
    assert "None" not in sentence
    assert sentence == "No trained model has beaten the baseline: seasonal_naive_28 publishes."


def test_a_trained_model_is_named_with_its_version() -> None:
    assert "ridge_on_calendar, version 20260630-1f" in publisher_text(
        "ridge_on_calendar", "20260630-1f"
    )
