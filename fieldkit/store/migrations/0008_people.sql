-- Who works on this device, as those who could open it said: a slot that was taken away stays taken away here, also when
-- an older key file is put back.
create table person (
    id text primary key,
    handle text not null,
    role text not null,
    worker text not null,
    since text not null,
    until text not null default ''
) without rowid;

-- Whose a draft is, where it is not the first person's.
create table begun_by (
    draft text primary key,
    person text not null
) without rowid;
