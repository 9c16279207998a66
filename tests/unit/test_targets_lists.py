"""Facility lists as they come: every encoding, delimiter, header and broken quote of which we know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.core.errors import Invalid
from network_app.core.i18n import use_language
from network_app.demo.public_data import facility_lists
from network_app.targets.rules.lists import REMARK_SENTENCES, ListRow, Remark, read_list, remark_sentence
from network_app.targets.rules.tables import decode_list

ONE = "name,country,address\nVioleta Ltd,BD,Road 1\n"


def only(text: str | bytes) -> ListRow:
    """The single row of a list."""
    (row,) = read_list(decode_list(text) if isinstance(text, bytes) else text)
    return row


def remarks(row: ListRow) -> set[Remark]:
    """What was remarked on a row."""
    return {remark for remark, _ in row.remarks}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_that_can_write_everything(encoding: str) -> None:
    row = only("工厂名称,国家,地址\n东莞市华美,中国,东莞市\n".encode(encoding))
    assert (row.name, row.country, row.address) == ("东莞市华美", "CN", "东莞市")


def test_western_and_turkish_tables() -> None:
    french = only("Nom,Pays,Adresse\nSociété Générale,Maroc,n° 3\n".encode("cp1252"))
    assert (french.name, french.country, french.address) == ("Société Générale", "MA", "n° 3")
    turkish = only("Fabrika Adı;Ülke;Adres\nİpekyolu A.Ş.;Türkiye;Güney Cad.\n".encode("cp1254"))
    assert (turkish.name, turkish.country) == ("İpekyolu A.Ş.", "TR")


def test_one_broken_byte_does_not_garble_the_other_letters() -> None:
    row = only("name,country,address\nকারখানা লিমিটেড,BD,ঢাকা".encode() + b"\xff\n")
    assert row.name == "কারখানা লিমিটেড"
    assert Remark.UNREADABLE in remarks(row)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, line_end: str) -> None:
    row = only(line_end.join([delimiter.join(["Name", "Country", "Address"]), delimiter.join(["A Ltd", "VN", "Hue"])]))
    assert (row.name, row.country, row.address) == ("A Ltd", "VN", "Hue")


@pytest.mark.parametrize(
    "header",
    [
        "FACTORY NAME,COUNTRY,ADDRESS",
        "Facility_Name,Country/Region,Street Address",
        "FactoryName,CountryName,FactoryAddress",
        "Factory name (English),Country of production,Full address",
        "Nombre,País,Dirección",
        "Nom de l'usine,Pays,Adresse",
        "Tesis Adı,Ülke,Adres",
        "কারখানার নাম,দেশ,ঠিকানা",
        "រោងចក្រ,ប្រទេស,អាសយដ្ឋាន",
    ],
)
def test_header_names_in_many_forms(header: str) -> None:
    row = only(f"{header}\nA Ltd,KH,Phnom Penh\n")
    assert (row.name, row.country, row.address) == ("A Ltd", "KH", "Phnom Penh")


def test_the_factory_is_preferred_to_its_supplier_and_parts_of_an_address_are_put_together() -> None:
    row = only("List of 2024,,,,\n,,,,\nSupplier,Factory Name,Country,Address,City,Postcode\nX,Y,VN,1 Rd,Hanoi,1000\n")
    assert (row.line, row.name, row.address) == (4, "Y", "1 Rd, Hanoi, 1000")


@pytest.mark.parametrize(
    ("header", "row", "name", "address"),
    [
        (
            "Factory Name,Factory Type,Brand(s),Supplier Group,Address,City,State,Postal Code,Country / Region,Region,"
            "Contact Name,Total Workers",
            "A Ltd,Finished goods,X,Group,1 Rd,Hue,,530000,VIETNAM,SE ASIA,N. N.,1200",
            "A Ltd",
            "1 Rd, Hue, 530000",
        ),
        (
            "Parent Company Name;Supplier name;Production unit name;Unit ID;Full address;City/Town;Country",
            "P;S;U;17;1 Rd;Hue;Viet Nam",
            "U",
            "1 Rd, Hue",
        ),
        ("No.\tName (English)\tName (local)\tCountry\tLocation", "1\tA Ltd\t阿\tVN\tHue", "A Ltd", "Hue"),
    ],
)
def test_headers_of_published_lists(header: str, row: str, name: str, address: str) -> None:
    read = only(f"{header}\n{row}\n")
    assert (read.name, read.country, read.address) == (name, "VN", address)


def test_a_line_break_in_a_cell_is_part_of_the_cell() -> None:
    first, second = read_list('name,country,address\n"Big\r\nFactory",BD,"Road 1,\nDhaka"\nB,BD,x\n')
    assert (first.name, first.address, first.line) == ("Big Factory", "Road 1, Dhaka", 2)
    assert (second.name, second.line) == ("B", 3)


@pytest.mark.parametrize(
    "broken",
    ['"A,BD,Road 1', 'A,BD,"Road 1', 'A "x,BD,"Road 1'],
)
def test_an_open_quotation_mark_spoils_its_own_row_only(broken: str) -> None:
    first, *others = read_list(f"name,country,address\n{broken}\nB,BD,Road 2\nC,BD,Road 3\n")
    assert remarks(first) == {Remark.OPEN_QUOTE} and not first.usable
    assert [(row.name, row.address) for row in others] == [("B", "Road 2"), ("C", "Road 3")]


def test_an_open_quotation_mark_that_the_next_row_seems_to_close_is_noticed() -> None:
    first, second = read_list('name,country,address\n"A,BD,Road 1\n"B",BD,Road 2\n')
    assert remarks(first) == {Remark.OPEN_QUOTE}
    assert (second.name, second.address) == ("B", "Road 2")


def test_a_huge_swallowed_cell_is_noticed() -> None:
    rows = read_list('name,country,address\nA,BD,"x\n' + "B,BD,Road 2\n" * 20_000)
    assert remarks(rows[0]) == {Remark.OPEN_QUOTE}
    assert len(rows) == 20_001


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        (",BD,Road 1,,", Remark.NO_NAME),
        ("12345,BD,Road 1,,", Remark.NO_NAME),
        ("A,,Road 1,,", Remark.NO_COUNTRY),
        ("A,Atlantis,Road 1,,", Remark.UNKNOWN_COUNTRY),
        (f"{'A' * 400},BD,Road 1,,", Remark.TOO_LONG),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row: str, remark: Remark) -> None:
    read = only(f"name,country,address,lat,lng\n{row}\n")
    assert remark in remarks(read) and not read.usable


@pytest.mark.parametrize(
    ("lat", "lng", "expected", "remark"),
    [
        ("23.8", "90.4", (23.8, 90.4), None),
        ('"23,8"', '"90,4"', (23.8, 90.4), None),
        ("", "", (None, None), Remark.NO_COORDINATES),
        ("n/a", "n/a", (None, None), Remark.NO_COORDINATES),
        ("0", "0", (None, None), Remark.BAD_COORDINATES),
        ("123", "90", (None, None), Remark.BAD_COORDINATES),
        ("nan", "1", (None, None), Remark.BAD_COORDINATES),
        ("23.8", "", (None, None), Remark.BAD_COORDINATES),
    ],
)
def test_positions(lat: str, lng: str, expected: tuple[float | None, float | None], remark: Remark | None) -> None:
    row = only(f"name,country,address,lat,lng\nA,BD,Dhaka,{lat},{lng}\n")
    assert (row.lat, row.lng) == expected and row.usable
    assert remarks(row) == ({remark} if remark else set())


def test_a_position_in_one_column() -> None:
    row = only("name|country|coordinates\nA|BD|23.81, 90.41\n")
    assert (row.lat, row.lng) == (23.81, 90.41)


def test_a_country_is_taken_from_the_address_and_it_says_so() -> None:
    row = only('name,country,address\nA,,"Road 1, Dhaka, Bangladesh"\n')
    assert row.country == "BD" and remarks(row) == {Remark.COUNTRY_FROM_ADDRESS}


def test_hidden_signs_are_taken_out() -> None:
    row = only("name,country,address\nA\u202egnihtolC\u200b Ltd,BD,x\x07y\n")
    assert (row.name, row.address) == ("AgnihtolC Ltd", "x y")


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04rest", b"a,b\n1,2\n", b"name,country,address\n", b"\x00\x01\x02\x03" * 50],
)
def test_what_is_no_list_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read_list(decode_list(data))
    assert len(str(refusal.value)) > 20


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        rows = read_list(decode_list(ONE.encode() + data))
    except Invalid:
        return
    assert rows[0].line == 2


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_list(ONE + text)[0].line == 2


def test_every_remark_has_a_sentence() -> None:
    with use_language("en"):
        assert all(str(remark_sentence(remark.value, "x")) for remark in Remark)
    assert set(REMARK_SENTENCES) == set(Remark)


def test_the_real_lists_are_read_whole() -> None:
    rows = [row for one in facility_lists() for row in read_list(decode_list(one.data))]
    assert len(rows) == 608
    assert all(row.usable and row.country and row.lat is not None for row in rows)
