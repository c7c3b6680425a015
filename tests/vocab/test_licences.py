"""Licences from names, codes and texts. The texts here are shortened to what tells one from another."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from license_expression import get_spdx_licensing

from vocab.licences import compatible, conclude, detect, licence_value, licences, spdx_of
from vocab.module import LicenceValue


@pytest.mark.parametrize(("text", "spdx"), [
    ("MIT", "MIT"), (" mit-license ", "MIT"), ("The MIT License (MIT)", "MIT"), ("Expat", "MIT"),
    ("License :: OSI Approved :: MIT License", "MIT"),
    ("Apache", "Apache-2.0"), ("Apache 2.0", "Apache-2.0"), ("apache-2.0", "Apache-2.0"), ("Apache2", "Apache-2.0"),
    ("Apache License, Version 2.0", "Apache-2.0"), ("License :: OSI Approved :: Apache Software License", "Apache-2.0"),
    ("http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
    ("BSD", "BSD-3-Clause"), ("BSD 3-Clause \"New\" or \"Revised\" License", "BSD-3-Clause"), ("bsd-2-clause",
    "BSD-2-Clause"),
    ("GPLv3", "GPL-3.0-only"), ("GPL-3.0", "GPL-3.0-only"), ("gpl-3.0+", "GPL-3.0-or-later"), ("GPL v2 only",
    "GPL-2.0-only"),
    ("GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
    ("GPL-3.0-or-later", "GPL-3.0-or-later"), ("https://www.gnu.org/licenses/gpl-3.0.en.html", "GPL-3.0-only"),
    ("License :: OSI Approved :: GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"),
    ("AGPL-3.0-only", "AGPL-3.0-only"), ("agpl-3.0", "AGPL-3.0-only"), ("GNU AGPLv3", "AGPL-3.0-only"),
    ("LGPLv2.1+", "LGPL-2.1-or-later"), ("GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"), ("EUPL", "EUPL-1.2"), ("EUPL v1.1", "EUPL-1.1"),
    ("https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12", "EUPL-1.2"), ("https://eupl.eu/1.1/en/",
    "EUPL-1.1"),
    ("cc-by-4.0", "CC-BY-4.0"), ("CC BY-NC-SA 4.0", "CC-BY-NC-SA-4.0"), ("CC-BY", "CC-BY-4.0"), ("cc-zero", "CC0-1.0"),
    ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
    ("Creative Commons Attribution-NonCommercial 3.0", "CC-BY-NC-3.0"),
    ("https://creativecommons.org/licenses/by-sa/4.0/legalcode", "CC-BY-SA-4.0"),
    ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
    ("http://publications.europa.eu/resource/authority/licence/APACHE_2_0", "Apache-2.0"), ("CC_BY_4_0", "CC-BY-4.0"),
    ("http://publications.europa.eu/resource/authority/licence/AGPL_3_0_OR_LATER", "AGPL-3.0-or-later"),
    ("https://spdx.org/licenses/EUPL-1.2.html", "EUPL-1.2"), ("https://opensource.org/licenses/MIT", "MIT"),
    ("https://api.github.com/licenses/agpl-3.0", "AGPL-3.0-only"), ("The Unlicense", "Unlicense"),
    ("mit or apache-2.0", "MIT OR Apache-2.0"), ("MIT/Apache-2.0", "MIT OR Apache-2.0"), ("MIT and Apache 2.0",
    "MIT AND Apache-2.0"),
    ("gpl-2.0-or-later with classpath-exception-2.0", "GPL-2.0-or-later WITH Classpath-exception-2.0"), ("Vim", "Vim"),
])
def test_spdx_of_when_a_licence_is_named_is_its_expression(text: str, spdx: str) -> None:
    assert spdx_of(text) == spdx


@pytest.mark.parametrize("text", [
    "", "No license file", "NOASSERTION", "other-open", "proprietary", "GNU GPL", "public domain", "MIT AND", "()",
    "x" * 400,
    "LicenseRef-own", "https://github.com/a/b/blob/main/LICENSE", "Commercial",
])
def test_licence_value_when_no_certain_licence_is_named_keeps_only_the_words(text: str) -> None:
    assert licence_value(text) == LicenceValue(raw=text or None)


def test_licence_value_when_known_has_title_codes_and_osi() -> None:
    assert licence_value("AGPLv3+") == LicenceValue(
        raw="AGPLv3+", spdx="AGPL-3.0-or-later", title="GNU Affero General Public License v3.0 or later",
        url="https://spdx.org/licenses/AGPL-3.0-or-later", eu="AGPL_3_0_OR_LATER", osi=True,
    )
    assert licence_value("MIT or Apache 2") == LicenceValue(raw="MIT or Apache 2", spdx="MIT OR Apache-2.0", osi=True)
    assert licence_value("Vim") == LicenceValue(raw="Vim", spdx="Vim", url="https://spdx.org/licenses/Vim")
    assert licence_value(None) == LicenceValue()


@given(st.text(max_size=60))
@example("a" * 250 + " or " + "(" * 40)
def test_licence_value_when_given_any_text_reads_its_own_answer_again(text: str) -> None:
    spdx = licence_value(text).spdx
    if spdx is not None:
        assert spdx_of(spdx) == spdx


def test_licences_table_when_read_has_current_spdx_names_and_codes_of_the_eu_table(shared: Path) -> None:
    known = get_spdx_licensing().known_symbols
    assert [spdx for spdx in licences() if spdx not in known] == []
    codes = (shared / "standards/eu-vocabularies/licences-skos.rdf").read_text(encoding="utf-8")
    for row in licences().values():
        if row.eu and row.spdx.startswith(("CC", "EUPL", "ODbL", "ODC", "PDDL")):
            assert f"authority/licence/{row.eu}\"" in codes


def test_licences_table_when_every_row_is_read_by_its_title_and_names_is_unique() -> None:
    for spdx, row in licences().items():
        for name in (spdx, row.title, *row.names):
            assert spdx_of(name) == spdx, name


MIT_TEXT = """Copyright (c) 2024 The Authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction.
The above copyright notice and this permission notice shall be included in all copies of the Software.
THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND.
"""
APACHE_TEXT = """
                                 Apache License
                           Version 2.0, January 2004
                        http://www.apache.org/licenses/
