import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from chassis.ids import list_uuid7, uuid7


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)


def test_an_id_tells_its_moment_to_the_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    moment = uuid7().int >> 80
    assert before <= moment <= time.time_ns() // 1_000_000 + 1


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert [str(each) for each in made] == sorted(str(each) for each in made)


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: uuid7(), range(20_000)))
    assert len(set(made)) == len(made)


def test_a_list_of_ids_goes_on_from_the_one_before() -> None:
    made = [uuid7(), *list_uuid7(1000), uuid7(), *list_uuid7(0), *list_uuid7(2)]
    assert made == sorted(set(made))
    assert len(made) == 1004
    assert {(it.version, it.variant) for it in made} == {(7, RFC_4122)}
