-- Documents that were written to a file in plain: the worker is reminded until the file is gone.
create table export_made (
    number integer primary key,
    record text not null,
    kind text not null,
    audience text not null,
    file text not null,
    made_at text not null,
    gone_at text
);
