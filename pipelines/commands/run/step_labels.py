"""Steps in the words of the people who wait for them."""

_WORDS = {
    "landing__files": "taking stock of what arrived",
    "silver": "silver: one name and one type for each thing",
    "reconciled": "reconciling",
    "control__break_events": "recording what became of every break",
    "control__controls": "evaluating controls",
    "controls_hold": "showing failed controls in red",
    "marts_keep_their_contracts": "holding marts against their contracts",
    "gold": "gold: marts and feature tables",
    "features__online_store": "materialising features",
    "online_equals_offline": "proving online features equal to offline ones",
}


def in_words(step: str) -> str:
    """What a step does, for people."""
    if step.startswith("take_in_"):
        return f"taking in {step.removeprefix('take_in_').replace('_', ' ')}"
    name = step.rsplit("__", 1)[-1].replace("_", " ")
    return _WORDS.get(step, name)
