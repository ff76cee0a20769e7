"""Scores summaries by ROUGE at equal length, beside the first sentences, TextRank and LexRank (by sumy)."""

from collections.abc import Sequence
from functools import cache

from app.summarization.sentences import split
from app.summarization.words import stem, tokens
from tests.meetings import Meeting

KINDS = ("rouge1", "rouge2", "rougeL")
BASELINES = ("lead-k", "TextRank", "LexRank")


class Stems:
    """Tokenizer for rouge-score, which by itself knows Latin letters only."""

    def __init__(self, language: str) -> None:
        self.language = language

    def tokenize(self, text: str) -> list[str]:
        return [stem(word, self.language) for word in tokens(text)]


def rouge(reference: str, summary: str, language: str) -> dict[str, float]:
    """Return ROUGE-1, -2 and -L (F) of a summary, cut to the words of its reference."""
    scores = _scorer(language).score(reference, cut(summary, len(tokens(reference))))
    return {kind: float(scores[kind].fmeasure) for kind in KINDS}


@cache
def _scorer(language: str):
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(KINDS, tokenizer=Stems(language))


def cut(text: str, n_words: int) -> str:
    return " ".join(tokens(text)[:n_words])


def baseline(name: str, meeting: Meeting, n_words: int) -> str:
    """Return the first whole sentences by a baseline that have so many words, in the order of the talk."""
    sentences = [one.text for one in split(meeting.transcript)]
    if name == "lead-k":
        return " ".join(sentences)
    for n in range(1, len(sentences) + 1):
        text = " ".join(_ranked(name, sentences, n, meeting.language))
        if len(tokens(text)) >= n_words:
            return text
    return " ".join(sentences)


def _ranked(name: str, sentences: Sequence[str], n: int, language: str) -> list[str]:
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer

    class Words:
        """Our words for sumy, whose own tokenizer wants models of NLTK."""

        def to_words(self, text: str) -> tuple[str, ...]:
            return tuple(tokens(text))

    words = Words()
    document = ObjectDocumentModel([Paragraph([Sentence(text, words) for text in sentences])])
    kind = {"TextRank": TextRankSummarizer, "LexRank": LexRankSummarizer}[name]
    summarizer = kind(lambda word: stem(str(word).lower(), language))
    return [str(one) for one in summarizer(document, n)]
