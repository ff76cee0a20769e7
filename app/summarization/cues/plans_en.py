"""Tells whether an English sentence says what "we" do next: proposal, plan, conclusion; for `decisions`."""

import re

from app.summarization.cues.plan import Plan
from app.summarization.headlines import headline
from app.summarization.phrases import phrase, spoken, word_list

_SOFT = r"(?:(?:just|then|also|all|simply|only|now|still|\w+ly) )*"
_CONCLUDES = re.compile(
    spoken(
        r"^\W*(?:(?:and|but|well|yes|yeah|no)\W+)*"
        r"(?:so|then|okay|ok|right|alright|all right|good|fine|great|in that case|from now on|therefore"
        r"|that's settled|agreed|no)(?!\w)"
    ),
    re.IGNORECASE,
)
_THEN = re.compile(r",?\s+then\W*$", re.IGNORECASE)
_FIRM = re.compile(
    spoken(
        rf"(?<!\w)(?:we(?:'ll| will| are going to|'re going to) {_SOFT}(?P<v1>[a-z]+)"
        rf"|we {_SOFT}(?P<v2>[a-z]+)"
        rf"|we(?:'re| are) {_SOFT}(?P<v3>[a-z]+)ing)(?!\w)"
    ),
    re.IGNORECASE,
)
_NEW_RULE = phrase(
    "from now on|no more|no longer|it is then|(?:it|that) is(?=\\W*$)|goes with|is off the table|is off|stays"
    "|gets the|is out"
)
_IT_IS = re.compile(
    r"^\W*(?:(?:so|okay|good|right|then"
    r"|well)\W+)*(?:makes sense\W+)?(?P<what>[\w\s'-]{3,40}),?\s+it (?:is|stays|remains)(?: then)?\W*$",
    re.IGNORECASE,
)
_NO_THEN = re.compile(r"^\W*(?:(?:so|okay|good|right|well)\W+)*no [\w\s'-]{3,40}\W*$", re.IGNORECASE)
_SUGGESTS = phrase(
    "i(?:'d| would)? (?:propose|suggest|move|recommend|say|vote)|i'd (?:stop|drop|keep|go|leave|do|use"
    "|take|cut)"
    "|let's|let us|how about|why don't we|shall we|should we|could we|can we|what if we",
    "i say we|we might as well|i'm for|i'd be happ(?:y|ier) with|let me propose",
    "we (?:could|should|can|might|ought to)|my proposal|maybe we|perhaps we|i'd rather",
)
_IF = phrase("if|unless|would|wouldn't|whether|as soon as")
_WH = re.compile(r"(?<!\w)(?:who|what|where|why|how|which|whose|when|or)(?!\w)", re.IGNORECASE)
_HOW_ABOUT = phrase("how about|what if we|why don't we")
_OUT = re.compile(
    spoken(
        r"^\W*(?:(?:so|okay|good|right|then|well|fine|fair enough|all right)\W+)*(?P<what>[\w\s'-]{3,40}?)"
        r"(?:(?:'s| is| are) (?:out|off|gone|dropped|cancelled|canceled|off the table|off the menu)"
        r"| goes| stays"
        r"| stay as (?:it is|they are))(?: then)?\W*$"
    ),
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:(?:so|okay|ok|right|well|then|fine|no|yes|just|good|alright|all right)\W+)*", re.IGNORECASE
)
_NO_OBJECT = frozenset(["on", "in", "up", "for", "of", "to", "me", "you", "i", "going", "and", "is", "was"])
_SHORT = 9  # words of "Tuesdays at the school pitch then"
_SUBJECT = phrase(
    "i|you|he|she|they|it|there|see|talk|bye|until|thanks|back|what|that|how|says?|said|is|was|are"
)
_PERSONAL = re.compile(r"(?:it|he|she|that|this|who|what|everyone|nobody|time)", re.IGNORECASE)
_NAMED_ONLY = re.compile(r"\W*(?:so|then)\W", re.IGNORECASE)
_TELLS = phrase(
    "when|where|whenever|which|usually|always|every (?:day|week|time)|because|this is|that's (?:how|what|why)"
)
_WONDERS = phrase("we (?:can|could|might)|can we|could we|maybe|perhaps|might|i guess|what if")
_DENIED = phrase("no more|no longer|not|won't|don't|never|nothing|instead of|no")


def plan(text: str) -> Plan | None:
    """Return how firmly a sentence says what is done next; None where it says nothing of the kind."""
    suggests = bool(_SUGGESTS.search(text))
    if text.rstrip('"”’) ').endswith("?"):
        asks = _WH.search(text) and not _HOW_ABOUT.search(text)
        return Plan.PROPOSED if (suggests or _ours(text)) and not asks and not talks(text) else None
    if suggests and not talks(text):
        return Plan.PROPOSED
    if _IF.search(text):
        return None
    concludes = bool(_CONCLUDES.search(text) or _THEN.search(text))
    if _THEN.search(text) and len(text.split()) <= _SHORT and not _SUBJECT.search(text):
        return Plan.CONCLUDED
    if _NO_THEN.search(text) and _THEN.search(text):
        return Plan.CONCLUDED
    out = _OUT.search(text)
    if out and not _PERSONAL.fullmatch(out["what"].strip()):
        return Plan.CONCLUDED
    it_is = _IT_IS.search(text)
    if (it_is and not _SUBJECT.search(it_is["what"])) or (_NEW_RULE.search(text) and concludes):
        return Plan.CONCLUDED
    if _ours(text):
        return Plan.CONCLUDED if concludes else Plan.PLANNED
    if _orders(text):
        return Plan.CONCLUDED if concludes else Plan.PROPOSED
    if _NAMED_ONLY.match(text) and headline(text, "en"):
        return Plan.PROPOSED
    return Plan.PLANNED if _NEW_RULE.search(text) else None


def wonders(text: str) -> bool:
    """Tell whether a sentence only says what could be done, so that a nod does not decide it."""
    return bool(_WONDERS.search(text))


def denies(text: str) -> bool:
    """Tell whether a plan is not to do something."""
    return bool(_DENIED.search(text))


def talks(text: str) -> bool:
    """Tell whether what is proposed is only talk: "let's move on", "shall we start"."""
    found = re.search(
        spoken(
            r"(?:let's|let us|shall we|should we|can we|could we|we can|we could|we should|may we) "
            rf"{_SOFT}(?:not )?(?P<verb>[a-z]+(?: on)?)"
        ),
        text,
        re.IGNORECASE,
    )
    if not found:
        return False
    verb = found["verb"].lower()
    return verb in ("move on", "go on", "carry on") or verb.split()[0] in word_list("no_plan.en")


def _orders(text: str) -> bool:
    """Tell whether a sentence begins with what is to be done: "Drop the fee", "Then close it for good"."""
    words = re.findall(r"[\w'-]+", _OPENING.sub("", text.lower()))
    return len(words) > 1 and words[0] in word_list("decide.en") and words[1] not in _NO_OBJECT


def _ours(text: str) -> bool:
    verbs = word_list("decide.en")
    for match in _FIRM.finditer(text):
        future, bare, going = match["v1"], match["v2"], match["v3"]
        if future and future.lower() not in word_list("no_plan.en"):
            return not _TELLS.search(text)
        if bare and bare.lower() in verbs:
            return not _TELLS.search(text)
        if going and any(f"{going.lower()}{end}" in verbs for end in ("", "e")):
            return not re.match(r"\W*on\b", text[match.end() :])  # "moving on"
    return False
