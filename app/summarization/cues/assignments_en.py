"""Finds assignments in English sentences, by the phrases in which they are given; for `cues`."""

import re
from collections import Counter
from collections.abc import Sequence

from app.summarization.cues.deadlines import by_when
from app.summarization.cues.decision_cues import remembered
from app.summarization.phrases import one_of, phrase, spoken, word_list

_ROLES = one_of(
    r"(?:the )?(?:\w+ )?(?:team|department|committee|board|office|group)",
    "legal|marketing|sales|finance|engineering|hr|it|support|accounting|design|product|procurement"
    "|operations|qa|devops",
    r"(?:the )?(?:\w+ )?(?:manager|director|secretary|lawyers?|accountant|designers?|developers?|engineers?)",
    "(?:the )?(?:treasurer|chair(?:man|woman|person)?|architect|caretaker|coordinator|assistant|clerk|mayor)",
    "(?:the )?(?:contractor|vendor|supplier|consultant|auditor|landlord|agency|principal|nurse)",
)
_ROLE = re.compile(spoken(_ROLES), re.IGNORECASE)
_NAME = r"[A-Za-z][\w'-]*"
_TITLE = r"(?:(?:(?:mr|mrs|ms|miss|dr|prof)\.?|councill?or|professor|doctor|officer|judge) )?"
_WILL = one_of(
    "will|'ll|shall|(?:is|are) going to|(?:is|are) gonna|needs? to|has to|have to|should|must|is to|are to",
    "going to|gonna",  # after Maria's
    "was asked to|agreed to|has agreed to|volunteered to|promised to",
)
_ADVERBS = r"(?:(?:also|then|please|just|probably|now|still|go ahead and|make sure to|try to|maybe|\w+ly) )*"
_NAMED = phrase(rf"(?P<who>{_ROLES}|{_TITLE}{_NAME}?(?: [A-Z][a-z]+)?),? {_WILL} {_ADVERBS}(?P<verb>[a-z]+)")
_CAN = phrase(rf"(?P<who>{_NAME}) can {_ADVERBS}(?P<verb>[a-z]+)")  # by a date, else it is only able
_ASKED = phrase(
    rf"(?P<who>{_NAME}),? (?:(?:so|and|then|also|maybe|please) )*(?:(?:can|could|would|will) you|please"
    rf"|you'll"
    rf"|you (?:will|should|need to|have to)) {_ADVERBS}(?P<verb>[a-z]+)",
    rf"(?:can|could|would|will) you {_ADVERBS}(?P<verb2>[a-z]+)[^.?!]*, (?P<who2>[A-Z][a-z]+)(?=\W*$)",
)
_ORDERED = phrase(
    r"(?:(?:assigned?|assigning) (?:\w+ )?to|action (?:item |point )?(?:for|on)|task for|over to|owner is"
    r"|owned by"
    rf"|responsible (?:person )?is|(?:have|ask|get|let)) (?P<who>{_NAME})"
)
_OWNS = phrase(
    rf"(?P<who>{_NAME}) (?:(?:is|will be) (?:responsible|in charge|accountable|the owner|on the hook)|owns"
    rf"|takes"
    "|to (?!the|a|me|us|you|be|it)[a-z]+)"
)
_OWNER_ONLY = (
    re.compile(
        r"\b(?:[Oo]wner|[Rr]esponsible|[Aa]ssignee|[Aa]ssigned to|[Ii]n charge)(?: is"
        r"| will be)?\s*[:—–-]?\s+(?P<who>[A-Z][a-z]+)"
    ),
    re.compile(
        r"\b(?P<who>[A-Z][a-z]+) (?:owns|will own|is responsible|takes)\b(?: (?:for )?(?:it|that|this))?\W*$"
    ),
)
_HEADING = re.compile(
    r"^\W*(?:(?:next |another |the )?action (?:item|point)s?|to-?do|task)\b[^:—–-]{0,25}?(?: is to\b"
    r"|[:—–-]| is\b)",
    re.IGNORECASE,
)
_FIRST = phrase(
    rf"I(?:'ll| will| am going to|'m going to| can take| shall) (?!have to){_ADVERBS}(?P<verb>[a-z]+)"
)
_DOING = phrase(r"I'm (?:also |just |already )?(?P<verb>[a-z]+)ing|I am (?P<verb2>[a-z]+)ing")
_OFFERED = phrase(
    rf"I (?:can|could) (?:also |just )?(?P<verb>[a-z]+)"
    rf"|I'd better {_ADVERBS}(?P<verb3>[a-z]+)|happy to (?P<verb4>[a-z]+)"
    rf"|(?:shall|should) I {_ADVERBS}(?P<verb5>[a-z]+)|(?:want|like) me to (?P<verb6>[a-z]+)"
)
_TOLD = re.compile(
    r"(?:ask|tell|talk|speak|show|call|answer|let)\w*\s+(?:to|at|with|the|them|him|her|my|our|[A-Z])"
)
_RECEIVES = phrase("you'll (?:have|get|receive) (?:it|that|the|a|an|your|our|my) ")
_OWED = phrase(rf"I(?:'ve got to|'ll have to| have to| need to| must| should) {_ADVERBS}(?P<verb>[a-z]+)")
_MINE = phrase(
    "I'll take (?:that|it|this|the|care)|I can (?:take|do|handle)|leave (?:it|that) (?:to|with) me"
)
_WE = phrase(
    "(?:we'll|we (?:will|need to|have to|must|should|are going to)|we're going to|(?:needs? to|must|has to"
    "|have to) be"
    "|some(?:one|body) (?:needs|has) to) (?P<verb>[a-z]+)"
)
_STATES = word_list("states.en")  # stems, before "-ing"
_CONDITION = phrase("if|unless|when|once|whenever")
_IF = phrase(r"(?:if|when|once|unless|whether|because|that|what|how|who|which|where) (?:the )?$")


