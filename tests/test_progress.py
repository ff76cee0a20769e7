"""Progress of a part of the work."""

from app.progress import onward, part_of


def test_a_part_reports_its_share_of_the_whole() -> None:
    reported: list[float] = []
    part = part_of(part_of(reported.append, 0.5, 1.0), 0.0, 0.5)
    for done in (0.0, 0.5, 1.0):
        part(done)
    assert reported == [0.5, 0.625, 0.75]


def test_parts_that_take_turns_never_lead_back() -> None:
    reported: list[float] = []
    report = onward(reported.append)
    for done in (0.1, 0.5, 0.2, 0.6):
        report(done)
    assert reported == [0.1, 0.5, 0.5, 0.6]
