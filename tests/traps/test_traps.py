"""Every trap that is listed is shown to be none by tests that there are."""

from tests.traps.reading import names_in, read_traps


def test_every_test_that_a_trap_names_is_there() -> None:
    named = {
        (file, name)
        for each in read_traps()
        for file, names in each.shown.items()
        for name in names
    }
    there = {(file, name) for file, _ in named for name in names_in(file)}

    assert named - there == set()
