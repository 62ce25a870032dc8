"""The index of the log: what it finds is what the log says, whatever somebody did to its file."""

import sqlite3
import sys
import threading

import pytest

from crypto.log.audit.reader import LogReader
from tests.support.station.busy_log import CASE, MINUTE_MS, describe_year
from tests.support.station.log import LogSite
from tests.support.station.long_log import START_MS, fill_runs
from workstation.log_index import index_builder, posting
from workstation.log_index.index_builder import IndexBuilder
from workstation.log_index.index_file import ChunkRow, IndexFile, digest_chunk, index_path
from workstation.log_index.query import LogQuery
from workstation.log_index.search import LogSearch
from workstation.log_index.words import TermWords

COUNT = 1_200
NAMES = {"S-0031": "Сейтқали Әсел", "T-0001": "Иванов Пётр"}


@pytest.fixture(scope="module")
def long_site(tmp_path_factory):
    site = LogSite(tmp_path_factory.mktemp("long"))
    fill_runs(site, COUNT, describe_year)
    return site


@pytest.fixture
def builder(long_site):
    made = IndexBuilder(index_path(long_site.path), long_site.path, long_site.log_key.vkey)
    make(made)
    yield made
    made.close()


@pytest.fixture
def reader(long_site):
    with LogReader(long_site.path, long_site.log_key.vkey) as opened:
        yield opened


def make(builder):
    while builder.step():
        pass


def words():
    return TermWords(lambda: NAMES)


def indexed(site, doubt=lambda: None):
    return LogSearch(words(), index_path(site.path), doubt)


def ask(reader, search, **members):
    with reader.snapshot() as view:
        return list(search.find(view, LogQuery(**members)).seqs)


def edit(site, *statements):
    with sqlite3.connect(index_path(site.path)) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


QUERIES = [
    {"operator": "S-0031"},
    {"operation": "issue_loan", "outcome": "rejected"},
    {"kinds": ("review", "verify.begin")},
    {"since_ms": START_MS + 200 * MINUTE_MS, "until_ms": START_MS + 300 * MINUTE_MS},
    {"text": "әсел"},
    {"text": "ИВАНОВ отказ"},
    {"text": "петр"},
    {"text": "шрам"},
    {"text": "құжат"},
    {"text": "нұрғалиева"},
    {"text": "24"},
    {"text": "override"},
    {"text": "нет такого слова"},
    {"case": "24"},
    {"text": "иванов", "operation": "issue_loan", "kinds": ("verify.result",)},
    {},
]


@pytest.mark.parametrize("members", QUERIES, ids=str)
def test_the_index_finds_what_reading_the_log_finds(long_site, builder, reader, members):
    search = indexed(long_site)
    by_index = ask(reader, search, **members)
    search.close()

    assert by_index == ask(reader, LogSearch(words()), **members)
    assert bool(by_index) == (members.get("text") != "нет такого слова")


def test_a_case_is_found_by_the_beginning_of_its_id(long_site, builder, reader):
    search = indexed(long_site)
    with reader.snapshot() as view:
        case = view.entry(10 * CASE).data["case"]
        entries = [entry.seq for entry in search.find_case(view, case)]
    begun = ask(reader, search, text=case[:9])
    search.close()

    assert entries == begun == list(range(10 * CASE, 11 * CASE))


def test_an_index_that_is_whole_is_not_made_anew(long_site, builder):
    builder.close()
    again = IndexBuilder(index_path(long_site.path), long_site.path, long_site.log_key.vkey)
    make(again)

    assert (again.size, again.rebuilt) == (COUNT, 0)
    again.close()


HIDDEN = "DELETE FROM posting WHERE term = (SELECT id FROM term WHERE value = 'S-0031')"
SWAPPED = "UPDATE term SET value = 'T-0009' WHERE value = 'S-0031'"
FORGED = (
    "UPDATE posting SET places = (SELECT places FROM posting JOIN term ON id = term"
    " WHERE value = 'verify.step') WHERE term = (SELECT id FROM term WHERE value = 'review')"
)
SHORT = (
    "UPDATE posting SET places = x'4200' WHERE term = (SELECT id FROM term WHERE value = 'review')"
)
PLANTED = (
    "CREATE TRIGGER planted AFTER INSERT ON posting BEGIN DELETE FROM posting WHERE chunk = 9; END"
)
LIES = [HIDDEN, SWAPPED, FORGED, SHORT, "DROP TABLE posting", "DELETE FROM chunk"]


