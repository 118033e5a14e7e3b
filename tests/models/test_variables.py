"""Texts with variables: what they give, and what they refuse."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.variables import (
    LONGEST_RESULT,
    LONGEST_TEMPLATE,
    TemplateError,
    Values,
    check,
    render,
)

NAMES = ("organization.prefix", "email", "first_name")
VALUES = {"organization": {"prefix": "Acme"}, "email": "help@acme.example", "first_name": "ana"}


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("", {}, ""),
        ("No variables: 100% { } }} <b>", {}, "No variables: 100% { } }} <b>"),
        ("{{ organization.prefix }}: write to {{ email }}.", VALUES, "Acme: write to help@acme.example."),
        ("{{first_name}}", VALUES, "ana"),
        ("Hi {{ first_name|default('there') }}", VALUES, "Hi ana"),
        ("Hi {{ first_name|default('there') }}", {}, "Hi there"),
        ("Hi {{ first_name|default('there') }}", {"first_name": " \n"}, "Hi there"),
        ("Hi {{ first_name|default('there', true) }}", {"first_name": ""}, "Hi there"),
        ("Hi {{ first_name|default(nickname) }}", {"nickname": "Bo"}, "Hi Bo"),
        ("Hi {{ first_name|default }}!", {}, "Hi !"),
        ("Hi {{ first_name }}!", {}, "Hi !"),
        ("{{ order.number|default('none') }}", {}, "none"),
        ("{{ order.customer.name|upper }}", {"order": {}}, ""),
        ("{{ first_name|title }} {{ first_name|upper }} {{ ' x '|trim }}", VALUES, "Ana ANA x"),
        ("{{ first_name|lower }}", {"first_name": "ÅSE"}, "åse"),
        ("line\n{{ email }}\n", VALUES, "line\nhelp@acme.example\n"),
        ("{{ email }}", {"email": "{{ first_name }}{% x %}"}, "{{ first_name }}{% x %}"),
        ("{{ email }}", {"email": "<b>&"}, "<b>&"),
        ("{{ 'there' }}", {}, "there"),
    ],
)
def test_fills_in(template: str, values: Values, expected: str) -> None:
    assert render(template, values) == expected


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("{{ frist_name }}", "Did you mean {{ first_name }}?"),
        ("{{ zzz }}", "There are: email, first_name, organization.prefix."),
        ("{{ organization }}", "Did you mean {{ organization.prefix }}?"),
        ("{{ organization.prefix.x }}", "no variable"),
        ("{{ email.upper }}", "no variable"),
        ("{{ email|default(zzz) }}", "“zzz”"),
        ("{{ email.__class__ }}", "no variable"),
        ("{{ self }}", "no variable"),
    ],
)
def test_checks_the_names(template: str, word: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(word)):
        check(template, NAMES)


def test_names_that_are_there_pass() -> None:
    check("{{ organization.prefix }} {{ first_name|default(email)|title|trim }} {{ 'x' }}", NAMES)


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("{{ email", "line 1"),
        ("one\ntwo {{ email }\nthree", "line 2"),
        ("{{ }}", "can't be read"),
        ("{{ 'email }}", "can't be read"),
        ("{{ email|default:'x' }}", "in parentheses"),
        ("a\n{{ email | default : 'x' }}", "line 2"),
        ("{{ email|replace('a', 'b') }}", "“replace”"),
        ("{{ email|attr('x') }}", "“attr”"),
        ("{{ email|upper(1) }}", "can't be read"),
        ("{{ email|default('a', true, 1) }}", "can't be read"),
        ("{{ email|default(default_value='a') }}", "can't be read"),
        ("{{ email|default(*names) }}", "can't be read"),
        ("{% for x in y %}{% endfor %}", "“{%”"),
        ("{%- set x = 1 %}", "“{%”"),
        ("{# note #}", "“{#”"),
        ("{{ email['upper'] }}", "can't be read"),
        ("{{ ''.__class__ }}", "can't be read"),
        ("{{ ('').join }}", "can't be read"),
        ("{{ range(9) }}", "can't be read"),
        ("{{ email() }}", "can't be read"),
        ("{{ 'a' * 99 }}", "can't be read"),
        ("{{ 2 ** 99 }}", "can't be read"),
        ("{{ 'a' ~ 'b' }}", "can't be read"),
        ("{{ email if email else 'x' }}", "can't be read"),
        ("{{ email or 'x' }}", "can't be read"),
        ("{{ email == 'x' }}", "can't be read"),
        ("{{ email is defined }}", "can't be read"),
        ("{{ [1, 2] }}", "can't be read"),
        ("{{ {'a': 1} }}", "can't be read"),
        ("{{ " + "(" * 15_000 + "email }}", "can't be read"),
        ("{{ " + "9" * 15_000 + " }}", "can't be read"),
        ("{{ email" + "|upper" * 3_000 + " }}", "can't be read"),
        ("{{ email" + ".a" * 9_000 + " }}", "can't be read"),
        ("{{ email|default(" * 900 + "1", "can't be read"),
        ("x" * (LONGEST_TEMPLATE + 1), "longer than 20,000"),
    ],
)
def test_refuses_whatever_is_no_variable_and_no_filter(template: str, word: str) -> None:
    for use in (lambda: check(template, [*NAMES, "y", "names"]), lambda: render(template, VALUES)):
        with pytest.raises(TemplateError, match=re.escape(word)) as caught:
            use()
        assert len(str(caught.value)) < 300


class Thing:
    secret = "secret"

    def __str__(self) -> str:
        return "thing"


@pytest.mark.parametrize(
    "template",
    ["{{ thing.secret }}", "{{ thing.__class__ }}", "{{ thing.__init__.__globals__ }}", "{{ group.items }}"],
)
def test_a_point_reaches_into_mappings_only(template: str) -> None:
    assert render(template, {"thing": Thing(), "group": {"name": "x"}}) == ""


def test_a_name_in_a_mapping_may_be_called_like_a_method() -> None:
    assert render("{{ order.items }}", {"order": {"items": "2 shirts"}}) == "2 shirts"


def test_a_long_result_is_refused_before_it_is_built() -> None:
    with pytest.raises(TemplateError, match="Shorten it"):
        render("{{ email }}" * 1_000, {"email": "x" * (LONGEST_RESULT // 10)})


@given(st.text(max_size=200), st.text(max_size=200))
def test_values_and_plain_text_come_out_as_they_went_in(plain: str, value: str) -> None:
    plain = plain.replace("{", "").replace("\r", "")
    assert render(f"{plain}{{{{ email }}}}", {"email": value}) == plain + value


@given(st.text(alphabet="{}%#|()'.,:_ abx\n\\1\"", max_size=60))
def test_any_text_gives_a_text_or_a_refusal(template: str) -> None:
    try:
        said = render(template, VALUES)
    except TemplateError:
        return
    assert "{%" not in said
    assert "{{" not in said
