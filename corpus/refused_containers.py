"""Archives whose container is wrong: what is no zip, and zips that no two readers need agree on."""

from damage import DEFLATED, Member, zip_of
from refusals import members, refused


@refused("archive_not_zip")
def not_a_zip():
    return b"This is a note about a model, not a model.\n"


@refused("archive_not_zip")
def hdf5_named_keras():
    return members()[2].data


@refused("archive_not_zip")
def empty():
    return b""


@refused("archive_truncated")
def truncated_in_the_middle():
    whole = zip_of(members())
    return whole[: len(whole) // 2]


@refused("archive_truncated")
def truncated_by_one_byte():
    return zip_of(members())[:-1]


@refused("archive_member_missing")
def config_missing():
    parts = members()
    return zip_of([parts[0], parts[2]])


@refused("archive_member_missing")
def weights_missing():
    return zip_of(members()[:2])


@refused("archive_member_duplicate")
def config_twice():
    parts = members()
    return zip_of([*parts, parts[1]])


@refused("archive_member_unexpected")
def member_unknown():
    return zip_of([*members(), Member("notes.txt", b"hello")])


@refused("archive_member_name")
def member_above_the_archive():
    return zip_of([*members(), Member("assets/../../notes.txt", b"hello")])


@refused("archive_crc")
def crc_wrong():
    parts = members()
    parts[2].crc = 0x12345678
    return zip_of(parts)


@refused("archive_inflate")
def inflated_size_wrong():
    parts = members()
    parts[1].method = DEFLATED
    parts[1].size = len(parts[1].data) + 1
    return zip_of(parts)


@refused("limit_exceeded")
def deflate_bomb():
    parts = members()
    parts[1] = Member("config.json", b" " * (16 << 20), DEFLATED)
    return zip_of(parts)


@refused("archive_unsupported")
def method_unknown():
    parts = members()
    parts[1].method = 99
    return zip_of(parts)


@refused("archive_unsupported")
def member_encrypted():
    parts = members()
    parts[1].flags = 1
    return zip_of(parts)


@refused("archive_ambiguous")
def comment_and_bytes_behind():
    return zip_of(members(), comment=b"hello") + b"\0" * 16


@refused("archive_ambiguous")
def end_signature_behind():
    return zip_of(members()) + b"PK\5\6" + b"\0" * 18


@refused("archive_not_zip")
def git_lfs_pointer():
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"


@refused("archive_not_zip")
def html_page():
    return b"\n<!DOCTYPE html>\n<html><head><title>model.keras</title></head><body>Sign in</body></html>\n"


@refused("archive_not_zip")
def pickle():
    return b"\x80\x04\x95\x0b\0\0\0\0\0\0\0}\x94\x8c\x01a\x94K\x01s."


@refused("archive_member_unexpected")
def folder_around_the_members():
    return zip_of([Member("model/" + part.name, part.data) for part in members()])


@refused("archive_ambiguous")
def bytes_between_members():
    parts = members()
    parts[2].gap_before = b"\0" * 16
    return zip_of(parts)


@refused("archive_ambiguous")
def local_name_differs():
    parts = members()
    parts[1].local_name = "konfig.json"
    return zip_of(parts)


@refused("archive_ambiguous")
def stored_sizes_differ():
    parts = members()
    parts[2].size = len(parts[2].data) + 4096
    return zip_of(parts)


@refused("archive_ambiguous")
def deflate_stream_ends_early():
    """Zip readers inflate to the end of the stream and pass by what is stored behind it."""
    parts = members()
    parts[1].method = DEFLATED
    parts[1].behind_stream = b"{}"
    return zip_of(parts)
