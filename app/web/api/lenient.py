"""What foreign programs send is taken as they write it: the base of the schemas of the API.

Fields that nobody knows are ignored, empty ones and nulls are left out where the field is not required, and
a list may be `name`, `name[]`, or `name[0]`, `name[1]`. A wrong value of a known field is still refused.
"""

import re
from collections.abc import Mapping
from typing import Any

from apiflask import Schema
from marshmallow import EXCLUDE, pre_load
from marshmallow.fields import Field, List

_INDEX = re.compile(r"\[\d*\]$")


class LenientSchema(Schema):
    """Takes what it knows, in whatever way it is spelled."""

    class Meta:
        """How marshmallow is set."""

        unknown = EXCLUDE

    @pre_load
    def _as_clients_write(self, data: Any, **_options: Any) -> Any:
        if not isinstance(data, Mapping):
            return data  # is refused for what it is
        known = {field.data_key or name: field for name, field in self.load_fields.items()}
        short = {_INDEX.sub("", name): name for name in known}
        found: dict[str, Any] = {}
        for written in data:
            name = short.get(_INDEX.sub("", written) if isinstance(written, str) else written)
            if name is None or (written != name and not isinstance(known[name], List)):
                continue
            value = _value(data, written, known[name])
            if (
                isinstance(known[name], List)
                and isinstance(found.get(name), list)
                and isinstance(value, list)
            ):
                value = found[name] + value
            if not _left_out(value, known[name]):
                found[name] = value
        return found


def _value(data: Mapping[str, Any], written: str, field: "Field[Any]") -> Any:
    """Read one field: a form has several values of a name, JSON one."""
    if not hasattr(data, "getlist"):
        return data[written]
    given = data.getlist(written)
    return [one for one in given if one != ""] if isinstance(field, List) else given[0]


def _left_out(value: Any, field: "Field[Any]") -> bool:
    empty = value is None or (isinstance(value, str) and not value.strip())
    return empty and not field.required
