from app.summarization.phrases import phrase, word_list


def test_a_list_has_its_words_without_its_comments() -> None:
    words = word_list("small_talk.en")
    assert "thanks" in words
    assert not {"#", "Words", "greeting,"} & words


def test_a_list_that_does_not_exist_is_empty() -> None:
    assert word_list("stop.xx") == frozenset()


def test_a_phrase_stands_as_whole_words_in_any_case_over_any_space() -> None:
    found = phrase("we decided", "so agreed")
    assert found.search("And We  \n decided it.")
    assert found.search("so agreed")
    assert not found.search("we decidedly")
    assert not found.search("also agreed")
