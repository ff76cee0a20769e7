"""Strings that Hypothesis throws at the renderers."""

from hypothesis import strategies as st

NASTY = st.sampled_from(
    [
        "\x00\x01\x0b\x1f\x7f\x85\u2028\u2029",
        "\ud800 lone \udfff surrogates",
        "\ufffe\uffff\U0001ffff",
        "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301\u0301\u0301",
        "\u202eslirpa\u202c \u2067שלום\u2069 مرحبا",
        "<script>alert(1)</script> &amp; ]]> --> <!-- ",
        "-->\n\n1\n00:00:00,000 --> 00:00:01,000\nforged",
        "# 1. - | `a` *b* _c_ [x](http://y) <http://z> ![i](j) \\",
        "слово " * 50,
        "x" * 500,
        "。漢字" * 60,
        "",
        " \t\n ",
    ]
)
ANY = st.one_of(st.text(st.characters(exclude_categories=()), max_size=80), NASTY)
