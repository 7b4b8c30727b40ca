-- A draft that went over to another version of its form: what it held before and right after, so that it can go back.
create table draft_upgrade (
    draft text not null,
    revision integer not null,
    at text not null,
    form_before text not null,
    form_after text not null,
    before text not null,
    after text not null,
    primary key (draft, revision)
) without rowid;
