"""Environments for property tests: whatever the form takes."""

from __future__ import annotations

from hypothesis import strategies as st

from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage

_WORD = st.from_regex(r"[a-z][a-z0-9_-]{0,8}[a-z0-9]", fullmatch=True)
_VERSION = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)
_LIMIT = st.one_of(
    st.just(""),
    st.builds("{}{}".format, st.sampled_from(["==", ">=", "<=", "!=", "~=", "<", ">"]), _VERSION),
    st.builds(">={},<{}".format, _VERSION, _VERSION),
)
_CHANNEL = st.one_of(_WORD, st.builds("https://{}.example/{}".format, _WORD, _WORD))
_CONDA = st.builds("{}{}{}".format, st.one_of(st.just(""), _CHANNEL.map("{}::".format)), _WORD, _LIMIT)
_PYPI = st.builds("{}{}{}".format, _WORD, st.one_of(st.just(""), _WORD.map("[{}]".format)), _LIMIT)

environments = st.builds(
    Environment,
    name=st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,12}", fullmatch=True).filter(lambda name: name not in ("base", "root")),
    channels=st.lists(_CHANNEL, min_size=1, max_size=3),
    conda=st.lists(_CONDA.map(CondaPackage.parse), max_size=4),
    pypi=st.lists(_PYPI.map(PypiPackage.parse), max_size=4),
    pypi_index=st.one_of(st.just(""), st.just("https://packages.example/simple")),
)