"""
GPL_TEXT = """                    GNU GENERAL PUBLIC LICENSE
                       Version 3, 29 June 2007

  13. Use with the GNU Affero General Public License.
  Notwithstanding any other provision you may combine this work with one under version 3 of the
GNU Affero General Public License into a single combined work.
GNU Lesser General Public License instead of this License.
"""
BSD_TEXT = """BSD License
Redistribution and use in source and binary forms, with or without modification, are permitted provided that:
* Redistributions of source code must retain the above copyright notice.
"""


@pytest.mark.parametrize(("text", "spdx"), [
    (MIT_TEXT, "MIT"), ("A Project of Ours\nMIT License\n\n" + MIT_TEXT, "MIT"), (MIT_TEXT.replace('"', "''"), "MIT"),
    (APACHE_TEXT, "Apache-2.0"),
    ('Licensed under the Apache License, Version 2.0 (the "License");\n# you may not use this file except in\n'
     "# compliance with the License.", "Apache-2.0"),
    (GPL_TEXT, "GPL-3.0-only"), (GPL_TEXT.replace("Version 3, 29 June 2007", "Version 2, June 1991"), "GPL-2.0-only"),
    ("# GNU AFFERO GENERAL PUBLIC LICENSE\n\nVersion 3, 19 November 2007\n", "AGPL-3.0-only"),
    ("GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n\n" + GPL_TEXT, "LGPL-3.0-only"),
    ("GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1, February 1999\n", "LGPL-2.1-only"),
    (BSD_TEXT, "BSD-2-Clause"),
    (BSD_TEXT + "Neither the name of the holder may be used to endorse or promote products.", "BSD-3-Clause"),
    (BSD_TEXT + "All advertising materials mentioning features must; endorse or promote products.", "BSD-4-Clause"),
    ("ISC License\nPermission to use, copy, modify, and/or distribute this software for any purpose with or without "
     "fee is hereby granted, provided that the above copyright notice appear.", "ISC"),
    ("This is free and unencumbered software released into the public domain.", "Unlicense"),
    ("Mozilla Public License Version 2.0\n==================================", "MPL-2.0"),
    ("EUROPEAN UNION PUBLIC LICENCE v. 1.2\nEUPL © the European Union 2007, 2016", "EUPL-1.2"),
    ("Attribution 4.0 International\n\n====\n\nCreative Commons Corporation is not a law firm", "CC-BY-4.0"),
    ("Attribution-NonCommercial-ShareAlike 4.0 International\n", "CC-BY-NC-SA-4.0"),
    ("Creative Commons Legal Code\n\nCC0 1.0 Universal\n", "CC0-1.0"),
    ("Eclipse Public License - v 2.0\n", "EPL-2.0"),
    ("# SPDX-License-Identifier: MIT OR Apache-2.0\n", "MIT OR Apache-2.0"),
    ("This project is dual-licensed under\n" + MIT_TEXT + APACHE_TEXT, "MIT OR Apache-2.0"),
    (MIT_TEXT + "\nFiles of another author:\n" + APACHE_TEXT, "MIT AND Apache-2.0"),
    ("Our parts:\n" + MIT_TEXT + APACHE_TEXT + GPL_TEXT + BSD_TEXT, "MIT"),
])
def test_detect_when_a_text_is_known_tells_the_licence(text: str, spdx: str) -> None:
    found = detect(text)
    assert found is not None
    assert found.spdx == spdx


@pytest.mark.parametrize("text", [
    "", " \n", "All rights reserved.", "See the GNU General Public License, version 3.", "MIT-like terms",
])
def test_detect_when_no_text_is_known_is_none(text: str) -> None:
    assert detect(text) is None


@given(st.text(max_size=200))
def test_detect_when_given_any_text_answers(text: str) -> None:
    found = detect(text)
    assert found is None or found.spdx


@pytest.mark.parametrize(("declared", "detected", "spdx", "rule"), [
    ("MIT", "AGPL-3.0", "AGPL-3.0-only", "the licence file says it, and it holds against MIT in the metadata"),
    ("MIT", "MIT", "MIT", "the metadata and the licence file agree"),
    ("GPL-3.0-or-later", "GPL-3.0", "GPL-3.0-or-later",
     "the metadata says it more exactly than the licence file can (GPL-3.0-only)"),
    ("MIT OR Apache-2.0", "MIT", "MIT OR Apache-2.0",
    "the metadata says it more exactly than the licence file can (MIT)"),
    ("No license file", "GPL-3.0", "GPL-3.0-only", "the licence file says it; the metadata says none"),
    ("Terms of ours", "MIT", "MIT", "the licence file says it; “Terms of ours” in the metadata is no SPDX licence"),
    ("MIT", None, "MIT", "the metadata says it; there is no licence file"),
    ("Terms of ours", None, None, "the metadata says it, in words that are no SPDX licence; there is no licence file"),
])
def test_conclude_when_both_are_given_follows_the_rule(
    declared: str, detected: str | None, spdx: str | None, rule: str,
) -> None:
    value, why = conclude(licence_value(declared), licence_value(detected) if detected else None)
    assert value is not None
    assert (value.spdx, why) == (spdx, rule)


def test_conclude_when_nothing_is_said_is_none() -> None:
    assert conclude(None, None) == (None, "neither the metadata nor a licence file says a licence")
    assert conclude(licence_value("No license file"), None)[0] is None


def test_compatible_when_one_offers_the_other_is_true() -> None:
    pairs = [("MIT", "MIT"), ("GPL-3.0-only", "GPL-3.0-or-later"), ("MIT OR Apache-2.0", "Apache-2.0"),
    ("unknown terms", "MIT")]
    assert [compatible(licence_value(left), licence_value(right)) for left, right in pairs] == [True] * 4
    assert not compatible(licence_value("MIT"), licence_value("Apache-2.0"))
    assert not compatible(licence_value("MIT AND Apache-2.0"), licence_value("Apache-2.0"))
    assert compatible(None, licence_value("MIT"))
