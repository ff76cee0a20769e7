from app.training.scores.acceptance import criteria_table, synthesis_criteria
from tests.training.report.test_synthesis_report import SCORES


def test_the_criteria_are_means_of_the_net_alone() -> None:
    held = {criterion.claim: criterion for criterion in synthesis_criteria(SCORES, rtf=0.2)}
    assert held["Q at most .040"].measured == "0.0450"
    assert not held["Q at most .040"].holds
    assert held["cos_pitch at least .93"].holds
    assert held["duration error at most 6 %"].measured == "3.0%"
    assert not held["real-time factor under .1 on one thread"].holds


def test_the_table_says_of_each_criterion_whether_it_holds() -> None:
    rows = criteria_table(synthesis_criteria(SCORES, rtf=0.2)).splitlines()[2:]
    assert len(rows) == 5
    assert rows[0] == "| Q at most .040 | 0.0450 | no |"
    assert rows[1].endswith("| yes |")
