"""docs/settings.md lists what the code reads, so that no variable is known to one person only."""

from tests.house.settings import PAGE, SECTIONS, every_class, own_fields, page, sentences


def test_the_page_is_what_the_code_reads() -> None:
    assert PAGE.read_text() == page(), "run `make settings` and read the difference"


def test_every_class_of_settings_is_on_the_page() -> None:
    shown = {cls for _, _, cls in SECTIONS}
    assert {cls.__qualname__ for cls in every_class() if cls not in shown} == set()


def test_every_setting_says_what_it_is_for() -> None:
    silent = [
        f"{cls.__module__}: {field.name}"
        for _, _, cls in SECTIONS
        for field in own_fields(cls)
        if not sentences(cls).get(field.name)
    ]
    assert silent == []
