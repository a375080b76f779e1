"""What is generated from the code says what the code says."""

from docs.generate import ROOT, stale


def test_no_generated_file_is_stale() -> None:
    assert [str(path.relative_to(ROOT)) for path in stale()] == []
