"""docs/refusals.md lists what the code says, so that a renamed class cannot rename a reason."""

import inspect
import re

from tests.house.refusals import PAGE, import_everything, page, refusals
from tests.house.tree import ROOT

RUSSIAN = ROOT / "web/src/words/refusals_ru.js"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text() == page(), "run `make refusals` and read the difference"


def test_every_refusal_says_when_it_is_said() -> None:
    import_everything()
    silent = [cls.__qualname__ for cls in refusals() if not inspect.getdoc(cls)]
    assert silent == []


def test_a_service_gives_a_reason_one_meaning() -> None:
    import_everything()
    places: dict[tuple[str, str], set[str]] = {}
    for cls in set(refusals()):
        service = ".".join(cls.__module__.split(".")[:2])
        places.setdefault((service, cls.reason), set()).add(cls.__module__)
    assert {key: modules for key, modules in places.items() if len(modules) > 1} == {}


def test_what_the_web_app_says_in_russian_is_a_refusal() -> None:
    reasons = re.findall(r"^  ([A-Z_]+): ", RUSSIAN.read_text(), re.MULTILINE)
    assert reasons, "there is no line of a reason any more"
    assert reasons == sorted(set(reasons))
    assert [reason for reason in reasons if f"`{reason}`" not in PAGE.read_text()] == []
