"""The forecast: pure functions of the schedule, the measured speeds and the time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from app.jobs.forecast import Schedule
from app.jobs.job import Job, JobStatus
from app.jobs.simulation import Seat
from app.jobs.speed import DECAY, Speed
from tests.documents.choices import Choices, made

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STAGES = ("extract", "transcribe", "summarize")


def measured(*pairs: tuple[float, float]) -> Speed:
    """Return what is known after measuring (seconds of sound, seconds of work)."""
    sums = [0.0] * 5
    for x, y in pairs:
        sums = [old * DECAY + new for old, new in zip(sums, (1.0, x, y, x * x, x * y), strict=True)]
    return Speed(*sums)


SPEEDS = {"extract": measured((100, 1)), "transcribe": measured((100, 50)), "summarize": measured((100, 9))}


def queued(name: str, sound_s: float | None = 100, **more: object) -> Job:
    job = Job(name, "anna", name, 1, "ru", STAGES, JobStatus.QUEUED, NOW, duration_s=sound_s)
    return replace(job, **more)  # type: ignore[arg-type]


def running(name: str, stage: str, progress: float, since_s: float, sound_s: float | None = 100) -> Job:
    finished = STAGES[: STAGES.index(stage)]
    return queued(
        name,
        sound_s,
        status=JobStatus.RUNNING,
        stage=stage,
        progress=progress,
        stage_started_at=NOW - timedelta(seconds=since_s),
        progressed_at=NOW,
        started_at=NOW - timedelta(seconds=since_s + 1),
        engines=dict.fromkeys(finished, "an engine"),
    )


def test_work_has_a_fixed_part_and_a_part_for_each_second() -> None:
    speed = measured((100, 30), (200, 40), (400, 60))
    assert speed.work_s(0) == pytest.approx(20)
    assert speed.work_s(1000) == pytest.approx(120)


def test_one_measurement_goes_with_the_length() -> None:
    assert measured((100, 50)).work_s(300) == pytest.approx(150)


def test_measurements_that_fall_with_the_length_are_not_extended_below_zero() -> None:
    speed = measured((100, 50), (1000, 10))
    assert speed.work_s(10_000) > 0


def test_an_unknown_length_is_taken_as_the_usual_one() -> None:
    assert measured((100, 10), (300, 30)).work_s(None) == pytest.approx((10 * DECAY + 30) / (DECAY + 1))


def test_the_machine_that_grew_slower_is_noticed_after_a_few_jobs() -> None:
    speed = measured(*[(100.0, 10.0)] * 20, *[(100.0, 40.0)] * 5)
    assert 25 < speed.work_s(100) < 40


def test_a_job_that_no_worker_could_take_is_told_so_and_no_time() -> None:
    seats = [Seat(frozenset({"cpu"}))]
    here, there = queued("a"), queued("b", queue="gpu")
    schedule = Schedule([here, there], SPEEDS, seats, gpu_stages=frozenset(STAGES))
    alone, other = schedule.forecast(there, NOW), schedule.forecast(here, NOW)
    assert (alone.unattended, alone.position, alone.starts_in_s, alone.remaining_s) == (True, 1, None, None)
    assert not other.unattended
    assert not Schedule([there], SPEEDS, [Seat()]).forecast(there, NOW).unattended, "it takes from all queues"


def test_waiting_jobs_start_when_those_before_them_end() -> None:
    jobs = [queued("a"), queued("b", 200), queued("c")]
    schedule = Schedule(jobs, SPEEDS, [Seat()] * 1)
    forecasts = [schedule.forecast(job, NOW) for job in jobs]
    assert [f.position for f in forecasts] == [1, 2, 3]
    assert [f.starts_in_s for f in forecasts] == pytest.approx([0, 60, 180])
    assert [f.remaining_s for f in forecasts] == pytest.approx([60, 180, 240])


def test_two_workers_share_the_queue() -> None:
    jobs = [queued("a"), queued("b", 200), queued("c"), queued("d")]
    times = Schedule(jobs, SPEEDS, [Seat()] * 2).times(NOW)
    assert [times[job.id][0] for job in jobs] == pytest.approx([0, 0, 60, 120])


def test_a_running_job_is_as_far_as_its_stage() -> None:
    job = running("a", "transcribe", 0.5, since_s=25)
    forecast = Schedule([job], SPEEDS, [Seat()] * 1).forecast(job, NOW)
    assert forecast.remaining_s == pytest.approx(25 + 9)
    assert forecast.fraction == pytest.approx((1 + 25) / 60)
    assert forecast.elapsed_s == pytest.approx(26)
    assert forecast.position is None
    assert forecast.starts_in_s is None


def test_a_job_slower_than_measured_is_believed_more_the_further_it_is() -> None:
    early = running("a", "transcribe", 0.1, since_s=20)  # pace: 200 s, measured: 50 s
    late = running("a", "transcribe", 0.9, since_s=180)
    left = [Schedule([job], SPEEDS, [Seat()] * 1).forecast(job, NOW).remaining_s for job in (early, late)]
    assert left == pytest.approx([0.9 * 125 + 9, 0.1 * 185 + 9])


def test_the_remaining_time_counts_down_between_two_reports() -> None:
    job = running("a", "transcribe", 0.5, since_s=25)
    schedule = Schedule([job], SPEEDS, [Seat()] * 1)
    left = [schedule.forecast(job, NOW + timedelta(seconds=s)).remaining_s for s in (0, 10, 20)]
    assert left == pytest.approx([34, 24, 14])


@pytest.mark.parametrize("progress", [0.0, 0.01, 0.5, 0.95])
def test_a_stage_that_outlives_its_forecast_is_late_and_is_given_ever_more_time(progress: float) -> None:
    job = running("a", "transcribe", progress, since_s=progress * 50)
    schedule = Schedule([job, queued("b")], SPEEDS, [Seat()] * 1)
    seen = [schedule.forecast(job, NOW + timedelta(seconds=s)) for s in (100, 150, 600)]
    assert [forecast.late for forecast in seen] == [True] * 3
    left = [forecast.remaining_s or 0 for forecast in seen]
    assert left == sorted(left)
    assert left[2] > 500
    following = schedule.forecast(queued("b"), NOW + timedelta(seconds=600)).starts_in_s
    assert following == pytest.approx(left[2])


def test_a_slow_stage_that_does_report_is_late_by_its_own_pace() -> None:
    job = running("a", "transcribe", 0.06, since_s=104)  # 1733 s at this pace, 50 s were foreseen
    forecast = Schedule([job], SPEEDS, [Seat()] * 1).forecast(job, NOW)
    assert forecast.late
    assert forecast.remaining_s is not None
    assert forecast.remaining_s > 600


def test_a_stage_that_takes_about_as_long_as_foreseen_is_not_late() -> None:
    for progress, since_s in ((0.0, 10), (0.5, 30), (0.9, 50)):
        job = running("a", "transcribe", progress, since_s)
        assert not Schedule([job], SPEEDS, [Seat()] * 1).forecast(job, NOW).late
    assert not Schedule([queued("a")], SPEEDS, [Seat()] * 1).forecast(queued("a"), NOW).late


def test_the_fraction_does_not_fall_while_a_job_goes_on() -> None:
    for speeds in (SPEEDS, {}):
        far = [
            Schedule([], speeds, [Seat()] * 1).forecast(running("a", stage, progress, 1), NOW).fraction
            for stage in STAGES
            for progress in (0.0, 0.3, 0.9, 1.0)
        ]
        assert far == sorted(far)


def test_nothing_is_promised_before_anything_was_measured() -> None:
    jobs = [queued("a"), queued("b")]
    schedule = Schedule(jobs, {}, [Seat()] * 1)
    first, second = (schedule.forecast(job, NOW) for job in jobs)
    assert (first.starts_in_s, first.remaining_s) == (0, None)
    assert (second.position, second.starts_in_s, second.remaining_s) == (2, None, None)


def test_the_pace_of_the_first_job_gives_a_rough_estimate_for_all() -> None:
    job, after = running("a", "transcribe", 0.5, since_s=50), queued("b")
    schedule = Schedule([job, after], {}, [Seat()] * 1)
    left = schedule.forecast(job, NOW).remaining_s
    assert left is not None
    assert left > 50, "the stage needs 50 s more, and one follows"
    next_stage = running("a", "summarize", 0.0, since_s=0)
    next_stage = replace(next_stage, started_at=NOW - timedelta(seconds=102))
    assert Schedule([next_stage], {}, [Seat()] * 1).forecast(next_stage, NOW).remaining_s == pytest.approx(10)
    assert schedule.forecast(after, NOW).starts_in_s == left
    assert schedule.forecast(after, NOW).remaining_s is not None


def test_a_job_taken_up_again_owes_only_its_unfinished_stages() -> None:
    job = queued("a", engines={"extract": "ffmpeg", "transcribe": "an engine"})
    forecast = Schedule([job], SPEEDS, [Seat()] * 1).forecast(job, NOW)
    assert forecast.remaining_s == pytest.approx(9)
    assert forecast.fraction == pytest.approx(51 / 60)


def test_an_ended_job_has_no_future() -> None:
    done = queued("a", status=JobStatus.DONE, started_at=NOW, finished_at=NOW + timedelta(seconds=70))
    forecast = Schedule([], SPEEDS, [Seat()] * 1).forecast(done, NOW + timedelta(days=1))
    assert (forecast.position, forecast.starts_in_s, forecast.remaining_s) == (None, None, None)
    assert (forecast.fraction, forecast.elapsed_s) == (1, 70)


def test_a_place_is_free_when_enough_jobs_have_ended() -> None:
    jobs = [running("a", "transcribe", 0.5, since_s=25), queued("b"), queued("c")]
    schedule = Schedule(jobs, SPEEDS, [Seat()] * 1)
    free = [schedule.place_free_in_s(n, 3, NOW) for n in (1, 2, 3, 4)]
    assert free[:3] == pytest.approx([34, 94, 154])
    assert free[3] is None, "four never fit"
    assert schedule.place_free_in_s(1, 4, NOW) == 0


def test_a_clock_that_was_put_back_gives_no_negative_times() -> None:
    job = running("a", "transcribe", 0.5, since_s=-1000)
    forecast = Schedule([job], SPEEDS, [Seat()] * 1).forecast(job, NOW)
    assert forecast.elapsed_s == 0
    assert forecast.remaining_s is not None
    assert forecast.remaining_s >= 0


def any_job(choices: Choices) -> tuple[float | None, bool, float, float]:
    sound_s = choices.between(0.1, 30_000) if choices.below(4) else None
    return sound_s, bool(choices.below(2)), choices.between(0, 1), choices.between(0, 9000)


def any_speed(choices: Choices) -> Speed:
    first, *more = ((choices.between(0.1, 30_000), choices.between(0, 90_000)) for _ in range(8))
    return measured(first, *more[: choices.below(8)])


def any_queue(
    choices: Choices,
) -> tuple[list[tuple[float | None, bool, float, float]], dict[str, Speed], int]:
    jobs = [any_job(choices), *choices.several(11, any_job)]
    return jobs, {stage: any_speed(choices) for stage in STAGES if choices.below(2)}, 1 + choices.below(4)


@given(made(any_queue, 350))
def test_every_forecast_makes_sense(
    queue: tuple[list[tuple[float | None, bool, float, float]], dict[str, Speed], int],
) -> None:
    drawn, speeds, workers = queue
    schedule_of = [
        running(f"{n}", "transcribe", progress, since_s, sound_s) if runs else queued(f"{n}", sound_s)
        for n, (sound_s, runs, progress, since_s) in enumerate(drawn)
    ]
    schedule_of.sort(key=lambda job: job.status is JobStatus.QUEUED)
    schedule = Schedule(schedule_of, speeds, [Seat()] * workers)
    forecasts = [schedule.forecast(job, NOW) for job in schedule_of]
    starts = [f.starts_in_s for f in forecasts if f.position]
    known = [start for start in starts if start is not None]
    assert known == sorted(known), "nobody overtakes"
    assert None not in starts[: len(known)], "behind what is not known nothing is known"
    assert [f.position for f in forecasts if f.position] == list(range(1, len(starts) + 1))
    for forecast in forecasts:
        assert 0 <= forecast.fraction <= 1
        assert forecast.remaining_s is None or forecast.remaining_s >= (forecast.starts_in_s or 0)


GPU, CPU = Seat(frozenset({"gpu"}), "cuda"), Seat(frozenset({"cpu"}), "cpu")
OF_DEVICES = {
    ("transcribe", "cuda"): measured((100, 5)),
    ("transcribe", "cpu"): measured((100, 50)),
    ("extract", "cpu"): measured((100, 1)),
    ("summarize", "cpu"): measured((100, 9)),
}


def test_each_stage_takes_as_long_as_on_the_kind_of_worker_that_does_it() -> None:
    """Who did it last may have been of another kind."""
    job, hears = queued("a"), frozenset({"transcribe"})
    with_gpu = Schedule([job], SPEEDS, [CPU, GPU], 0, OF_DEVICES, hears)
    assert with_gpu.times(NOW)["a"] == (0.0, pytest.approx(1 + 5 + 9))
    alone = Schedule([job], SPEEDS, [Seat(frozenset({"cpu", "gpu"}), "cpu")], 0, OF_DEVICES, hears)
    assert alone.times(NOW)["a"] == (0.0, pytest.approx(1 + 50 + 9))
    never_seen = Schedule([job], SPEEDS, [Seat(None, "mps")], 0, OF_DEVICES, hears)
    assert never_seen.times(NOW)["a"] == (0.0, pytest.approx(1 + 50 + 9))


def test_jobs_pass_one_another_between_the_kinds_of_workers() -> None:
    """While the GPU hears one, the CPU extracts the next and writes the minutes of the one before."""
    jobs = [queued("a"), queued("b")]
    times = Schedule(jobs, SPEEDS, [CPU, GPU], 0, OF_DEVICES, frozenset({"transcribe"})).times(NOW)
    assert times["a"] == (0.0, pytest.approx(15))  # 1, then 5 on the GPU, then 9
    assert times["b"] == (pytest.approx(1), pytest.approx(24))  # heard up to 11, written after the first


def test_what_no_living_worker_does_has_no_time() -> None:
    times = Schedule([queued("a")], SPEEDS, [CPU], 0, OF_DEVICES, frozenset({"transcribe"})).times(NOW)
    assert times["a"] == (0.0, None)


def test_a_job_that_runs_waits_for_its_other_kind_of_worker_too() -> None:
    first = running("a", "transcribe", 0.5, 2.5)
    second = running("b", "extract", 0.5, 0.5)
    jobs = [replace(first, queue="gpu"), second]
    times = Schedule(jobs, SPEEDS, [CPU, GPU], 0, OF_DEVICES, frozenset({"transcribe"})).times(NOW)
    assert times["a"] == (0.0, pytest.approx(2.5 + 9))
    assert times["b"][1] == pytest.approx(2.5 + 9 + 9), "its sound is heard by 7.5, its minutes wait"
