"""Which column of a facility list means what, however it is named."""

from __future__ import annotations

from network_app.targets.rules.names import plain_words

# The more telling name stands first: a list may hold both the supplier and the factory that works for it.
COLUMN_NAMES: dict[str, str] = {
    "name": (
        "factory name; facility name; name of factory; name of facility; production unit; production unit "
        "name; manufacturing site; manufacturing site name; site name; unit name; factory; facility; plant "
        "name; plant; supplier name; name of supplier; vendor name; manufacturer name; manufacturer; company "
        "name; supplier; vendor; company; nombre de la fabrica; nombre; nom de l usine; usine; nom; nom du "
        "fournisseur; fabrica; fabrik; fabrikname; name der fabrik; lieferant; nome; nome da fabrica; "
        "fornitore; fabrika adi; tesis adi; firma adi; nama pabrik; pabrik; ten nha may; nha may; 工厂名称; 工厂; "
        "企业名称; 公司名称; 名称; কারখানার নাম; কারখানা; নাম; ឈ្មោះរោងចក្រ; រោងចក្រ; ชื่อโรงงาน; name"
    ),
    "country": (
        "country; country name; country code; country region; country of origin; country of production; "
        "production country; manufacturing country; location country; country iso; iso country code; iso; "
        "nation; pais; pays; land; paese; ulke; negara; quoc gia; nuoc; 国家; 国家地区; 国家 地区; 國家; দেশ; ប្រទេស; "
        "ประเทศ; страна"
    ),
    "address": (
        "address; full address; factory address; facility address; street address; site address; address 1; "
        "address1; address line 1; street; location; direccion; adresse; endereco; indirizzo; adres; alamat; "
        "dia chi; 地址; 工厂地址; ঠিকানা; អាសយដ្ឋាន; ที่อยู่; адрес"
    ),
    "address_2": "address 2; address2; address line 2",
    "address_3": "address 3; address3; address line 3",
    "district": "district; county; commune; sangkat; upazila; thana",
    "city": (
        "city; town; city town; town city; municipality; ciudad; ville; stadt; cidade; citta; sehir; kota; 城市; শহর"
    ),
    "state": (
        "state; province; state region; region state; region; state province; province state; provincia; il; 省份; 省"
    ),
    "zip": "zip; post code; zip code; zipcode; postal code; postcode; plz; code postal; 邮编",
    "lat": "lat; latitude; latitud; gps latitude; y; 纬度",
    "lng": "lng; lon; long; longitude; longitud; gps longitude; x; 经度",
    "coordinates": "coordinates; gps; gps coordinates; lat long; latitude longitude; geo",
}
ADDRESS_PARTS = ("address", "address_2", "address_3", "district", "city", "state", "zip")
# These columns name somebody else than the workplace.
NOT_THE_FACTORY = frozenset(
    {"parent", "group", "contact", "agent", "brand", "buyer", "person", "owner", "union", "type", "id", "number"}
)


def find_columns(header: list[str]) -> dict[str, int]:
    """Which column holds what, as far as the header can be understood."""
    keys = [" ".join(plain_words(cell)) for cell in header]
    found: dict[str, int] = {}
    for meaning, written in COLUMN_NAMES.items():
        names = [name.strip() for name in written.split(";")]
        at = _exactly(keys, names)
        if at is None and meaning in ("name", "country", "address"):
            at = _containing(keys, names, taken=set(found.values()))
        if at is not None and at not in found.values():
            found[meaning] = at
    return found


def _exactly(keys: list[str], names: list[str]) -> int | None:
    squeezed = [key.replace(" ", "") for key in keys]
    for name in names:
        for at, key in enumerate(squeezed):
            if key == name.replace(" ", ""):
                return at
    return None


def _containing(keys: list[str], names: list[str], *, taken: set[int]) -> int | None:
    for name in names:
        wanted = set(name.split())
        for at, key in enumerate(keys):
            words = set(key.split())
            if at not in taken and wanted <= words and not words & NOT_THE_FACTORY:
                return at
    return None
