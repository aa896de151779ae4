"""Who is at the screen, and what may they do? Roles from the login, or nobody is more than a viewer.

Login is Streamlit's own (OIDC, `[auth]` in `.streamlit/secrets.toml`). Who is an editor or an administrator is said by
`[roles]` in the same file: by a claim of the login, or by lists of addresses. The role is asked where the work is done,
not where a button is drawn.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard import warehouse
from dashboard.words import t
from data_pipeline.store import audit

ROLES = ("viewer", "editor", "administrator")  # each may do what the ones before it may


class NotAllowed(Exception):
    """Somebody asked for what their role does not allow; the message says how to come by it."""


@dataclass(frozen=True)
class Person:
    """Who is logged in; `name` is what the records are signed with."""

    name: str
    role: str

    def may(self, role: str) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)


NOBODY = Person("", "viewer")


def here() -> Person:
    """The person of this session. Without a login, or with one that has no role, a viewer."""
    if not configured() or not st.user.is_logged_in:
        return NOBODY
    return known(st.user.to_dict(), _secrets().get("roles", {}), time.time())


def known(claims: Mapping[str, object], roles: Mapping[str, object], now: float) -> Person:
    """Who the claims of a login are, by the `[roles]` of the settings: `claim`, `editors`, `administrators`.

    An address counts unless the provider says that it has not been verified. What a login allows ends with its token
    (`exp`, in seconds like `now`): Streamlit's cookie lives for thirty days, which is long for an administrator.
    """
    address = str(claims.get("email") or "").strip().lower()
    if claims.get("email_verified") is False:
        address = ""
    name = address or str(claims.get("preferred_username") or claims.get("sub") or "")
    ends = claims.get("exp")
    if not isinstance(ends, int | float) or ends <= now:
        return Person(name, "viewer")
    said = claims.get(str(roles.get("claim") or "")) or ()
    held = {said} if isinstance(said, str) else set(map(str, said if isinstance(said, list | tuple) else ()))
    for role in reversed(ROLES[1:]):
        listed = {str(each).strip().lower() for each in roles.get(f"{role}s", ())}
        if role in held or (address and address in listed):
            return Person(name, role)
    return Person(name, "viewer")


def require(role: str) -> Person:
    """The person of this session, who has at least this role. Raises NotAllowed."""
    person = here()
    if not person.may(role):
        raise NotAllowed(t("people.not_allowed" if configured() else "people.switched_off", role=t(f"people.{role}")))
    return person


def exported(about: str, file: str) -> None:
    """Write into the audit trail that the person of this session took something along; of nobody nothing is known."""
    if name := here().name:
        try:
            audit.record(warehouse.here().store, name, "exported", about, file)
        except OSError:  # a store that cannot be written, or no longer: the reader may read all the same
            logging.getLogger("dashboard").exception("the audit trail cannot be written")


def may(role: str) -> bool:
    """Whether this person may; says how to come by it where not."""
    try:
        require(role)
        return True
    except NotAllowed as error:
        st.info(str(error), icon=":material/lock:")
        return False


def configured() -> bool:
    """Whether a login has been set up."""
    return "auth" in _secrets()


def login() -> None:
    """The button to log in or out, where a login has been set up."""
    if not configured():
        return
    if not st.user.is_logged_in:
        if st.button(t("people.login"), icon=":material/login:", type="tertiary"):
            st.login()
        return
    person = here()
    with st.popover(person.name or t("people.somebody"), icon=":material/person:", type="tertiary"):
        st.caption(t(f"people.{person.role}"))
        if person.role == "viewer":
            st.caption(t("people.no_role"))
            if st.button(t("people.again"), icon=":material/login:"):
                st.login()
        if st.button(t("people.logout"), icon=":material/logout:"):
            st.logout()


def _secrets() -> Mapping:
    try:
        return st.secrets.to_dict()
    except (StreamlitSecretNotFoundError, FileNotFoundError):
        return {}
