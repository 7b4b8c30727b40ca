"""What the people of these tests remember."""

PASSPHRASE = "four quiet owls at dusk"
BENS = "seven herons by the weir"
