import pytest

from app.errors import BadInput
from app.web.core.foreign_requests import refuse_others


@pytest.mark.parametrize("value", [True, "x", 5, [1], {"a": 1}])
def test_what_is_unknown_is_refused_by_its_name_unless_it_is_off(value: object) -> None:
    with pytest.raises(BadInput) as refused:
        refuse_others({"known": 1, "redact": value}, ("known",))
    assert refused.value.params["name"] == "redact"
    refuse_others({"redact": None, "replace": False, "search": "", "keyterm": [], "numerals": "false"}, ())
