"""A bar on a terminal, lines elsewhere."""

import io

from chassis.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_rate_share_and_remaining_time_are_shown() -> None:
    progress = ProgressBar("habits", 1_000, out=io.StringIO())
    progress.advance(250)
    assert progress.text(10.0) == "250 of 1,000 habits (25%), 25 a second, 0:00:30 left"


def test_without_a_total_there_is_no_remaining_time() -> None:
    progress = ProgressBar("habits", out=io.StringIO())
    progress.advance(5)
    assert progress.text(1.0) == "5 habits, 5 a second"


def test_more_than_was_expected_is_all_of_it() -> None:
    progress = ProgressBar("habits", 2, out=io.StringIO())
    progress.advance(3)
    assert progress.text(1.0) == "3 of 2 habits (100%), 3 a second"


def test_a_terminal_has_one_line_that_is_written_over() -> None:
    out = Terminal()
    progress = ProgressBar("habits", 2, out=out)
    progress.advance()
    progress.advance()
    progress.finish()
    assert out.getvalue().startswith("\r\x1b[K[")
    assert out.getvalue().count("\n") == 1
    assert "2 of 2 habits (100%)" in out.getvalue()


def test_a_file_gets_no_control_characters_and_nothing_of_a_short_run() -> None:
    out = io.StringIO()
    progress = ProgressBar("habits", 2, out=out)
    progress.advance(2)
    progress.finish()
    assert out.getvalue() == ""
