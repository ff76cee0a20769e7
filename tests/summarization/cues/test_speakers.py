from app.summarization.cues.speakers import Speakers
from app.summarization.sentences import Sentence


def test_a_short_name_is_that_of_the_speaker_and_the_longer_form_is_kept() -> None:
    said = [Sentence("Да.", 0.0, 0, "Павел"), Sentence("Нет.", 1.0, 1, "Раиса")]
    speakers = Speakers(said, "ru")
    assert speakers.named("Паша") == "Павел"
    assert speakers.named("Раиса Ильинична") == "Раиса Ильинична"
    assert speakers.named("Ольга") == "Ольга"
    assert not speakers.same("Ольга", "Олег")
    assert speakers.known("Паша")
    assert not speakers.known("Ольга")
