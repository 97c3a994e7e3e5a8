"""Tables with headers on several levels: each cell names the headers that speak for it (WCAG technique H43)."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from plugins.tables import wrap


def read(html: str) -> dict[str, list[str]]:
    """{text of a cell: texts of the headers that it names}, as the page shows them."""
    shown = wrap(html, SimpleNamespace(lang="fr"))
    cells = re.findall(r"<t[hd]\b([^>]*)>(.*?)(?=<t[hdr]\b|</t)", shown, re.DOTALL)
    texts = {name[1]: text.strip() for attributes, text in cells if (name := re.search(r' id="([^"]*)"', attributes))}
    assert len(texts) == len(re.findall(r' id="', shown)), "an identifier stands once"
    return {text.strip(): [texts[name] for name in (re.search(r' headers="([^"]*)"', attributes) or ["", ""])[1].split()] for attributes, text in cells}


TWO_LEVELS = """<table><thead>
<tr><th rowspan="2" scope="col">Foyer</th><th colspan="2" scope="colgroup">Plafond</th><th rowspan="2" scope="col">Aide</th></tr>
<tr><th scope="col">Paris</th><th scope="col">Ailleurs</th></tr></thead>
<tbody><tr><th scope="row">Seul</th><td>1</td><td>2</td><td>3</td></tr><tr><th scope="row">Couple</th><td colspan="2">4</td><td>5</td></tr></tbody></table>"""


def test_each_cell_names_the_headers_above_it_then_those_of_its_row():
    found = read(TWO_LEVELS)
    assert found["1"] == ["Plafond", "Paris", "Seul"] and found["2"] == ["Plafond", "Ailleurs", "Seul"] and found["3"] == ["Aide", "Seul"]
    assert found["4"] == ["Plafond", "Paris", "Ailleurs", "Couple"] and found["5"] == ["Aide", "Couple"]
    assert found["Paris"] == ["Plafond"] and found["Plafond"] == [] and found["Seul"] == ["Foyer"]


def test_two_columns_of_row_headers_are_two_levels_too():
    found = read("""<table><thead><tr><th>Année</th><th>Fête</th><th>Date</th></tr></thead><tbody>
<tr><th rowspan="2" scope="rowgroup">2020</th><th scope="row">Armistice</th><td>11 novembre</td></tr><tr><th scope="row">Noël</th><td>25 décembre</td></tr>
<tr><th scope="row">2021</th><th scope="row">Pâques</th><td>4 avril</td></tr></tbody></table>""")
    assert found["11 novembre"] == ["Date", "2020", "Armistice"] and found["25 décembre"] == ["Date", "2020", "Noël"]
    assert found["4 avril"] == ["Date", "2021", "Pâques"] and found["Noël"] == ["Fête", "2020"]


def test_a_title_in_the_middle_speaks_for_what_is_under_it_until_the_next():
    found = read("""<table><tr><th>Trajet</th><th>Prix</th></tr><tr><th colspan="2" scope="colgroup">Train</th></tr><tr><td>a</td><td>1</td></tr>
<tr><th colspan="2" scope="colgroup">Car</th></tr><tr><td>b</td><td>2</td></tr></table>""")
    assert found["1"] == ["Prix", "Train"] and found["2"] == ["Prix", "Car"] and found["a"] == ["Trajet", "Train"] and found["Car"] == []


def test_the_title_of_a_group_of_rows_speaks_for_that_group():
    found = read("""<table><thead><tr><th>Trajet</th><th>Prix</th></tr></thead><tbody><tr><th colspan="2" scope="rowgroup">Train</th></tr><tr><th scope="row">a</th><td>1</td></tr></tbody>
<tbody><tr><th colspan="2" scope="rowgroup">Car</th></tr><tr><th scope="row">b</th><td>2</td></tr></tbody></table>""")
    assert found["1"] == ["Prix", "Train", "a"] and found["2"] == ["Prix", "Car", "b"]


@pytest.mark.parametrize("html", [
    "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    "<table><thead><tr><td></td><th>B</th></tr></thead><tbody><tr><th scope=\"row\">1</th><td>2</td></tr><tr><th scope=\"row\">3</th><td>4</td></tr></tbody></table>",
    "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td rowspan=\"2\">1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>",
])
def test_scope_is_enough_for_one_row_and_one_column_of_headers(html):
    assert " id=" not in wrap(html, SimpleNamespace(lang="fr")) and " headers=" not in wrap(html, SimpleNamespace(lang="fr"))


def test_headers_that_go_on_beyond_their_group_are_named_too():
    """HTML cuts them at the end of the thead; checkers take the attribute at its word."""
    found = read("<table><thead><tr><th rowspan=\"2\">A</th><th rowspan=\"2\">B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>")
    assert found["1"] == ["A"] and found["2"] == ["B"]


def test_what_an_author_has_associated_is_left_alone():
    html = TWO_LEVELS.replace("<td>1</td>", '<td headers="a b">1</td>').replace('<th rowspan="2" scope="col">Foyer', '<th rowspan="2" scope="col" id="a">Foyer')
    assert html in wrap(html, SimpleNamespace(lang="fr"))


def test_an_identifier_of_the_author_is_kept():
    assert read(TWO_LEVELS.replace('scope="col">Paris', 'scope="col" id="paris">Paris'))["1"] == ["Plafond", "Paris", "Seul"]


def test_the_same_table_twice_on_a_page_has_its_own_identifiers():
    found = re.findall(r' id="([^"]*)"', wrap(TWO_LEVELS * 2, SimpleNamespace(lang="fr")))
    assert len(found) == len(set(found)) == 14


def test_an_empty_corner_over_two_levels_is_a_cell():
    shown = wrap(TWO_LEVELS.replace(">Foyer<", "><"), SimpleNamespace(lang="fr"))
    assert '<td rowspan="2"></td>' in shown and "<th rowspan=\"2\" scope=\"col\" id=\"" in shown


def test_tables_inside_a_cell_have_their_own_headers():
    found = read(TWO_LEVELS.replace("<td>3</td>", "<td><table><tr><th>X</th></tr><tr><td>y</td></tr></table></td>"))
    assert found["1"] == ["Plafond", "Paris", "Seul"] and found["y"] == []


@pytest.mark.parametrize("html", [
    "<table><tr><th rowspan=99999999 colspan=99999999>a<th>b<tr><th>c<td>d</table>", "<table><th>a<th>b<tr><th>c</table>", "<table><tr><th rowspan=\"-1\" colspan='x'>a</table>",
    "<table>" + "<tr><th>a<th colspan=\"1000\">b<th>c</tr>" * 40 + "</table>",
])
def test_a_table_made_wrong_is_left_readable(html):
    assert re.sub(r' (?:id|headers|scope|class|role|tabindex|aria-label)="[^"]*"', "", wrap(html, SimpleNamespace(lang="fr"))).replace("</div>", "").removeprefix("<div>").strip() == html
