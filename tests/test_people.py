"""Who may do what: which role do the claims of a login give?"""

from __future__ import annotations

import pytest

from dashboard.people import NOBODY, ROLES, Person, known

NOW = 1_700_000_000
LISTS = {"editors": ["Editor@tainan.gov.tw"], "administrators": ["boss@tainan.gov.tw"]}
BY_CLAIM = {"claim": "groups"}


def claims(**given) -> dict:
    return {"sub": "1", "exp": NOW + 60, **given}


@pytest.mark.parametrize(("given", "roles", "role"), [
    (claims(email="editor@tainan.gov.tw"), LISTS, "editor"),
    (claims(email="  EDITOR@tainan.gov.tw"), LISTS, "editor"),
    (claims(email="boss@tainan.gov.tw", email_verified=True), LISTS, "administrator"),
    (claims(email="boss@tainan.gov.tw", email_verified=False), LISTS, "viewer"),
    (claims(email="someone@tainan.gov.tw"), LISTS, "viewer"),
    (claims(email=""), {"editors": [""]}, "viewer"),
    (claims(), LISTS, "viewer"),
    (claims(groups=["editor", "staff"]), BY_CLAIM, "editor"),
    (claims(groups="administrator"), BY_CLAIM, "administrator"),
    (claims(groups=["editor", "administrator"]), BY_CLAIM, "administrator"),
    (claims(groups={"editor": True}), BY_CLAIM, "viewer"),
    (claims(groups=["Editor"]), BY_CLAIM, "viewer"),
    (claims(groups=["editor"]), {}, "viewer"),
    (claims(groups=["editor"], exp=NOW), BY_CLAIM, "viewer"),
    (claims(email="boss@tainan.gov.tw", exp=NOW - 1), LISTS, "viewer"),
    (claims(email="boss@tainan.gov.tw", exp=None), LISTS, "viewer"),
    (claims(email="boss@tainan.gov.tw", exp="soon"), LISTS, "viewer"),
])  # fmt: skip
def test_a_login_has_the_role_it_is_given_and_no_more(given, roles, role):
    assert known(given, roles, NOW).role == role


def test_a_record_is_signed_with_the_address_or_what_else_is_known():
    assert known(claims(email="Editor@tainan.gov.tw"), LISTS, NOW).name == "editor@tainan.gov.tw"
    assert known(claims(preferred_username="wang"), LISTS, NOW).name == "wang"
    assert known(claims(), LISTS, NOW).name == "1"


def test_each_role_may_do_what_the_ones_before_it_may():
    allowed = {role: [each for each in ROLES if Person("x", role).may(each)] for role in ROLES}
    assert allowed == {"viewer": ["viewer"], "editor": ["viewer", "editor"], "administrator": list(ROLES)}
    assert not NOBODY.may("editor")
