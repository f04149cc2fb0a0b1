"""The part of a Dockerfile that is about its user: the account and the group, made without any distribution's tools."""

from __future__ import annotations

from trailer_tui.dockerfile.context import text_entry
from trailer_tui.dockerfile.plan import CONTEXT_FOLDER, Part, Plan
from trailer_tui.dockerfile.quoting import Quoted, UserText
from trailer_tui.dockerfile.scripts import script
from trailer_tui.model.workspace_user import MAX_ID, WorkspaceUser

_SCRIPT = "workspace-user"
_FIELD = "configuration.user"
_RESERVED = f"the id {MAX_ID} works, but is reserved for no one: Debian advises against it"


def user(plan: Plan) -> Part:
    """The step that makes the account or the group, and what USER names."""
    wanted = plan.configuration.user
    if not wanted.is_set or plan.is_windows:
        return Part()
    if plan.is_desktop:
        return _desktop_user(wanted)
    fields = {"uid": wanted.uid, "name": wanted.name, "gid": wanted.gid, "group": wanted.group}
    words = [UserText(f"{_FIELD}.{field}", "" if value is None else str(value)) for field, value in fields.items()]
    user, group = _named(wanted)
    return Part(
        steps=(("user", {"title": UserText(_FIELD, _title(wanted)), "words": words}),),
        entries=(text_entry(f"{CONTEXT_FOLDER}/{_SCRIPT}", script(_SCRIPT), mode=0o755),),
        user=user,
        group=group,
        notes=(_RESERVED,) if MAX_ID in (wanted.uid, wanted.gid) else (),
    )


def _named(wanted: WorkspaceUser) -> tuple[str, str]:
    """What USER names, and the group for the base image's own user.

    A number where there is one. The group stays away from accounts that have it as their own: with a group in USER, a
    container is in no other.
    """
    user = str(wanted.uid) if wanted.uid is not None else wanted.name
    group = str(wanted.gid) if wanted.gid is not None else wanted.group
    if not user:
        return "", group
    return (f"{user}:{group}" if wanted.is_root and group else user), ""


def _desktop_user(wanted: WorkspaceUser) -> Part:
    """A desktop gives its one account these ids when it starts, and must itself start as root."""
    ids = {"PUID": wanted.uid, "PGID": wanted.gid}
    # Numbers: nothing of them needs quoting.
    pairs = [{"name": Quoted(name), "value": Quoted(str(value))} for name, value in ids.items() if value is not None]
    title = UserText(_FIELD, "Ids of the desktop's user")
    names = [name for name in (wanted.name, wanted.group) if name]
    note = f"a desktop's user is always named abc: {' and '.join(names)} is not used" if names else ""
    return Part(
        steps=(("desktop_user", {"title": title, "pairs": pairs}),) if pairs else (),
        notes=(note,) if note else (),
    )


def _title(wanted: WorkspaceUser) -> str:
    if wanted.uid is None and not wanted.name:
        return f"Group: {_shown(wanted.gid, wanted.group)}"
    group = _shown(wanted.gid, wanted.group)
    return f"User: {_shown(wanted.uid, wanted.name)}" + (f", group: {group}" if group else "")


def _shown(number: int | None, name: str) -> str:
    return name if number is None else f"{number} {name}".strip()