def names(texts: Sequence[str]) -> frozenset[str]:
    """Learn the names from words that stand capitalised within sentences and never in lower case."""
    capital: Counter[str] = Counter()
    small: set[str] = set()
    for text in texts:
        words = re.findall(r"[A-Za-z][a-z'’]+|[.?!:]", text)
        for before, word in zip([".", *words], words, strict=False):
            if word[0].islower():
                small.add(word)
            elif before not in (".", "?", "!", ":"):
                capital[word.lower()] += 1
    return frozenset(word for word in capital if word not in small and word not in word_list("nobody.en"))


def begins(clause: str, known: frozenset[str]) -> bool:
    """Tell whether a clause opens with somebody who gets something to do: "Maria will send the letter"."""
    first = clause.split(" ", 1)[0].strip(",.")
    opens = first.lower() in ("i", "i'll", "i’ll") or _person(first, known) or _ROLE.match(clause)
    return bool(opens) and assignee(clause, known) is not None


def owner_only(text: str) -> str | None:
    """Return the name where a sentence says who is responsible and nothing to do: "Owner is Maria"."""
    if len(text.split()) > 9:
        return None
    found = next((match for form in _OWNER_ONLY if (match := form.search(text))), None)
    return found["who"] if found else None


def assignee(text: str, known: frozenset[str]) -> str | None:
    """Return who gets something to do: a name, "I" for the speaker, "" for nobody named, None for no work."""
    if remembered(text, "en"):
        return None
    when = by_when(text, "en")
    asked = _asked(text, known)
    if asked:
        return asked
    if text.rstrip('"”’) ').endswith("?"):
        return None
    named = _named(text, known, bool(when)) or _ordered(text, known)
    if named:
        return named
    if _MINE.search(text) or _first_person(text, bool(when)):
        return "I"
    if _HEADING.search(text) and len(text.split()) > 4:
        return ""
    we = _WE.search(text)
    if we and when and we["verb"].lower() not in word_list("no_work.en") | word_list("talk.en"):
        return ""
    return None


def offers(text: str) -> bool:
    """Tell whether the speaker offers work that somebody has yet to take: "I can book it"."""
    if _CONDITION.search(text):
        return False
    verbs = [
        value.lower() for found in _OFFERED.finditer(text) for value in found.groupdict().values() if value
    ]
    return any(
        verb not in word_list("talk.en") | word_list("no_work.en") | word_list("no_promise.en")
        for verb in verbs
    )


