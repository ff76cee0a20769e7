"""Progress of a part of the work."""

from app.progress import part_of


def test_a_part_reports_its_share_of_the_whole() -> None:
    reported: list[float] = []
    part = part_of(part_of(reported.append, 0.5, 1.0), 0.0, 0.5)
    for done in (0.0, 0.5, 1.0):
        part(done)
    assert reported == [0.5, 0.625, 0.75]
