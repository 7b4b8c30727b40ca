"""The story that `fieldkit demo --check` tells, and the proof that it can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.commands.edge import Cost
from fieldkit.commands.practice.sabotage import SABOTAGES, striking
from fieldkit.commands.practice.story import Story
from fieldkit.config import QUICK_KDF
from tests.trips.warm_fieldkit import warmed

QUICK = (str(Path(__file__).parent / "quick_fieldkit.py"),)


@pytest.mark.timeout(300)
def test_the_whole_story_goes_as_promised(tmp_path: Path) -> None:
    with warmed(tmp_path) as program:
        story = Story(tmp_path, program=program)
        story.tell()
    assert [step for step in story.steps if not step.ok] == []
    assert len(story.steps) > 40


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(SABOTAGES))
def test_a_sabotaged_story_fails(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cost, "kdf", QUICK_KDF)
    story = Story(tmp_path, striking(name), program=QUICK)
    story.tell()
    assert not story.kept
    assert any(step.ok for step in story.steps)
