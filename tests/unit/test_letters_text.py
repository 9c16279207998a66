"""Placeholders from a closed list: what is filled, what is refused, and that nothing is ever evaluated (SAFETY W6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from network_app.core.errors import Invalid
from network_app.core.markup import to_text
from network_app.letters.queries import check_letter_templates, letter_templates, starting_text
from network_app.letters.rules.text import Facts, check_body, check_text, compose, fill_line

FACTS = Facts(
    language="en",
    network="Test Network",
    verify_url="https://network.test/verify",
    reply_address="letter+abc@network.test",
    reference="L-2HWD",
    target="Example Brand",
    subject="To {{target}}",
    body="Dear {{target}}, answer by {{deadline}} to {{reply_address}} or {{reply_address}}.",
    given={"facility": "Violet Apparel", "demands": "pay\nsay which orders ran"},
    signers=(("Union One", "Cambodia"), ("Union Two", "")),
    dated_on=date(2020, 7, 1),
    answer_by=date(2020, 7, 15),
    may_tell_factory=False,
)


def body(text: str, **changes: object) -> str:
    return to_text(compose(replace(FACTS, body=text, **changes)).body)  # type: ignore[arg-type]  # plain test values


def test_the_networks_own_values_are_filled_in() -> None:
    paper = compose(FACTS)
    assert paper.subject == "To Example Brand"
    assert to_text(paper.body) == (
        "Dear Example Brand, answer by 15 July 2020 to letter+abc@network.test or letter+abc@network.test."
    )
    assert paper.signers == ("Union One (Cambodia)", "Union Two")


def test_several_demands_alone_in_a_paragraph_become_a_list() -> None:
    assert body("They ask:\n\n{{demands}}\n\nThanks.") == "They ask:\n\n- pay\n- say which orders ran\n\nThanks."
    assert body("They ask {{demands}}.") == "They ask pay; say which orders ran."
    assert body("{{demands}}", given={"demands": "- pay\n- sign"}) == "- pay\n- sign"
    assert body("{{demands}}", given={"demands": "- pay"}) == "- pay"


def test_a_value_is_literal_whatever_it_holds() -> None:
    odd = "*all* <b> [x](http://y) {{network}} {% x %}"
    assert body("At {{facility}}.", given={"facility": odd}) == f"At {odd}."
    assert fill_line("{{target}}", {"target": "{{network}}", "network": "no"}) == "{{network}}"


@pytest.mark.parametrize("name", ["targets", "config", "7*7", "Target", "target.name", "", "self.__class__", "a b"])
def test_an_unknown_placeholder_is_refused_by_name(name: str) -> None:
    with pytest.raises(Invalid, match="There is no placeholder") as refused:
        check_text(f"Dear {{{{{name}}}}}", {}, follows=False, field="body")
    assert refused.value.field == "body"
    assert f"“{name}”" in str(refused.value)


def test_a_placeholder_without_a_value_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="“facility”"):
        check_text("{{facility}}", {}, follows=False, field="subject")
    with pytest.raises(Invalid, match="“earlier_date”"):
        check_text("{{earlier_date}}", {}, follows=False, field="body")
    check_text("{{ facility }} {{earlier_date}}", {"facility"}, follows=True, field="body")


@pytest.mark.parametrize(
    "payload",
    [
        "{% for x in config %}{{target}}{% endfor %}",
        "${7*7}",
        "<%= 7*7 %>",
        "#{7*7}",
        "{7*7}",
        "%(target)s",
        "{0.format}",
        "*{7+7}",
        "@(7*7)",
        "[[${7*7}]]",
        "{#comment#}",
        "{{{{",
        "}}{{",
        "#panic(1)",
    ],
)
def test_other_template_languages_mean_nothing(payload: str) -> None:
    shown = body(f"x {payload} x").replace("Example Brand", "{{target}}")
    assert shown == f"x {payload} x"


def test_a_placeholder_in_a_links_address_is_refused() -> None:
    with pytest.raises(Invalid, match="inside a link"):
        check_body("[x](https://x.test/{{target}})", {}, follows=False)


def test_the_source_is_protected_unless_the_workers_allow_otherwise() -> None:
    assert any("do not tell the factory" in sentence for sentence in compose(FACTS).closing)
    allowed = compose(replace(FACTS, may_tell_factory=True))
    assert not any("factory" in sentence for sentence in allowed.closing)
    assert any("letter+abc@network.test" in sentence for sentence in allowed.closing)


def test_every_letter_template_renders_in_every_language_it_has() -> None:
    assert check_letter_templates() == []
    assert {"private", "reminder", "public", "authority"} <= set(letter_templates())
    assert all({"en", "bn"} <= set(languages) for languages in letter_templates().values())


def test_a_missing_language_falls_back_to_english() -> None:
    assert starting_text("private", "tr").language == "en"
    assert "{{target}}" in starting_text("private", "bn").subject
