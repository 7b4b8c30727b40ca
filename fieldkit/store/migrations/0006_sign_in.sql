-- The worker's session with central, while there is one. Its tokens are nowhere else on this device.
create table session (
    one integer primary key check (one = 1),
    about text not null,
    access text not null,
    access_until text not null,
    refresh text not null,
    until text not null,
    provider_refresh text not null,
    following text not null
);