@pytest.mark.parametrize("lie", [*LIES, "DELETE FROM meta", PLANTED])
def test_an_index_that_was_edited_is_made_anew(long_site, builder, reader, lie):
    before = builder.rebuilt
    edit(long_site, lie)
    make(builder)
    search = indexed(long_site)
    found = ask(reader, search, operator="S-0031")
    search.close()

    assert builder.rebuilt == before + 1
    assert found == ask(reader, LogSearch(words()), operator="S-0031")


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_shows_no_row_that_the_log_does_not_say(long_site, builder, reader, lie):
    builder.close()
    edit(long_site, lie)
    doubted = []
    search = indexed(long_site, lambda: doubted.append(lie))
    with reader.snapshot() as view:
        matches = search.find(view, LogQuery(kinds=("review",)))
        shown = [seq for seq in matches.seqs if search.confirms(view.entry(seq))]
        kinds = {view.entry(seq).kind for seq in shown}
    search.close()

    assert kinds == (set() if lie == FORGED else {"review"})
    assert bool(doubted) == (lie in {FORGED, SHORT})
    index_path(long_site.path).unlink()


def redigested(site):
    """Write the digests anew, as whoever knows this program would."""
    with sqlite3.connect(index_path(site.path)) as connection:
        opened = IndexFile(index_path(site.path))
        chunk = opened.last_chunk()
        digest = digest_chunk(b"", chunk, opened.postings_of(chunk.number))
        opened.close()
        connection.execute("UPDATE chunk SET digest = ?", (digest,))
    connection.close()


def test_a_hidden_row_is_found_by_counting_where_the_digests_were_made_anew(long_site, builder):
    builder.close()
    kind = "(SELECT id FROM term WHERE field = 'kind' AND value = 'review')"
    edit(long_site, f"DELETE FROM posting WHERE term = {kind}")
    redigested(long_site)
    again = IndexBuilder(index_path(long_site.path), long_site.path, long_site.log_key.vkey)
    make(again)
    again.close()

    assert again.rebuilt == 1


def test_a_hidden_row_that_counts_right_is_found_by_making_a_chunk_anew(long_site, builder):
    builder.close()
    edit(long_site, HIDDEN)
    redigested(long_site)
    again = IndexBuilder(index_path(long_site.path), long_site.path, long_site.log_key.vkey)
    make(again)

    assert again.rebuilt == 0
    assert again.doubt()
    make(again)
    assert again.rebuilt == 1
    assert not again.doubt()
    again.close()


def test_the_index_of_another_log_is_made_anew(long_site, builder, tmp_path):
    other = LogSite(tmp_path)
    other.fill(20)
    builder.close()
    index_path(other.path).write_bytes(index_path(long_site.path).read_bytes())
    made = IndexBuilder(index_path(other.path), other.path, other.log_key.vkey)
    make(made)
    made.close()

    assert made.rebuilt == 1
    with LogReader(other.path, other.log_key.vkey) as reader:
        search = indexed(other)
        assert ask(reader, search, kinds=("log.genesis",)) == [0]
        search.close()


def test_a_file_that_is_no_index_is_made_anew_and_meanwhile_the_log_is_read(long_site, reader):
    index_path(long_site.path).write_bytes(b"no index" * 1000)
    search = indexed(long_site)
    found = ask(reader, search, operator="S-0031")
    search.close()
    builder = IndexBuilder(index_path(long_site.path), long_site.path, long_site.log_key.vkey)
    make(builder)

    assert found == ask(reader, LogSearch(words()), operator="S-0031")
    assert (builder.size, builder.rebuilt) == (COUNT, 1)
    builder.close()


