from app.summarization.acts.sentence_features import grammar, sentence_features
from app.summarization.cues.context import Context
from app.summarization.sentences import Sentence


def features(language: str, *texts: str) -> list[frozenset[str]]:
    sentences = [Sentence(text, float(n), n, "АБ"[n % 2]) for n, text in enumerate(texts)]
    return sentence_features(Context(sentences, language), frozenset())


def test_a_sentence_is_told_by_its_words_and_by_what_is_said_around_it() -> None:
    asked, answered = features("en", "Shall we sell the boat?", "Agreed.")
    assert {"0 ?", "w boat", "ww sell the", "1 answer taken", "1 other", "-1 none"} <= asked
    assert {"0 answer taken", "-1 ?", "-1 w boat", "1 none"} <= answered


def test_russian_words_are_told_by_their_grammar() -> None:
    assert grammar("сделаем") == "VERB indc futr 1per plur perf"
    assert grammar("ивану") == "name datv"
    [told] = features("ru", "Закрываем зал до ремонта.")
    assert {"w закрывать", "k VERB indc pres 1per plur impf", "k NOUN gent"} <= told
