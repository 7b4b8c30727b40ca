-- Signatures that came and that central has not yet countersigned: emptied with the next request of anybody.
create table to_countersign (
    record text primary key,
    device text not null,
    change text not null,
    received_at timestamptz not null
);
grant select, insert, delete on to_countersign to fieldkit_central;

-- How far each device's own audit chain had come when it was last asked: a head that was told is never told otherwise.
create table device_anchor (
    device text not null references device,
    number bigint not null check (number > 0),
    hash text not null,
    at timestamptz not null,
    primary key (device, number)
);
grant select, insert on device_anchor to fieldkit_central;

-- What a device told of its chain that cannot be: kept for people, each once.
create table device_anchor_doubt (
    device text not null references device,
    what text not null,
    number bigint not null,
    hash text not null,
    at timestamptz not null,
    primary key (device, what, number, hash)
);
grant select, insert on device_anchor_doubt to fieldkit_central;