def test_chunks_follow_one_another_and_an_entry_more_is_found_at_once(tmp_path, monkeypatch):
    for module in (posting, index_builder):
        monkeypatch.setattr(module, "CHUNK", 64)
    site = LogSite(tmp_path)
    site.fill(150)
    builder = IndexBuilder(index_path(site.path), site.path, site.log_key.vkey)
    make(builder)
    assert builder.size == 150
    with site.open() as store:
        make(builder)
        size = store.size

    assert (builder.size, builder.rebuilt) == (size, 1)
    builder.close()
    again = IndexBuilder(index_path(site.path), site.path, site.log_key.vkey)
    make(again)
    assert again.rebuilt == 0
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes and moves no open file")
@pytest.mark.parametrize("away", ["deleted", "replaced"])
def test_an_index_that_is_taken_away_while_it_is_followed_is_made_anew(long_site, builder, away):
    path, rebuilt = index_path(long_site.path), builder.rebuilt
    if away == "replaced":
        path.with_name("other").write_bytes(b"no index")
        path.with_name("other").replace(path)
    else:
        path.unlink()
    make(builder)
    search = indexed(long_site)
    with LogReader(long_site.path, long_site.log_key.vkey) as log, log.snapshot() as view:
        matches = search.find(view, LogQuery(operator="S-0031"))
    search.close()

    assert (builder.rebuilt, matches.searched) == (rebuilt + 1, COUNT)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT sum(size) FROM chunk").fetchone() == (COUNT,)
    connection.close()


def test_what_the_index_does_not_know_yet_is_read(long_site, reader):
    index_path(long_site.path).unlink(missing_ok=True)
    search = indexed(long_site)
    with reader.snapshot() as view:
        matches = search.find(view, LogQuery(operator="S-0031"))
    search.close()

    assert (matches.total > 0, matches.searched) == (True, COUNT)


def test_a_search_ends_when_it_is_called_off(long_site, reader):
    asked = []

    def cancelled():
        asked.append(True)
        return len(asked) > 3

    with reader.snapshot() as view:
        matches = LogSearch(words()).find(view, LogQuery(operator="S-0031"), cancelled)

    assert (matches.total, matches.searched) == (0, 0)
    assert len(asked) < 10


def test_a_search_may_be_interrupted_from_another_thread_at_any_time(long_site, builder, reader):
    search = indexed(long_site)
    other = threading.Thread(target=lambda: [search.interrupt() for _ in range(200)])
    other.start()
    for _ in range(5):
        ask(reader, search, text="шрам")
    other.join()
    found = ask(reader, search, text="шрам")
    search.close()

    assert found == ask(reader, LogSearch(words()), text="шрам")


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")
def test_the_index_has_the_rights_of_the_log(long_site, builder):
    assert index_path(long_site.path).stat().st_mode & 0o77 == 0


def test_a_damaged_posting_is_refused():
    for octets in (b"", b"X", b"L\x00", b"B\x00", b"L\xff\xff", b"L\x01\x00\x01\x00"):
        with pytest.raises(posting.PostingDamaged):
            posting.decode_rows(octets)


@pytest.mark.parametrize("places", [[], [0], [0, 16_383], list(range(0, 16_384, 3))])
def test_a_posting_comes_back_as_it_was(places):
    assert posting.decode_rows(posting.encode_rows(places)).tolist() == places


def test_a_chunk_row_is_digested_with_everything_in_it():
    chunk = ChunkRow(0, 1, b"leaf", b"times678", b"")
    others = [
        ChunkRow(1, 1, b"leaf", b"times678", b""),
        ChunkRow(0, 2, b"leaf", b"times678", b""),
        ChunkRow(0, 1, b"fael", b"times678", b""),
        ChunkRow(0, 1, b"leaf", b"times679", b""),
    ]
    posted = [("kind", "boot", b"L")]
    digests = {digest_chunk(b"", each, posted) for each in (chunk, *others)}
    digests |= {digest_chunk(b"x", chunk, posted), digest_chunk(b"", chunk, [])}

    assert len(digests) == 7
