-- What devices told of their own keys: who can open one since when, that a council used its key. Ids only.
create table key_event (
    device text not null references device,
    id text not null,
    what text not null,
    about text not null,
    at text not null,
    heard_at timestamptz not null,
    primary key (device, id)
);

-- The workers who may write from a device besides the one it was enrolled for: a centre's shared laptop.
create table device_person (
    device text not null references device,
    worker text not null references worker,
    since timestamptz not null,
    primary key (device, worker)
);

grant select, insert on key_event to fieldkit_central;
grant select, insert, delete on device_person to fieldkit_central;