def _first_person(text: str, dated: bool) -> bool:
    """Tell whether the speaker promises something that is not talk, or owes it by a date."""
    promised = _FIRST.search(text)
    if promised and not _CONDITION.search(text[: promised.start()]):
        verb = promised["verb"].lower()
        silent = word_list("no_promise.en")
        if verb not in silent and (
            dated or verb not in word_list("talk.en") or _TOLD.match(text[promised.start("verb") :])
        ):
            return True
    doing = _DOING.search(text)
    if dated and doing and (doing["verb"] or doing["verb2"] or "").lower() not in _STATES:
        return True
    owed = _OWED.search(text) or _OFFERED.search(text)
    if dated and _RECEIVES.search(text):
        return True
    verbs = [value for value in owed.groupdict().values() if value] if owed else []
    return bool(
        dated and verbs and verbs[0].lower() not in word_list("no_work.en") | word_list("no_promise.en")
    )


def _person(word: str, known: frozenset[str]) -> str | None:
    """Return a name with its capital; None if the word is none."""
    low = re.sub(r"'s?$", "", word.lower())
    if low in word_list("nobody.en") or len(low) < 2 or "'" in low:
        return None
    if low in word_list("names.en") or (low in known and word[0].isupper()):
        return low.title()
    return None


def _named(text: str, known: frozenset[str], dated: bool) -> str | None:
    for match in (*_NAMED.finditer(text), *(_CAN.finditer(text) if dated else ())):
        who, verb = match["who"], match["verb"].lower()
        works = verb not in word_list("no_work.en") or (dated and verb in ("get", "find", "take", "return"))
        if _IF.search(text[: match.start()]) or not works:
            continue
        if _ROLE.fullmatch(who):
            last = who.split()[-1].lower()
            if last != "it" and (
                len(who.split()) > 1 or last not in ("product", "design", "support") or dated
            ):
                return str(who[0].upper() + who[1:])
            continue
        titled = re.match(spoken(_TITLE), who, re.IGNORECASE)
        if titled and titled.group():
            return " ".join(word[0].upper() + word[1:] for word in who.split())
        parts = who.split()
        if len(parts) > 1 and _IF.search(f"{parts[0]} "):
            continue
        name = _person(parts[-1] if len(parts) > 1 and not _person(parts[0], known) else parts[0], known)
        if name:
            surname = (
                parts[1] if len(parts) > 1 and parts[1][0].isupper() and _person(parts[0], known) else ""
            )
            return f"{name} {surname}".strip()
        opens = "'" not in who and not text[: match.start()].strip(" ,") and len(parts) == 1
        if opens and dated and who[0].isupper() and who.lower() not in word_list("nobody.en"):
            return str(who)
    owns = _OWNS.search(text)
    return _person(owns["who"], known) if owns and not _IF.search(text[: owns.start()]) else None


def _asked(text: str, known: frozenset[str]) -> str | None:
    for match in _ASKED.finditer(text):
        verb = (match["verb"] or match["verb2"] or "").lower()
        name = _person(match["who"] or match["who2"] or "", known) or _called(match, text)
        if (
            name
            and verb not in word_list("talk.en") - {"take", "share", "add"}
            and verb not in ("hear", "see")
        ):
            return name
    return None


def _called(match: re.Match[str], text: str) -> str | None:
    """Return a word that is called and asked, which makes it a name whatever it is: "Amara, could you …"."""
    word = str(match["who"] or match["who2"] or "")
    comma = match["who2"] or text[match.end("who") :].startswith(",")
    named = word[:1].isupper() and word.lower() not in word_list("nobody.en") | word_list("lead_in.en")
    return word if comma and named and "'" not in word else None


def _ordered(text: str, known: frozenset[str]) -> str | None:
    for match in _ORDERED.finditer(text):
        name = _person(match["who"], known)
        if name and len(text.split()) > 4:
            return name
    return None
