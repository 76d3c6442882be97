from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore.scopes import index_name, is_of_a_thread, thread_scope

IDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=40)
STAMPS = st.from_regex(r"[0-9]{1,12}\.[0-9]{1,9}", fullmatch=True).filter(str.isascii)
SCOPES = st.one_of(
    st.sampled_from(["workspace", "admin"]),
    st.builds("{}:{}".format, st.sampled_from(["channel", "user"]), IDS),
    st.builds(thread_scope, IDS, STAMPS),
)


@given(SCOPES, SCOPES)
def test_every_scope_has_an_index_of_its_own(one: str, other: str) -> None:
    assert (index_name(one) == index_name(other)) == (one == other)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "Workspace",
        " workspace",
        "workspace\n",
        "channel:",
        "channel:c123",
        "channel:C1/../../U1",
        "channel:Ｃ１",
        "user:*",
        "user:U1 ",
        "channel:C1,user:U1",
        "channel-C1",
        "team:T1",
        "admin:A1",
        "../workspace",
        "thread:C1",
        "thread:C1-../..",
        "thread:C1-1.2/../x",
        "thread:C1-1.2-3.4",
        "thread:C1-1.2\n",
        "user:" + "U" * 41,
    ],
)
def test_anything_else_is_refused_with_what_a_scope_looks_like(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a scope"):
        index_name(wrong)


@given(st.text(max_size=30))
def test_no_text_becomes_a_path_or_another_name(text: str) -> None:
    try:
        name = index_name(text)
    except ValueError:
        return
    assert name.replace("-", ":") == text
    assert name.replace("-", "").isalnum()


def test_a_threads_scope_is_told_from_the_others() -> None:
    assert is_of_a_thread(thread_scope("C1", "1764000000.000100"))
    assert not any(map(is_of_a_thread, ("workspace", "channel:C1", "user:U1", "admin")))
