"""One file per stage: file = function = stage name. Here they stand in the order in which they run."""

from app.pipeline.stage import Stage, StageInfo
from app.pipeline.stages import (
    clean,
    diarize,
    download,
    extract,
    fetch,
    repair,
    store,
    summarize,
    transcribe,
    vectorize,
    vectorize_list,
)

INFOS: dict[str, StageInfo] = {
    stage.INFO.name: stage.INFO
    for stage in (
        fetch,
        download,
        extract,
        repair,
        clean,
        store,
        transcribe,
        diarize,
        summarize,
        vectorize,
        vectorize_list,
    )
}
STAGES: dict[str, Stage] = {name: info.run for name, info in INFOS.items() if info.run}
SWITCHES = {name: info.switch for name, info in INFOS.items() if info.switch}
OF_SOUND_ALONE = frozenset(name for name, info in INFOS.items() if info.of_sound_alone)


def stages_of(**switches: bool) -> tuple[str, ...]:
    """Return what a recording goes through, with the stages that its visitor has switched on."""
    unknown = switches.keys() - SWITCHES
    if unknown:
        raise TypeError(f"no switches: {sorted(unknown)}; there are {sorted(SWITCHES)}")
    return tuple(name for name, info in INFOS.items() if info.always or switches.get(name))


ALL_STAGES = stages_of()  # of a recording with nothing switched on
