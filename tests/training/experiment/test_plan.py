from app.training.corpus.voices import SYNTHESIS_VOICES, VOICES
from app.training.experiment import plan


def test_the_published_terms_make_the_published_q() -> None:
    assert round(plan.PUBLISHED_TERMS.q, 4) == plan.ROWS[3].published_q


def test_rows_differ_in_what_their_names_say() -> None:
    base, improved, multi, repaired, *left_out = plan.ROWS
    assert (base.plain, improved.plain) == (True, False)
    assert base.voices == improved.voices == plan.VOICES[:1]
    assert multi.voices == repaired.voices == plan.VOICES
    assert repaired.repaired
    assert [(row.cleaned, row.augmented) for row in left_out] == [(True, False), (False, True)]


def test_every_voice_was_recorded_from_a_person_and_says_every_split() -> None:
    engines = {voice.name: voice.engine for voice in VOICES}
    assert all(engines[name] != "espeak" and name in SYNTHESIS_VOICES for name in plan.VOICES)
