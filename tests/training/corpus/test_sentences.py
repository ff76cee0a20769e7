from app.training.corpus.sentences import more_sentences, sentences
from app.training.corpus.voices import SPLITS, VOICES


def test_splits_share_no_speaker_and_no_sentence_also_of_those_for_training_alone() -> None:
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        assert not {v.speaker for v in VOICES if v.split == one} & {
            v.speaker for v in VOICES if v.split == other
        }
    for language in ("en", "ru"):
        by_split = sentences(language)
        texts = [text for split in SPLITS for _, text in by_split[split]]
        assert len(texts) == len(set(texts)) == 110
        assert all(by_split[split] for split in SPLITS)
        assert not set(texts) & {text for _, text in more_sentences(language)}
